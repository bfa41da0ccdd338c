"""Sailings: when a ship leaves, when it arrives, and in whose time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

PORTS = {
    "HEL": ("Helsinki", ZoneInfo("Europe/Helsinki")),
    "TLL": ("Tallinn", ZoneInfo("Europe/Tallinn")),
    "STO": ("Stockholm", ZoneInfo("Europe/Stockholm")),
    "TKU": ("Turku", ZoneInfo("Europe/Helsinki")),
    "TRA": ("Trelleborg", ZoneInfo("Europe/Stockholm")),
    "ROS": ("Rostock", ZoneInfo("Europe/Berlin")),
    "GDN": ("Gdańsk", ZoneInfo("Europe/Warsaw")),
    "KAR": ("Karlskrona", ZoneInfo("Europe/Stockholm")),
}
CROSSING = {"HEL-TLL": 120, "STO-TKU": 630, "TRA-ROS": 360, "GDN-KAR": 630}
CHECK_IN_CLOSES = timedelta(minutes=30)


class NoSuchPort(LookupError):
    pass


def zone(port: str) -> ZoneInfo:
    try:
        return PORTS[port][1]
    except KeyError:
        raise NoSuchPort(port) from None


def crossing_time(route: str) -> timedelta:
    back = "-".join(reversed(route.split("-")))
    minutes = CROSSING.get(route) or CROSSING.get(back)
    if minutes is None:
        raise NoSuchPort(route)
    return timedelta(minutes=minutes)


@dataclass(frozen=True)
class Sailing:
    route: str
    departure: datetime

    @classmethod
    def on(cls, route: str, day: date, at: time) -> Sailing:
        return cls(route, datetime.combine(day, at, zone(route.split("-")[0])))

    @property
    def origin(self) -> str:
        return self.route.split("-")[0]

    @property
    def destination(self) -> str:
        return self.route.split("-")[1]

    @property
    def arrival(self) -> datetime:
        utc = self.departure.astimezone(ZoneInfo("UTC")) + crossing_time(self.route)
        return utc.astimezone(zone(self.destination))

    @property
    def nights(self) -> int:
        return (self.arrival.date() - self.departure.date()).days

    def check_in_open(self, now: datetime) -> bool:
        return self.departure - timedelta(hours=24) <= now <= self.departure - CHECK_IN_CLOSES


def departures(route: str, first: date, last: date, weekdays: str, at: time) -> list[Sailing]:
    """`weekdays` as timetables print them: "1234567" is daily, "67" the weekend."""
    if last < first:
        raise ValueError("the season ends before it starts")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [Sailing.on(route, day, at) for day in days if str(day.isoweekday()) in weekdays]


def next_departure(sailings: list[Sailing], now: datetime) -> Sailing | None:
    return min((s for s in sailings if s.departure > now), key=lambda s: s.departure, default=None)
