"""Which cabin a party gets."""

from __future__ import annotations

from dataclasses import dataclass


class NoCabinLeft(LookupError):
    pass


@dataclass(frozen=True)
class Cabin:
    number: int
    kind: str
    berths: int
    accessible: bool = False
    pets: bool = False

    @property
    def deck(self) -> int:
        return self.number // 1000

    @property
    def side(self) -> str:
        return "starboard" if self.number % 2 else "port"


def plan(decks: range, per_deck: int = 12) -> list[Cabin]:
    cabins = []
    for deck in decks:
        for place in range(1, per_deck + 1):
            kind = "suite" if place == per_deck and deck == decks[-1] else "outside" if place % 3 else "inside"
            berths = 2 if kind == "suite" else 4 if place % 2 else 2
            cabins.append(Cabin(deck * 1000 + place, kind, berths, accessible=place == 1, pets=deck == decks[0]))
    return cabins


def assign(free: list[Cabin], party: int, kind: str | None = None, accessible: bool = False, pets: bool = False) -> Cabin:
    """The smallest cabin that holds the party; lowest number first."""
    fitting = [
        c
        for c in free
        if c.berths >= party and (kind is None or c.kind == kind) and (c.accessible or not accessible) and (c.pets or not pets)
    ]
    if not fitting:
        wish = " ".join(w for w in ("accessible" * accessible, "pet-friendly" * pets, kind or "") if w)
        raise NoCabinLeft(f"no {wish + ' ' if wish else ''}cabin for {party} left")
    return min(fitting, key=lambda c: (c.berths, c.accessible and not accessible, c.number))


def assign_groups(free: list[Cabin], parties: list[int]) -> dict[int, Cabin]:
    left, given = list(free), {}
    for index in sorted(range(len(parties)), key=lambda i: -parties[i]):
        cabin = assign(left, parties[index])
        given[index] = cabin
        left.remove(cabin)
    return given
