"""The search box: `helsinki to tallinn friday 2 adults 1 child car`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

from .timetable import PORTS

NAMES = {name.lower(): code for code, (name, _) in PORTS.items()} | {"gdansk": "GDN"}
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TRAVELLERS = {"adult": "adult", "adults": "adult", "child": "child", "children": "child", "kids": "child", "infant": "infant", "senior": "senior", "seniors": "senior"}
VEHICLES = {"car", "camper", "motorcycle", "bicycle", "lorry"}


class NotUnderstood(ValueError):
    pass


@dataclass
class Search:
    origin: str
    destination: str
    day: date
    party: dict[str, int] = field(default_factory=dict)
    vehicle: str | None = None


def _port(word: str) -> str | None:
    if word.upper() in PORTS:
        return word.upper()
    return NAMES.get(word)


def parse_day(word: str, today: date) -> date | None:
    if word in ("today", "tomorrow"):
        return today + timedelta(days=word == "tomorrow")
    if word in DAYS:
        return today + timedelta(days=(DAYS.index(word) - today.weekday() - 1) % 7 + 1)
    return date.fromisoformat(word) if re.fullmatch(r"\d{4}-\d\d-\d\d", word) else None


def parse(text: str, today: date) -> Search:
    words = text.lower().replace("→", " to ").replace(",", " ").split()
    ports = [p for p in map(_port, words) if p]
    if len(ports) != 2:
        raise NotUnderstood(f"need two ports, found {len(ports)} in {text!r}")
    if ports[0] == ports[1]:
        raise NotUnderstood("a ferry from a port to itself")
    days = [d for d in (parse_day(w, today) for w in words) if d]
    party: dict[str, int] = {}
    for count, word in re.findall(r"(\d+) ([a-z]+)", " ".join(words)):
        if word in TRAVELLERS:
            party[TRAVELLERS[word]] = party.get(TRAVELLERS[word], 0) + int(count)
    vehicle = next((w for w in words if w in VEHICLES), None)
    return Search(*ports, days[0] if days else today, party or {"adult": 1}, vehicle)
