"""Mail goes through a relay that takes its time."""

import pytest

from ferrybook.outbox import TEXTS, Outbox

from tests.support.lag import LAG

pytestmark = [pytest.mark.integration, pytest.mark.network]


@pytest.fixture(scope="module")
def relay():
    LAG.pause(0.5, 0.1)
    yield lambda kind: LAG.draw(0.12, 0.4)
    LAG.pause(0.1, 0.1)


@pytest.fixture
def outbox(relay):
    return Outbox(relay)


@pytest.mark.parametrize("kind", sorted(TEXTS))
def test_every_kind_of_mail_arrives(outbox, kind):
    outbox.send(kind, "astrid@example.org", reference="K7Q2MX", minutes=25)
    subject = TEXTS[kind].format(reference="K7Q2MX", minutes=25)
    assert outbox.wait_for(subject, timeout=3).to == "astrid@example.org"


@pytest.mark.parametrize("minutes", [15, 90, 240])
def test_delays_are_told_in_minutes(outbox, minutes):
    outbox.send("delay", "astrid@example.org", minutes=minutes)
    assert outbox.wait_for(f"leaves {minutes} minutes late", timeout=3)


def test_confirmation_arrives_before_the_receipt(outbox):
    delays = {"confirmation": LAG.hiccup(0.08, late=0.6, odds=0.5), "receipt": 0.3}
    outbox.delay = delays.get
    for kind in ("confirmation", "receipt"):
        outbox.send(kind, "astrid@example.org", reference="K7Q2MX")
    outbox.wait_for("Receipt", timeout=3)
    subjects = [mail.subject for mail in outbox.delivered]
    assert subjects == ["Your booking K7Q2MX is confirmed", "Receipt for booking K7Q2MX"]


@pytest.mark.slow
def test_a_whole_ship_is_told_about_a_delay(outbox):
    outbox.delay = lambda kind: LAG.draw(0.9, 0.35)
    passengers = [f"cabin{n}@example.org" for n in range(6001, 6031)]
    for address in passengers:
        outbox.send("delay", address, minutes=45)
    for address in passengers:
        while not any(mail.to == address for mail in list(outbox.delivered)):
            LAG.pause(0.02, 0.1)
    assert sorted(mail.to for mail in outbox.delivered) == passengers


def test_lost_mail_is_reported_with_what_did_arrive(outbox):
    outbox.send("receipt", "astrid@example.org", reference="K7Q2MX")
    outbox.wait_for("Receipt", timeout=3)
    with pytest.raises(TimeoutError, match=r"no mail about 'confirmed' within 0.2 s; arrived: \['Receipt"):
        outbox.wait_for("confirmed", timeout=0.2)


@pytest.mark.skip(reason="the text message gateway has no sandbox since March")
@pytest.mark.parametrize("country", ["FI", "SE", "DE"])
def test_text_messages_arrive_in(outbox, country):
    outbox.send("text message", f"{country} traveller", reference="K7Q2MX")
    assert outbox.wait_for("K7Q2MX", timeout=5)
