import pytest

from tests.support.database import MORNING, NIGHT_BOAT
from tests.support.lag import LAG

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]


@pytest.fixture
def booked(app, client):
    app.webhook_delay = lambda: LAG.draw(0.15, 0.4)
    return client.post("/bookings", {"sailing": MORNING, "travellers": 1}).json["reference"]


def events(app):
    return [hook["event"] for hook in app.webhooks]


@pytest.mark.parametrize("action", ["pay", "cancel"])
def test_what_happens_to_a_booking_is_told(app, client, booked, eventually, action):
    client.post(f"/bookings/{booked}/{action}")
    told = {"pay": "booking.paid", "cancel": "booking.cancelled"}[action]
    assert eventually(lambda: told in events(app), within=3)


def test_a_webhook_names_the_booking(app, booked, eventually):
    assert eventually(lambda: app.webhooks, within=3) == [{"event": "booking.created", "reference": booked}]


def test_a_webhook_is_delivered_within_half_a_second(app, client, eventually):
    delay = LAG.hiccup(0.15, late=0.9, odds=0.5)
    app.webhook_delay = lambda: delay
    client.post("/bookings", {"sailing": MORNING, "travellers": 1})
    assert eventually(lambda: events(app), within=0.5) == ["booking.created"], "no webhook after half a second"


@pytest.mark.parametrize("sailing", [MORNING, NIGHT_BOAT], ids=["morning", "night boat"])
def test_refused_bookings_are_not_told(app, client, sailing):
    client.post("/bookings", {"sailing": sailing, "travellers": 10})
    LAG.pause(0.3, 0.1)
    assert app.webhooks == []


@pytest.mark.slow
def test_a_life_of_a_booking_in_three_webhooks(app, client, booked, eventually):
    app.webhook_delay = lambda: 0.7
    client.post(f"/bookings/{booked}/pay")
    assert eventually(lambda: "booking.paid" in events(app), within=3)
    client.post(f"/bookings/{booked}/cancel")
    assert eventually(lambda: "booking.cancelled" in events(app), within=3)
    assert events(app) == ["booking.created", "booking.paid", "booking.cancelled"]
