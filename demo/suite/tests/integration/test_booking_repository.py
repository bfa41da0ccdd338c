import pytest

from ferrybook.bookings import BookingError, NotFound, SoldOut, reference_for
from ferrybook.money import Money

from tests.support.database import MORNING, NEXT_MORNING, NIGHT_BOAT, SMALL_SHIP

pytestmark = [pytest.mark.integration, pytest.mark.db]


@pytest.fixture
def booking(bookings):
    return bookings.create(MORNING, "astrid@example.org", 2, Money.of("48.00"))


def test_references_do_not_repeat():
    assert len({reference_for(n) for n in range(2_000)}) == 2_000


def test_a_booking_is_found_by_its_reference(bookings, booking):
    assert bookings.get(booking.reference) == booking


@pytest.mark.parametrize("reference", ["XXXXXX", "", "' or 1=1 --"], ids=["unknown", "empty", "injection"])
def test_unknown_references(bookings, reference):
    with pytest.raises(NotFound):
        bookings.get(reference)


def test_a_new_booking_is_reserved(booking):
    assert (booking.state, booking.travellers, booking.total) == ("reserved", 2, 4800)


@pytest.mark.parametrize(("sailing", "capacity"), [(MORNING, 400), (NIGHT_BOAT, 900), (SMALL_SHIP, 12)], ids=["morning", "night boat", "small ship"])
def test_places_of_an_empty_ship(bookings, sailing, capacity):
    assert bookings.seats_left(sailing) == capacity


def test_places_of_a_ship_that_does_not_exist(bookings):
    with pytest.raises(NotFound, match="no sailing"):
        bookings.seats_left("HEL-TLL 1912-04-14 23:40")


@pytest.mark.parametrize("travellers", [1, 3, 12])
def test_places_taken_by_a_reservation(bookings, travellers):
    bookings.create(SMALL_SHIP, "astrid@example.org", travellers, Money.of("42.00"))
    assert bookings.seats_left(SMALL_SHIP) == 12 - travellers


@pytest.mark.parametrize("travellers", [13, 100])
def test_more_than_the_ship_holds(bookings, travellers):
    with pytest.raises(SoldOut, match=f"{travellers} places wanted"):
        bookings.create(SMALL_SHIP, "coach@example.org", travellers, Money.of("42.00"))


def test_a_held_cabin_is_not_given_twice(bookings):
    bookings.create(NIGHT_BOAT, "astrid@example.org", 2, Money.of("103.00"), cabin=6002)
    with pytest.raises(SoldOut, match="cabin 6002 on .* is held"):
        bookings.create(NIGHT_BOAT, "mikko@example.org", 2, Money.of("103.00"), cabin=6002)


def test_a_cabin_that_the_ship_does_not_have(bookings):
    with pytest.raises(NotFound, match="no cabin 9999"):
        bookings.create(NIGHT_BOAT, "astrid@example.org", 2, Money.of("103.00"), cabin=9999)


def test_a_reserved_cabin_is_free_again_after_cancelling(bookings):
    booking = bookings.create(NIGHT_BOAT, "astrid@example.org", 2, Money.of("103.00"), cabin=6002)
    bookings.cancel(booking.reference)
    assert bookings.db.one("select state from cabins where sailing = ? and number = 6002", NIGHT_BOAT) == {"state": "free"}


def test_cancelling_twice(bookings, booking):
    bookings.cancel(booking.reference)
    with pytest.raises(BookingError, match="cancelled already"):
        bookings.cancel(booking.reference)


def test_paying_for_a_cancelled_booking(bookings, booking):
    bookings.cancel(booking.reference)
    with pytest.raises(BookingError, match="is cancelled"):
        bookings.pay(booking.reference)


def test_moving_to_a_full_ship(bookings, booking):
    bookings.create(SMALL_SHIP, "coach@example.org", 11, Money.of("462.00"))
    with pytest.raises(SoldOut, match="no room for 2"):
        bookings.move(booking.reference, SMALL_SHIP)


def test_moving_gives_up_the_cabin(bookings):
    booking = bookings.create(NIGHT_BOAT, "astrid@example.org", 2, Money.of("103.00"), cabin=7001)
    assert bookings.move(booking.reference, NEXT_MORNING).cabin is None


@pytest.mark.parametrize("count", [0, 1, 5])
def test_all_bookings_of_one_traveller(bookings, count):
    for _ in range(count):
        bookings.create(MORNING, "often@example.org", 1, Money.of("24.00"))
    assert len(bookings.for_email("often@example.org")) == count


def test_a_failed_transaction_leaves_nothing(bookings):
    with pytest.raises(RuntimeError), bookings.db.transaction():
        bookings.db.execute("insert into holds (sailing, number) values (?, 1)", MORNING)
        raise RuntimeError("lost connection")
    assert bookings.db.one("select count(*) as n from holds") == {"n": 0}


def test_a_finished_transaction_stays(bookings):
    with bookings.db.transaction():
        bookings.db.execute("insert into holds (sailing, number) values (?, 1)", MORNING)
    assert bookings.db.one("select count(*) as n from holds") == {"n": 1}
