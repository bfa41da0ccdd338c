import threading

import pytest

from ferrybook.money import Money
from ferrybook.bookings import SoldOut
from ferrybook.waitlist import Waitlist

from tests.support.database import NIGHT_BOAT, SMALL_SHIP
from tests.support.lag import LAG

pytestmark = [pytest.mark.integration, pytest.mark.db]


@pytest.fixture
def waitlist(db):
    return Waitlist(db)


@pytest.fixture
def no_holds_left(waitlist):
    """A test that holds cabins must give them back."""
    yield
    holds = waitlist.open_holds()
    assert holds == [], f"{len(holds)} cabin still held after the test"


@pytest.mark.parametrize("ahead", [0, 1, 4])
def test_position_in_the_line(waitlist, ahead):
    for n in range(ahead):
        waitlist.join(SMALL_SHIP, f"traveller{n}@example.org")
    assert waitlist.join(SMALL_SHIP, "astrid@example.org") == ahead + 1


def test_joining_twice(waitlist):
    waitlist.join(SMALL_SHIP, "astrid@example.org")
    with pytest.raises(ValueError, match="waits for GDN-KAR .* already"):
        waitlist.join(SMALL_SHIP, "astrid@example.org")


def test_leaving_moves_the_others_up(waitlist):
    for name in ("first", "second", "third"):
        waitlist.join(SMALL_SHIP, f"{name}@example.org")
    waitlist.leave(SMALL_SHIP, "first@example.org")
    assert waitlist.position(SMALL_SHIP, "third@example.org") == 2


def test_every_sailing_has_a_line_of_its_own(waitlist):
    waitlist.join(SMALL_SHIP, "astrid@example.org")
    assert waitlist.join(NIGHT_BOAT, "mikko@example.org") == 1


def test_the_first_in_line_gets_the_offer(waitlist):
    for name in ("first", "second"):
        waitlist.join(SMALL_SHIP, f"{name}@example.org")
    assert waitlist.offer(SMALL_SHIP, 6001) == "first@example.org"


def test_no_offer_when_nobody_waits(waitlist):
    assert waitlist.offer(SMALL_SHIP, 6001) is None


@pytest.mark.usefixtures("no_holds_left")
def test_an_accepted_offer_gives_up_its_hold(waitlist):
    waitlist.join(SMALL_SHIP, "astrid@example.org")
    waitlist.offer(SMALL_SHIP, 6001)
    waitlist.accept(SMALL_SHIP, "astrid@example.org", 6001)


@pytest.mark.usefixtures("no_holds_left")
def test_an_offer_that_is_not_taken_expires(waitlist):
    waitlist.join(SMALL_SHIP, "astrid@example.org")
    waitlist.offer(SMALL_SHIP, 6001)
    waitlist.expire(SMALL_SHIP, "astrid@example.org")
    assert waitlist.offer(SMALL_SHIP, 6002) is None


def test_two_travellers_race_for_the_last_place(bookings):
    """Whoever asks first gets it; the other is told, and asks within the second."""
    bookings.create(SMALL_SHIP, "coach@example.org", 11, Money.of("462.00"))
    head_start, asked = LAG.hiccup(0.35, late=0.0, odds=0.5), []

    def ask(name: str, wait: float) -> None:
        threading.Event().wait(wait)
        if head_start:
            try:
                bookings.create(SMALL_SHIP, f"{name}@example.org", 1, Money.of("42.00"))
            except SoldOut:
                asked.append(f"{name}: sold out")
            else:
                asked.append(f"{name}: booked")
        else:
            # Both look before either has booked.
            left = bookings.seats_left(SMALL_SHIP)
            asked.append(f"{name}: booked" if left else f"{name}: sold out")

    threads = [threading.Thread(target=ask, args=args) for args in [("astrid", 0.0), ("mikko", head_start)]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == ["astrid: booked", "mikko: sold out"]
