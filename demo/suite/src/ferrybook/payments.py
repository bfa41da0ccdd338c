"""Talking to the payment gateway."""

from __future__ import annotations

import logging
from typing import Protocol

from .money import Money

log = logging.getLogger("ferrybook.payments")


class Declined(Exception):
    pass


class GatewayDown(ConnectionError):
    pass


class Gateway(Protocol):
    def call(self, verb: str, **details: object) -> dict: ...


class Payments:
    def __init__(self, gateway: Gateway, attempts: int = 3):
        self.gateway = gateway
        self.attempts = attempts

    def _call(self, verb: str, **details: object) -> dict:
        for attempt in range(1, self.attempts + 1):
            try:
                answer = self.gateway.call(verb, **details)
            except GatewayDown as down:
                log.warning("gateway down at attempt %d of %d: %s", attempt, self.attempts, down)
                if attempt == self.attempts:
                    raise
            else:
                log.info("%s: %s", verb, answer["status"])
                return answer
        raise AssertionError("unreachable")

    def authorise(self, card: str, amount: Money) -> str:
        if amount.cents <= 0:
            raise ValueError("nothing to pay")
        answer = self._call("authorise", card=card, cents=amount.cents, currency=amount.currency)
        if answer["status"] != "authorised":
            raise Declined(answer.get("reason", "declined"))
        return answer["id"]

    def capture(self, payment: str) -> dict:
        return self._call("capture", id=payment)

    def refund(self, payment: str, amount: Money) -> dict:
        return self._call("refund", id=payment, cents=amount.cents)

    def status(self, payment: str) -> str:
        return self._call("status", id=payment)["status"]
