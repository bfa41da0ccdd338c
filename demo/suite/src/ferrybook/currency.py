"""Prices in other currencies."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from .money import Money


class NoRate(LookupError):
    pass


@dataclass(frozen=True)
class RateTable:
    day: date
    per_euro: dict[str, Decimal]

    def rate(self, source: str, target: str) -> Decimal:
        missing = [c for c in (source, target) if c != "EUR" and c not in self.per_euro]
        if missing:
            raise NoRate(f"no rate for {' and '.join(missing)} on {self.day}")
        return self.per_euro.get(target, Decimal(1)) / self.per_euro.get(source, Decimal(1))

    def convert(self, amount: Money, target: str, margin: Decimal = Decimal(0)) -> Money:
        if amount.currency == target:
            return amount
        factor = self.rate(amount.currency, target) * (1 + margin / 100)
        return Money((amount * factor).cents, target)


def round_cash(amount: Money) -> Money:
    """Sweden and Denmark have no coins below one krona and half a krone."""
    step = {"SEK": 100, "DKK": 50, "EUR": 5}.get(amount.currency, 1)
    return Money((amount.cents + step // 2) // step * step, amount.currency)
