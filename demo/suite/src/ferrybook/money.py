"""Amounts of money: whole cents, one currency, no floats."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

SYMBOLS = {"EUR": "€", "GBP": "£", "SEK": "kr ", "DKK": "kr. ", "PLN": "zł "}


class CurrencyMismatch(ValueError):
    pass


@dataclass(frozen=True, order=True)
class Money:
    cents: int
    currency: str = "EUR"

    @classmethod
    def of(cls, text: str, currency: str = "EUR") -> Money:
        try:
            amount = Decimal(text.strip().replace(",", "."))
        except InvalidOperation:
            raise ValueError(f"not an amount of money: {text!r}") from None
        cents = amount * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"fractions of a cent in {text!r}")
        return cls(int(cents), currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} do not add up")

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.cents + other.cents, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.cents - other.cents, self.currency)

    def __neg__(self) -> Money:
        return Money(-self.cents, self.currency)

    def __mul__(self, factor: int | Decimal) -> Money:
        exact = Decimal(self.cents) * Decimal(factor)
        return Money(int(exact.quantize(Decimal(1), ROUND_HALF_UP)), self.currency)

    def percent(self, rate: int | Decimal) -> Money:
        return self * (Decimal(rate) / 100)

    def split(self, parts: int) -> list[Money]:
        """Equal shares that add up; the first ones carry the odd cents."""
        if parts < 1:
            raise ValueError("cannot split into less than one part")
        share, rest = divmod(self.cents, parts)
        return [Money(share + (1 if i < rest else 0), self.currency) for i in range(parts)]

    def plain(self) -> str:
        sign = "-" if self.cents < 0 else ""
        return f"{sign}{abs(self.cents) // 100}.{abs(self.cents) % 100:02d}"

    def __str__(self) -> str:
        symbol = SYMBOLS.get(self.currency, self.currency + " ")
        return self.plain().replace("-", "-" + symbol, 1) if self.cents < 0 else symbol + self.plain()
