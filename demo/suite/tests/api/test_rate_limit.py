import time

import pytest

from ferrybook.api import RateLimit

from tests.support.lag import LAG

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]


@pytest.fixture
def partner(anonymous, app):
    app.limits["partner"] = RateLimit(5, window=0.5)
    anonymous.headers["X-Client"] = "partner"
    return anonymous


def test_five_requests_are_welcome(partner):
    assert [partner.get("/version").status for _ in range(5)] == [200] * 5


def test_the_sixth_request_is_one_too_many(partner):
    assert [partner.get("/version").status for _ in range(6)][-1] == 429


def test_others_are_not_limited(anonymous):
    assert {anonymous.get("/version").status for _ in range(12)} == {200}


def test_the_window_slides(partner):
    """After half a second there is room again. If the clock of the test runs ahead, there is not."""
    for _ in range(5):
        partner.get("/version")
    time.sleep(LAG.hiccup(0.6, late=0.2, odds=0.5))
    answer = partner.get("/version")
    assert (answer.status, answer.json.get("error")) == (200, None)


@pytest.mark.slow
@pytest.mark.parametrize("rounds", [2, 4])
def test_a_patient_partner_is_served_for_long(partner, rounds):
    statuses = []
    for _ in range(rounds):
        statuses += [partner.get("/version").status for _ in range(5)]
        time.sleep(0.55)
    assert statuses == [200] * 5 * rounds
