"""Benchmarks of what runs for every search result. pytest-xdist turns the measuring off."""

from datetime import date

import pytest

from ferrybook.cabins import assign_groups, plan
from ferrybook.fares import Traveller, quote
from ferrybook.search import parse
from ferrybook.ticket import barcode
from ferrybook.vouchers import is_valid_code

pytestmark = pytest.mark.unit


def test_speed_of_a_quote(benchmark):
    result = benchmark(quote, "HEL-TLL", date(2026, 7, 11), {Traveller.ADULT: 2, Traveller.CHILD: 2}, "outside", "car")
    assert result.total.cents > 0


def test_speed_of_the_search_box(benchmark):
    assert benchmark(parse, "helsinki to tallinn friday 2 adults 1 child car", date(2026, 5, 4)).vehicle == "car"


def test_speed_of_a_voucher_check(benchmark):
    assert not benchmark(is_valid_code, "SEA2-FERRY-9")


def test_speed_of_a_barcode(benchmark):
    assert benchmark(barcode, "K7Q2MX").startswith("*")


def test_speed_of_seating_twenty_groups(benchmark):
    assert len(benchmark(assign_groups, plan(range(5, 9)), [2, 4, 3, 1] * 5)) == 20
