from datetime import date
from decimal import Decimal

import pytest

from ferrybook.currency import NoRate, RateTable, round_cash
from ferrybook.money import Money

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def rates():
    return RateTable(date(2026, 5, 4), {"SEK": Decimal("11.20"), "DKK": Decimal("7.46"), "PLN": Decimal("4.30"), "GBP": Decimal("0.86")})


@pytest.mark.parametrize(("currency", "expected"), [("SEK", "112.00"), ("DKK", "74.60"), ("PLN", "43.00"), ("GBP", "8.60"), ("EUR", "10.00")])
def test_ten_euros_abroad(rates, currency, expected):
    assert rates.convert(Money.of("10.00"), currency) == Money.of(expected, currency)


@pytest.mark.parametrize("currency", ["SEK", "DKK", "PLN", "GBP"])
def test_there_and_back_is_the_same(rates, currency):
    abroad = rates.convert(Money.of("250.00"), currency)
    assert rates.convert(abroad, "EUR") == Money.of("250.00")


def test_the_margin_is_on_top(rates):
    assert rates.convert(Money.of("10.00"), "SEK", margin=Decimal("1.5")) == Money.of("113.68", "SEK")


@pytest.mark.parametrize(("source", "target", "missing"), [("EUR", "NOK", "NOK"), ("ISK", "EUR", "ISK"), ("ISK", "NOK", "ISK and NOK")])
def test_unknown_currencies_are_named(rates, source, target, missing):
    with pytest.raises(NoRate, match=f"no rate for {missing} on 2026-05-04"):
        rates.rate(source, target)


@pytest.mark.parametrize(
    ("paid", "currency", "cash"),
    [("99.49", "SEK", "99.00"), ("99.50", "SEK", "100.00"), ("99.24", "DKK", "99.00"), ("99.25", "DKK", "99.50"), ("9.97", "EUR", "9.95"), ("9.98", "EUR", "10.00"), ("9.97", "PLN", "9.97")],
)
def test_cash_is_rounded_to_coins(paid, currency, cash):
    assert round_cash(Money.of(paid, currency)) == Money.of(cash, currency)
