"""Mail that leaves after the booking is safe."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

TEXTS = {
    "confirmation": "Your booking {reference} is confirmed",
    "receipt": "Receipt for booking {reference}",
    "cancellation": "Your booking {reference} was cancelled",
    "delay": "Your sailing leaves {minutes} minutes late",
    "reminder": "Check-in for {reference} is open",
}


@dataclass(frozen=True)
class Mail:
    to: str
    subject: str
    sent: float


class Outbox:
    """Each mail is delivered by a thread of its own, after the delay of the relay."""

    def __init__(self, delay: Callable[[str], float]):
        self.delay = delay
        self.delivered: list[Mail] = []
        self._arrived = threading.Condition()

    def send(self, kind: str, to: str, **fields: object) -> None:
        subject = TEXTS[kind].format(**fields)
        threading.Thread(target=self._deliver, args=(to, subject, self.delay(kind)), daemon=True).start()

    def _deliver(self, to: str, subject: str, delay: float) -> None:
        time.sleep(delay)
        with self._arrived:
            self.delivered.append(Mail(to, subject, time.monotonic()))
            self._arrived.notify_all()

    def wait_for(self, subject: str, timeout: float) -> Mail:
        def found() -> Mail | None:
            return next((m for m in self.delivered if subject in m.subject), None)

        with self._arrived:
            if not self._arrived.wait_for(found, timeout):
                raise TimeoutError(f"no mail about {subject!r} within {timeout} s; arrived: {[m.subject for m in self.delivered]}")
            return found()
