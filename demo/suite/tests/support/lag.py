"""The waits that a real network, a real database and real work would impose.

They are drawn from a seed, the test's id and the number of the attempt, so that a
run has the same waits and the same luck however many workers share it. They are
sleeps, so that ten workers can wait at once on a machine with two cores.
"""

from __future__ import annotations

import math
import os
import random
import time


class Lag:
    def __init__(self, seed: str):
        self.seed = seed
        self.begin("start", 1)

    @classmethod
    def from_environment(cls) -> Lag:
        return cls(os.environ.get("FERRYBOOK_SEED", "1"))

    def begin(self, test: str, attempt: int) -> None:
        self._waits = random.Random(f"waits {self.seed} {test} {attempt}")
        self._luck = random.Random(f"luck {self.seed} {test} {attempt}")

    def draw(self, median: float, sigma: float = 0.6) -> float:
        """Log-normal: most waits are near the median, a few are several times as long."""
        return min(median * math.exp(sigma * self._waits.gauss(0, 1)), 5 * median)

    def pause(self, median: float, sigma: float = 0.6) -> None:
        time.sleep(self.draw(median, sigma))

    def hiccup(self, usual: float, late: float, odds: float) -> float:
        """A delay that is mostly `usual`, and `late` with these odds: where flaky tests come from."""
        return late if self._luck.random() < odds else usual


LAG = Lag.from_environment()
