"""What a crossing costs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Enum

from .money import Money


class Traveller(Enum):
    ADULT = "adult"
    SENIOR = "senior"
    STUDENT = "student"
    CHILD = "child"
    INFANT = "infant"


class Season(Enum):
    LOW = "low"
    MID = "mid"
    HIGH = "high"


class UnknownRoute(LookupError):
    pass


BASE = {
    "HEL-TLL": Money.of("24.00"),
    "STO-TKU": Money.of("31.00"),
    "TRA-ROS": Money.of("29.50"),
    "GDN-KAR": Money.of("42.00"),
}
SEASON_FACTOR = {Season.LOW: Decimal("0.80"), Season.MID: Decimal("1.00"), Season.HIGH: Decimal("1.25")}
TRAVELLER_FACTOR = {
    Traveller.ADULT: Decimal("1.00"),
    Traveller.SENIOR: Decimal("0.80"),
    Traveller.STUDENT: Decimal("0.75"),
    Traveller.CHILD: Decimal("0.50"),
    Traveller.INFANT: Decimal("0.00"),
}
CABINS = {"deck": Money(0), "seat": Money.of("6.00"), "inside": Money.of("48.00"), "outside": Money.of("72.00"), "suite": Money.of("160.00")}
VEHICLES = {"bicycle": Money.of("5.00"), "motorcycle": Money.of("18.00"), "car": Money.of("39.00"), "camper": Money.of("78.00"), "lorry": Money.of("210.00")}
WEEKEND_SURCHARGE = Decimal("1.10")
FAMILY_DISCOUNT = 15


def season_of(day: date) -> Season:
    if day.month in (6, 7, 8) or (day.month == 12 and day.day >= 20):
        return Season.HIGH
    if day.month in (4, 5, 9, 10):
        return Season.MID
    return Season.LOW


def traveller_for_age(age: int, student: bool = False) -> Traveller:
    if age < 0:
        raise ValueError(f"nobody is {age} years old")
    if age < 4:
        return Traveller.INFANT
    if age < 16:
        return Traveller.CHILD
    if age >= 65:
        return Traveller.SENIOR
    return Traveller.STUDENT if student and age < 30 else Traveller.ADULT


def base_fare(route: str) -> Money:
    if route in BASE:
        return BASE[route]
    back = "-".join(reversed(route.split("-")))
    if back in BASE:
        return BASE[back]
    raise UnknownRoute(f"no fares for {route}")


def single_fare(route: str, day: date, traveller: Traveller) -> Money:
    fare = base_fare(route) * SEASON_FACTOR[season_of(day)]
    if day.weekday() >= 4:
        fare = fare * WEEKEND_SURCHARGE
    return fare * TRAVELLER_FACTOR[traveller]


@dataclass
class Quote:
    lines: dict[str, Money] = field(default_factory=dict)

    @property
    def total(self) -> Money:
        return sum(self.lines.values(), Money(0))

    def breakdown(self) -> dict[str, str]:
        return {label: amount.plain() for label, amount in self.lines.items()} | {"total": self.total.plain()}


PLURAL = {Traveller.CHILD: "children"}


def _label(traveller: Traveller, count: int) -> str:
    if count == 1:
        return f"1 {traveller.value}"
    return f"{count} {PLURAL.get(traveller, traveller.value + 's')}"


def is_family(party: dict[Traveller, int]) -> bool:
    return party.get(Traveller.ADULT, 0) in (1, 2) and party.get(Traveller.CHILD, 0) >= 2


def quote(route: str, day: date, party: dict[Traveller, int], cabin: str = "deck", vehicle: str | None = None) -> Quote:
    if not any(party.values()):
        raise ValueError("a party of nobody needs no ferry")
    result = Quote()
    discount = Money(0)
    for traveller, count in party.items():
        fare = single_fare(route, day, traveller)
        result.lines[_label(traveller, count)] = fare * count
        # Per head, and cut off: the discount of the party comes out some cents short.
        discount += Money(fare.cents * FAMILY_DISCOUNT // 100) * count
    if is_family(party):
        result.lines["family discount"] = -discount
    if cabin != "deck":
        result.lines[f"{cabin} cabin"] = CABINS[cabin]
    if vehicle:
        result.lines[vehicle] = VEHICLES[vehicle]
    return result
