"""`ferrybook quote HEL-TLL 2026-07-03 --adults 2`"""

from __future__ import annotations

import argparse
from datetime import date

from .fares import Traveller, UnknownRoute, quote


def parser() -> argparse.ArgumentParser:
    result = argparse.ArgumentParser(prog="ferrybook")
    commands = result.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("quote", help="what a crossing costs")
    ask.add_argument("route")
    ask.add_argument("day", type=date.fromisoformat)
    ask.add_argument("--adults", type=int, default=1)
    ask.add_argument("--children", type=int, default=0)
    ask.add_argument("--cabin", default="deck")
    ask.add_argument("--vehicle")
    return result


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    party = {Traveller.ADULT: options.adults, Traveller.CHILD: options.children}
    try:
        answer = quote(options.route, options.day, {t: n for t, n in party.items() if n}, options.cabin, options.vehicle)
    except (UnknownRoute, ValueError) as error:
        print(f"ferrybook: {error}")
        return 2
    width = max(map(len, answer.breakdown()))
    for label, amount in answer.breakdown().items():
        print(f"{label:<{width}}  {amount:>9}")
    return 0
