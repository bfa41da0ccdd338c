"""Voucher codes: ten characters, the last of them a check digit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from .money import Money

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


class VoucherRefused(ValueError):
    pass


def check_digit(body: str) -> str:
    total = 0
    for place, char in enumerate(body, start=1):
        total += place * ALPHABET.index(char)
    return ALPHABET[total % len(ALPHABET)]


def normalise(code: str) -> str:
    return "".join(c for c in code.upper() if c.isalnum())


def is_valid_code(code: str) -> bool:
    code = normalise(code)
    return len(code) == 10 and all(c in ALPHABET for c in code) and check_digit(code[:9]) == code[9]


@dataclass(frozen=True)
class Voucher:
    code: str
    kind: str  # "percent" or "amount"
    value: int  # per cent, or cents
    valid_until: date
    minimum: Money = Money(0)
    routes: frozenset[str] = frozenset()

    def apply(self, total: Money, route: str, today: date) -> Money:
        if today > self.valid_until:
            raise VoucherRefused(f"{self.code} ran out on {self.valid_until:%d %B %Y}")
        if total < self.minimum:
            raise VoucherRefused(f"{self.code} needs a booking of at least {self.minimum}")
        if self.routes and route not in self.routes:
            raise VoucherRefused(f"{self.code} is not valid on {route}")
        saved = total.percent(self.value) if self.kind == "percent" else Money(self.value, total.currency)
        return max(total - saved, Money(0, total.currency))
