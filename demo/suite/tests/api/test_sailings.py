import pytest

from tests.support.database import MORNING, NIGHT_BOAT, SMALL_SHIP

pytestmark = [pytest.mark.api, pytest.mark.network, pytest.mark.db]


@pytest.mark.parametrize("route", ["HEL-TLL", "STO-TKU", "TRA-ROS", "GDN-KAR"])
def test_a_week_of_sailings(anonymous, route):
    sailings = anonymous.get(f"/sailings?route={route}").json["sailings"]
    assert [s["departs"][8:10] for s in sailings] == ["04", "05", "06", "07", "08", "09", "10"]


@pytest.mark.parametrize(("first", "count"), [("2026-05-04", 7), ("2026-05-08", 3), ("2026-05-11", 0)])
def test_sailings_from_a_day_on(anonymous, first, count):
    assert len(anonymous.get(f"/sailings?route=HEL-TLL&from={first}").json["sailings"]) == count


@pytest.mark.parametrize("limit", [0, 1, 5])
def test_no_more_than_asked_for(anonymous, limit):
    assert len(anonymous.get(f"/sailings?route=HEL-TLL&limit={limit}").json["sailings"]) == limit


def test_a_route_is_needed(anonymous):
    assert anonymous.get("/sailings").json == {"error": "missing: route"}


def test_a_route_without_sailings(anonymous):
    assert anonymous.get("/sailings?route=HEL-STO").json == {"sailings": []}


@pytest.mark.parametrize("sailing", [MORNING, NIGHT_BOAT, SMALL_SHIP], ids=["morning", "night boat", "small ship"])
def test_an_empty_ship_has_free_cabins(anonymous, sailing):
    cabins = anonymous.get(f"/sailings/{sailing}/cabins").json["cabins"]
    assert len(cabins) == 12
    assert set(cabins.values()) == {"free"}


def test_cabins_of_a_ship_that_does_not_exist(anonymous):
    assert anonymous.get("/sailings/TITANIC/cabins").status == 404


@pytest.mark.slow
def test_browsing_like_an_impatient_traveller(anonymous):
    for _ in range(6):
        for route in ("HEL-TLL", "STO-TKU", "TRA-ROS", "GDN-KAR"):
            sailing = anonymous.get(f"/sailings?route={route}&limit=1").json["sailings"][0]["id"]
            assert anonymous.get(f"/sailings/{sailing}/cabins").status == 200
            assert anonymous.get(f"/quote?route={route}&day=2026-05-04&adult=2").status == 200


@pytest.mark.skip(reason="the map of cabins moves to the new front end")
@pytest.mark.parametrize("deck", [6, 7])
def test_the_map_of_the_deck(anonymous, deck):
    assert anonymous.get(f"/sailings/{NIGHT_BOAT}/decks/{deck}").json["cabins"]
