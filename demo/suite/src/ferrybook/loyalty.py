"""Points, and the levels they lead to."""

from __future__ import annotations

from .money import Money

LEVELS = [(0, "crew"), (500, "mate"), (2_000, "captain"), (10_000, "admiral")]
BONUS = {"crew": 100, "mate": 110, "captain": 125, "admiral": 150}


def level(points: int) -> str:
    if points < 0:
        raise ValueError("points cannot be negative")
    return [name for least, name in LEVELS if points >= least][-1]


def points_for(paid: Money, points_so_far: int = 0) -> int:
    return paid.cents // 100 * BONUS[level(points_so_far)] // 100


def to_next_level(points: int) -> int | None:
    return next((least - points for least, _ in LEVELS if least > points), None)
