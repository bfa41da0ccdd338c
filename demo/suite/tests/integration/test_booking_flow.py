"""A traveller's way from a quote to a paid booking, with the database and the payment sandbox."""

from datetime import date

import pytest

from ferrybook.bookings import BookingError, SoldOut
from ferrybook.fares import Traveller, quote
from ferrybook.loyalty import points_for
from ferrybook.money import Money
from ferrybook.payments import Declined, Payments

from tests.support.database import MORNING, NEXT_MORNING, NIGHT_BOAT, SMALL_SHIP
from tests.support.gateway import Sandbox
from tests.support.lag import LAG

pytestmark = [pytest.mark.integration, pytest.mark.db, pytest.mark.network]

CARD = "4242 4242"


@pytest.fixture(scope="module")
def sandbox():
    """Opening an account in the sandbox takes a while, closing it a little."""
    LAG.pause(0.7, 0.1)
    sandbox = Sandbox()
    yield sandbox
    LAG.pause(0.25, 0.1)


@pytest.fixture
def payments(sandbox):
    sandbox.reset()
    return Payments(sandbox)


def buy(bookings, payments, sailing, price, travellers=1, cabin=None):
    booking = bookings.create(sailing, "astrid@example.org", travellers, price, cabin)
    payment = payments.authorise(CARD, price)
    payments.capture(payment)
    return bookings.pay(booking.reference), payment


@pytest.mark.smoke
def test_a_couple_books_and_pays(bookings, payments):
    price = quote("HEL-TLL", date(2026, 5, 4), {Traveller.ADULT: 2}).total
    booking, payment = buy(bookings, payments, MORNING, price, travellers=2)
    assert booking.state == "paid"
    assert booking.total == 4800
    assert payments.status(payment) == "captured"


@pytest.mark.parametrize("cabin", [6001, 6004, 7003, 7006])
def test_a_paid_cabin_is_taken(bookings, payments, cabin):
    buy(bookings, payments, NIGHT_BOAT, Money.of("103.00"), cabin=cabin)
    row = bookings.db.one("select state from cabins where sailing = ? and number = ?", NIGHT_BOAT, cabin)
    assert row == {"state": "taken"}


@pytest.mark.parametrize("travellers", [1, 4, 9])
def test_places_are_counted_down(bookings, payments, travellers):
    before = bookings.seats_left(NIGHT_BOAT)
    buy(bookings, payments, NIGHT_BOAT, Money.of("31.00") * travellers, travellers)
    assert bookings.seats_left(NIGHT_BOAT) == before - travellers


@pytest.mark.parametrize("card", ["4000 0002", "4000 0069", "4000 9995"], ids=["declined", "expired", "no funds"])
def test_a_refused_card_leaves_the_booking_reserved(bookings, payments, card):
    booking = bookings.create(MORNING, "astrid@example.org", 1, Money.of("24.00"))
    with pytest.raises(Declined):
        payments.authorise(card, Money.of("24.00"))
    assert bookings.get(booking.reference).state == "reserved"


def test_nobody_pays_twice(bookings, payments):
    booking, _ = buy(bookings, payments, MORNING, Money.of("24.00"))
    with pytest.raises(BookingError, match="is paid"):
        bookings.pay(booking.reference)


def test_the_ship_fills_up(bookings, payments):
    for party in (5, 4, 3):
        buy(bookings, payments, SMALL_SHIP, Money.of("42.00") * party, party)
    with pytest.raises(SoldOut, match="1 places wanted on GDN-KAR .*, 0 left"):
        bookings.create(SMALL_SHIP, "late@example.org", 1, Money.of("42.00"))


def test_a_cancelled_booking_makes_room(bookings, payments):
    booking, payment = buy(bookings, payments, SMALL_SHIP, Money.of("504.00"), 12)
    bookings.cancel(booking.reference)
    assert payments.refund(payment, Money.of("504.00"))["status"] == "refunded"
    assert bookings.seats_left(SMALL_SHIP) == 12


@pytest.mark.parametrize(("so_far", "points"), [(0, 96), (2_500, 120)], ids=["crew", "captain"])
def test_points_for_what_was_paid(bookings, payments, so_far, points):
    booking, _ = buy(bookings, payments, MORNING, Money.of("96.00"), 4)
    assert points_for(Money(booking.total), so_far) == points


def test_a_booking_moves_to_the_next_morning(bookings, payments):
    booking, _ = buy(bookings, payments, MORNING, Money.of("24.00"))
    assert bookings.move(booking.reference, NEXT_MORNING).sailing == NEXT_MORNING


@pytest.mark.slow
def test_a_coach_party_of_eight_pays_one_by_one(bookings, payments):
    references = [buy(bookings, payments, NIGHT_BOAT, Money.of("31.00"))[0].reference for _ in range(8)]
    assert len(set(references)) == 8
    assert [b.reference for b in bookings.for_email("astrid@example.org")] == sorted(references)
