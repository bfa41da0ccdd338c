from datetime import date

import pytest

from ferrybook.fares import BASE, Season, Traveller, UnknownRoute, base_fare, is_family, quote, season_of, single_fare, traveller_for_age
from ferrybook.money import Money

pytestmark = pytest.mark.unit

TUESDAY_IN_MAY = date(2026, 5, 5)
SATURDAY_IN_JULY = date(2026, 7, 11)


@pytest.mark.parametrize(
    ("month", "season"),
    list(enumerate(["low", "low", "low", "mid", "mid", "high", "high", "high", "mid", "mid", "low", "low"], start=1)),
)
def test_season_of_the_month(month, season):
    assert season_of(date(2026, month, 15)) is Season(season)


@pytest.mark.parametrize(("day", "season"), [(19, Season.LOW), (20, Season.HIGH), (31, Season.HIGH)])
def test_christmas_is_high_season(day, season):
    assert season_of(date(2026, 12, day)) is season


@pytest.mark.parametrize(
    ("age", "traveller"),
    [(0, "infant"), (3, "infant"), (4, "child"), (15, "child"), (16, "adult"), (64, "adult"), (65, "senior"), (101, "senior")],
)
def test_traveller_for_age(age, traveller):
    assert traveller_for_age(age) is Traveller(traveller)


@pytest.mark.parametrize(("age", "traveller"), [(15, "child"), (16, "student"), (29, "student"), (30, "adult"), (70, "senior")])
def test_student_card_counts_between_16_and_29(age, traveller):
    assert traveller_for_age(age, student=True) is Traveller(traveller)


def test_nobody_has_a_negative_age():
    with pytest.raises(ValueError, match="nobody is -1 years old"):
        traveller_for_age(-1)


@pytest.mark.parametrize("route", sorted(BASE))
def test_the_way_back_costs_the_same(route):
    back = "-".join(reversed(route.split("-")))
    assert base_fare(back) == base_fare(route)


@pytest.mark.parametrize("route", ["HEL-LED", "HEL", "", "hel-tll"])
def test_unknown_routes_have_no_fare(route):
    with pytest.raises(UnknownRoute):
        base_fare(route)


@pytest.mark.parametrize("traveller", list(Traveller), ids=lambda t: t.value)
@pytest.mark.parametrize("route", sorted(BASE))
def test_nobody_pays_more_than_an_adult(route, traveller):
    assert single_fare(route, TUESDAY_IN_MAY, traveller) <= single_fare(route, TUESDAY_IN_MAY, Traveller.ADULT)


@pytest.mark.parametrize(
    ("traveller", "fare"),
    [("adult", "24.00"), ("senior", "19.20"), ("student", "18.00"), ("child", "12.00"), ("infant", "0.00")],
)
def test_fare_to_tallinn_on_a_tuesday_in_may(traveller, fare):
    assert single_fare("HEL-TLL", TUESDAY_IN_MAY, Traveller(traveller)) == Money.of(fare)


@pytest.mark.parametrize(("day", "surcharge"), [(4, False), (5, False), (6, False), (7, False), (8, True), (9, True), (10, True)], ids="mon tue wed thu fri sat sun".split())
def test_weekends_cost_a_tenth_more(day, surcharge):
    fare = single_fare("HEL-TLL", date(2026, 5, day), Traveller.ADULT)
    assert fare == Money.of("26.40" if surcharge else "24.00")


@pytest.mark.parametrize(("vehicle", "price"), [("bicycle", "5.00"), ("motorcycle", "18.00"), ("car", "39.00"), ("camper", "78.00"), ("lorry", "210.00")])
def test_vehicle_is_a_line_of_its_own(vehicle, price):
    assert quote("HEL-TLL", TUESDAY_IN_MAY, {Traveller.ADULT: 1}, vehicle=vehicle).lines[vehicle] == Money.of(price)


@pytest.mark.parametrize(("cabin", "total"), [("deck", "24.00"), ("seat", "30.00"), ("inside", "72.00"), ("outside", "96.00"), ("suite", "184.00")])
def test_cabin_is_added_to_the_fare(cabin, total):
    assert quote("HEL-TLL", TUESDAY_IN_MAY, {Traveller.ADULT: 1}, cabin=cabin).total == Money.of(total)


@pytest.mark.parametrize(
    ("adults", "children", "family"),
    [(1, 1, False), (1, 2, True), (2, 2, True), (2, 5, True), (3, 2, False), (0, 2, False)],
)
def test_what_counts_as_a_family(adults, children, family):
    assert is_family({Traveller.ADULT: adults, Traveller.CHILD: children}) is family


def test_family_discount_on_a_weekday():
    assert quote("HEL-TLL", TUESDAY_IN_MAY, {Traveller.ADULT: 2, Traveller.CHILD: 2}).breakdown() == {
        "2 adults": "48.00",
        "2 children": "24.00",
        "family discount": "-10.80",
        "total": "61.20",
    }


def test_family_of_five_on_a_summer_weekend():
    breakdown = quote("TRA-ROS", SATURDAY_IN_JULY, {Traveller.ADULT: 2, Traveller.CHILD: 3}, cabin="inside", vehicle="car").breakdown()
    assert breakdown == {
        "2 adults": "81.14",
        "3 children": "60.87",
        "family discount": "-21.30",
        "inside cabin": "48.00",
        "car": "39.00",
        "total": "207.71",
    }


def test_a_party_of_nobody_is_refused():
    with pytest.raises(ValueError, match="nobody needs no ferry"):
        quote("HEL-TLL", TUESDAY_IN_MAY, {Traveller.ADULT: 0})


@pytest.mark.skip(reason="fares for lorries by length come with the 2027 contract")
@pytest.mark.parametrize("metres", [12, 18])
def test_lorries_pay_by_the_metre(metres):
    assert quote("TRA-ROS", TUESDAY_IN_MAY, {Traveller.ADULT: 1}, vehicle=f"lorry {metres} m").total
