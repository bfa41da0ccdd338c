"""The operators' ledgers, at the far end of a slow line."""

from __future__ import annotations

from .lag import LAG


class SlowLedger:
    def turnover(self, operator: str, year: int, month: int) -> int:
        LAG.pause(0.15, 0.12)
        return 1_000_000 + 25_000 * month + 7 * len(operator)
