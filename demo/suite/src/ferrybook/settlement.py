"""What each operator gets for a year's tickets."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol

OPERATORS = ["Aurora Line", "Baltic Queen", "Nordhav", "Pommern Express", "Skärgård"]
COMMISSION = 6


class Ledger(Protocol):
    def turnover(self, operator: str, year: int, month: int) -> int: ...


@dataclass
class Settlement:
    year: int
    ledger: Ledger
    done: int = 0
    totals: dict[str, int] = field(default_factory=dict)

    @property
    def steps(self) -> int:
        return 12 * len(OPERATORS)

    @property
    def finished(self) -> bool:
        return self.done == self.steps

    def run(self) -> None:
        for operator in OPERATORS:
            for month in range(1, 13):
                cents = self.ledger.turnover(operator, self.year, month)
                self.totals[operator] = self.totals.get(operator, 0) + cents * (100 - COMMISSION) // 100
                self.done += 1

    def start(self) -> threading.Thread:
        thread = threading.Thread(target=self.run, name=f"settlement {self.year}", daemon=True)
        thread.start()
        return thread
