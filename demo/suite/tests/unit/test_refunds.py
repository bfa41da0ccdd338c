from datetime import UTC, datetime, timedelta

import pytest

from ferrybook.money import Money
from ferrybook.refunds import compensation, refund, refund_rate

pytestmark = pytest.mark.unit

DEPARTURE = datetime(2026, 7, 10, 7, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("before", "rate"),
    [
        pytest.param(timedelta(days=60), 100, id="two months"),
        pytest.param(timedelta(days=28), 100, id="four weeks to the minute"),
        pytest.param(timedelta(days=28) - timedelta(minutes=1), 75, id="a minute less than four weeks"),
        pytest.param(timedelta(days=7), 75, id="a week"),
        pytest.param(timedelta(days=3), 50, id="three days"),
        pytest.param(timedelta(days=2), 50, id="two days"),
        pytest.param(timedelta(days=1), 20, id="the day before"),
        pytest.param(timedelta(hours=3), 20, id="three hours"),
        pytest.param(timedelta(hours=2), 0, id="two hours"),
        pytest.param(timedelta(0), 0, id="at departure"),
    ],
)
def test_refund_rate(before, rate):
    assert refund_rate(before) == rate


@pytest.mark.parametrize(("days", "expected"), [(30, "88.80"), (10, "66.60"), (4, "44.40"), (1, "17.76")])
def test_refund_of_a_return_ticket(days, expected):
    assert refund(Money.of("88.80"), DEPARTURE, DEPARTURE - timedelta(days=days)) == Money.of(expected)


@pytest.mark.parametrize("hours", [1, 24, 24 * 30])
def test_flex_tickets_cost_a_fee_whenever(hours):
    assert refund(Money.of("88.80"), DEPARTURE, DEPARTURE - timedelta(hours=hours), flex=True) == Money.of("83.80")


def test_the_fee_is_never_more_than_the_ticket():
    assert refund(Money.of("4.00"), DEPARTURE, DEPARTURE - timedelta(days=1), flex=True) == Money(0)


def test_no_refund_after_the_ship_has_left():
    assert refund(Money.of("88.80"), DEPARTURE, DEPARTURE + timedelta(minutes=1), flex=True) == Money(0)


def test_everything_back_when_the_operator_cancels():
    assert refund(Money.of("88.80"), DEPARTURE, DEPARTURE, by_operator=True) == Money.of("88.80")


@pytest.mark.parametrize(
    ("crossing", "delay", "share"),
    [(2, 0.5, 0), (2, 1, 25), (2, 2, 50), (6, 1, 0), (6, 2, 25), (6, 4, 50), (10.5, 2, 0), (10.5, 3, 25), (10.5, 6, 50), (30, 5, 0), (30, 6, 25), (30, 12, 50)],
)
def test_compensation_for_delays(crossing, delay, share):
    paid = Money.of("100.00")
    assert compensation(paid, timedelta(hours=delay), timedelta(hours=crossing)) == paid.percent(share)
