import pytest

from ferrybook.loyalty import level, points_for, to_next_level
from ferrybook.money import Money

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(("points", "name"), [(0, "crew"), (499, "crew"), (500, "mate"), (1_999, "mate"), (2_000, "captain"), (9_999, "captain"), (10_000, "admiral")])
def test_level_by_points(points, name):
    assert level(points) == name


@pytest.mark.parametrize(("so_far", "points"), [(0, 120), (500, 132), (2_000, 150), (10_000, 180)], ids=["crew", "mate", "captain", "admiral"])
def test_higher_levels_earn_faster(so_far, points):
    assert points_for(Money.of("120.00"), so_far) == points


@pytest.mark.parametrize(("points", "missing"), [(0, 500), (499, 1), (500, 1_500), (10_000, None)])
def test_points_to_the_next_level(points, missing):
    assert to_next_level(points) == missing


def test_cents_earn_nothing():
    assert points_for(Money.of("0.99")) == 0


def test_points_are_never_negative():
    with pytest.raises(ValueError):
        level(-1)
