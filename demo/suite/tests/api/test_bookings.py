import logging

import pytest

from tests.support.database import MORNING, NIGHT_BOAT, SMALL_SHIP
from tests.support.lag import LAG

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]

log = logging.getLogger("tests.bookings")


@pytest.fixture(scope="module")
def agency(api_server):
    """A travel agency's account, approved by hand in the real world."""
    LAG.pause(0.5, 0.1)
    yield "agency@example.org"
    LAG.pause(0.2, 0.1)


@pytest.fixture
def book(client):
    def post(sailing=MORNING, travellers=1, **more):
        return client.post("/bookings", {"sailing": sailing, "travellers": travellers, **more})

    return post


@pytest.mark.smoke
def test_a_booking_is_created(book):
    answer = book(travellers=2, total="48.00")
    assert answer.status == 201
    assert answer.json | {"reference": "…"} == {
        "reference": "…", "sailing": MORNING, "travellers": 2, "cabin": None, "state": "reserved", "total": "48.00",
    }


@pytest.mark.parametrize("travellers", [1, 5, 9])
def test_parties_of_up_to_nine(book, travellers):
    assert book(travellers=travellers).status == 201


@pytest.mark.parametrize("travellers", [-1, 0, 10, 400])
def test_other_parties_are_refused(book, travellers):
    answer = book(travellers=travellers)
    assert (answer.status, answer.json) == (422, {"error": "between 1 and 9 travellers"})


def test_a_booking_can_be_read_back(client, book):
    created = book().json
    assert client.get(f"/bookings/{created['reference']}").json == created


@pytest.mark.parametrize("reference", ["XXXXXX", "0", "k7q2mx"])
def test_unknown_bookings(client, reference):
    assert client.get(f"/bookings/{reference}").status == 404


def test_bookings_are_listed_under_me(client, book):
    references = sorted(book().json["reference"] for _ in range(3))
    assert client.get("/me").json["bookings"] == references


def test_paying(client, book):
    reference = book().json["reference"]
    assert client.post(f"/bookings/{reference}/pay").json["state"] == "paid"


def test_paying_twice(client, book):
    reference = book().json["reference"]
    client.post(f"/bookings/{reference}/pay")
    assert client.post(f"/bookings/{reference}/pay").status == 409


@pytest.mark.parametrize("cabin", [6001, 6003, 7002])
def test_a_cabin_can_be_chosen(client, book, cabin):
    assert book(NIGHT_BOAT, cabin=cabin).json["cabin"] == cabin
    assert client.get(f"/sailings/{NIGHT_BOAT}/cabins").json["cabins"][str(cabin)] == "held"


def test_a_cabin_is_given_once(book):
    book(NIGHT_BOAT, cabin=6001)
    answer = book(NIGHT_BOAT, cabin=6001)
    assert (answer.status, answer.json["error"]) == (409, f"cabin 6001 on {NIGHT_BOAT} is held")


def test_a_cancelled_booking_frees_its_cabin(client, book):
    reference = book(NIGHT_BOAT, travellers=2, cabin=7001).json["reference"]
    log.info("booked %s, paying", reference)
    client.post(f"/bookings/{reference}/pay")
    log.info("paid, changing our mind")
    client.post(f"/bookings/{reference}/cancel")
    print("\x1b[1mafter cancelling\x1b[0m cabin 7001 should be \x1b[32mfree\x1b[0m")
    assert client.get(f"/sailings/{NIGHT_BOAT}/cabins").json == {
        "cabins": {str(deck + place): "free" for deck in (6000, 7000) for place in range(1, 7)}
    }


def test_cancelling_twice(client, book):
    reference = book().json["reference"]
    client.post(f"/bookings/{reference}/cancel")
    assert client.post(f"/bookings/{reference}/cancel").status == 409


def test_a_full_ship(book):
    assert book(SMALL_SHIP, travellers=9).status == 201
    answer = book(SMALL_SHIP, travellers=4)
    assert answer.json == {"error": f"4 places wanted on {SMALL_SHIP}, 3 left"}


@pytest.mark.parametrize("parties", [(9,), (9, 3), (4, 4, 4)], ids=["one", "two", "three"])
def test_an_agency_books_for_its_groups(anonymous, agency, parties):
    client = anonymous.log_in(agency)
    for party in parties:
        assert client.post("/bookings", {"sailing": SMALL_SHIP, "travellers": party}).status == 201
    assert len(client.get("/me").json["bookings"]) == len(parties)


@pytest.mark.slow
def test_an_agency_books_a_week_of_departures(anonymous, agency):
    client = anonymous.log_in(agency)
    for day in range(4, 11):
        answer = client.post("/bookings", {"sailing": f"HEL-TLL 2026-05-{day:02d} 07:30", "travellers": 9, "total": "216.00"})
        assert client.post(f"/bookings/{answer.json['reference']}/pay").json["state"] == "paid"
    assert len(client.get("/me").json["bookings"]) == 7
