from decimal import Decimal

import pytest

from ferrybook.money import CurrencyMismatch, Money

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "cents"),
    [("0", 0), ("1", 100), ("12.34", 1234), ("12,34", 1234), (" 7.5 ", 750), ("-3.20", -320), ("100000", 10_000_000)],
)
def test_amounts_are_read_as_written(text, cents):
    assert Money.of(text).cents == cents


@pytest.mark.parametrize("text", ["", "twelve", "1.2.3", "12.345", "€5"])
def test_what_is_not_an_amount_is_refused(text):
    with pytest.raises(ValueError):
        Money.of(text)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (Money(1234), "€12.34"),
        (Money(5), "€0.05"),
        (Money(-250), "-€2.50"),
        (Money(9900, "SEK"), "kr 99.00"),
        (Money(4500, "DKK"), "kr. 45.00"),
        (Money(100, "PLN"), "zł 1.00"),
        (Money(100, "ISK"), "ISK 1.00"),
    ],
    ids=["euro", "cents only", "negative", "swedish", "danish", "polish", "without a symbol"],
)
def test_amounts_are_shown_with_their_symbol(amount, shown):
    assert str(amount) == shown


def test_sums_and_differences():
    assert Money.of("10.00") + Money.of("2.50") - Money.of("0.75") == Money.of("11.75")


@pytest.mark.parametrize("operation", [Money.__add__, Money.__sub__], ids=["sum", "difference"])
def test_currencies_do_not_mix(operation):
    with pytest.raises(CurrencyMismatch, match="EUR and SEK"):
        operation(Money(100), Money(100, "SEK"))


@pytest.mark.parametrize(("cents", "factor", "expected"), [(100, "1.005", 101), (100, "1.004", 100), (333, "0.5", 167), (-333, "0.5", -167), (1, "0.4", 0)])
def test_products_round_half_away_from_zero(cents, factor, expected):
    assert Money(cents) * Decimal(factor) == Money(expected)


@pytest.mark.parametrize(("rate", "expected"), [(0, 0), (15, 1500), (100, 10_000), (Decimal("12.5"), 1250)])
def test_percentages(rate, expected):
    assert Money(10_000).percent(rate) == Money(expected)


@pytest.mark.parametrize(("cents", "parts", "shares"), [(100, 3, [34, 33, 33]), (100, 4, [25] * 4), (2, 3, [1, 1, 0]), (0, 2, [0, 0])])
def test_shares_add_up(cents, parts, shares):
    split = Money(cents).split(parts)
    assert [s.cents for s in split] == shares
    assert sum(s.cents for s in split) == cents


@pytest.mark.parametrize("parts", [0, -2])
def test_no_shares_for_nobody(parts):
    with pytest.raises(ValueError):
        Money(100).split(parts)
