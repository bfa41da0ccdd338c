import pytest

from ferrybook.cabins import Cabin, NoCabinLeft, assign, assign_groups, plan

pytestmark = pytest.mark.unit


@pytest.fixture(scope="module")
def ship():
    return plan(range(5, 9))


@pytest.mark.parametrize("deck", [5, 6, 7, 8])
def test_every_deck_has_twelve_cabins(ship, deck):
    assert sum(c.deck == deck for c in ship) == 12


@pytest.mark.parametrize(("number", "side"), [(5001, "starboard"), (5002, "port"), (8011, "starboard"), (8012, "port")])
def test_odd_numbers_are_on_starboard(number, side):
    assert Cabin(number, "inside", 2).side == side


def test_only_the_top_deck_has_a_suite(ship):
    assert [c.number for c in ship if c.kind == "suite"] == [8012]


@pytest.mark.parametrize(("party", "berths"), [(1, 2), (2, 2), (3, 4), (4, 4)], ids=["alone", "couple", "three", "family"])
def test_a_party_gets_the_smallest_cabin_that_fits(ship, party, berths):
    assert assign(ship, party).berths == berths


@pytest.mark.parametrize("kind", ["inside", "outside", "suite"])
def test_the_wished_kind_is_respected(ship, kind):
    assert assign(ship, 2, kind=kind).kind == kind


def test_accessible_cabins_are_kept_for_those_who_need_them(ship):
    assert not assign(ship, 4).accessible
    assert assign(ship, 2, accessible=True).accessible


def test_dogs_travel_on_the_lowest_deck(ship):
    assert assign(ship, 2, pets=True).deck == 5


@pytest.mark.parametrize("party", [5, 6, 9])
def test_no_cabin_for_large_parties(ship, party):
    with pytest.raises(NoCabinLeft, match=f"no cabin for {party} left"):
        assign(ship, party)


def test_the_refusal_names_the_wish(ship):
    with pytest.raises(NoCabinLeft, match="no accessible pet-friendly suite cabin for 2 left"):
        assign(ship, 2, kind="suite", accessible=True, pets=True)


def test_groups_are_seated_largest_first(ship):
    given = assign_groups(ship, [2, 4, 3])
    assert [given[i].berths for i in range(3)] == [2, 4, 4]
    assert len({c.number for c in given.values()}) == 3


def test_a_full_ship_refuses_the_next_group():
    with pytest.raises(NoCabinLeft):
        assign_groups(plan(range(5, 6), per_deck=2), [2, 2, 2])
