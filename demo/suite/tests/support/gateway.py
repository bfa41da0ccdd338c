"""The sandbox of the payment provider: test cards, slow answers, and switches for its bad days."""

from __future__ import annotations

import time

from ferrybook.payments import GatewayDown

from .lag import LAG

REASONS = {"4000 0002": "card declined", "4000 0069": "card expired", "4000 0127": "wrong security code", "4000 9995": "insufficient funds"}


class Sandbox:
    def __init__(self) -> None:
        self.payments: dict[str, dict] = {}
        self.calls: list[str] = []
        self.down_for = 0
        self.hangs = 0.0

    def reset(self) -> None:
        self.payments.clear()
        self.calls.clear()
        self.down_for, self.hangs = 0, 0.0

    def call(self, verb: str, **details: object) -> dict:
        self.calls.append(verb)
        LAG.pause(0.16, 0.45)
        if self.hangs:
            time.sleep(self.hangs)
        if self.down_for:
            self.down_for -= 1
            raise GatewayDown("connection refused by sandbox.payments.example:443")
        return getattr(self, "_" + verb)(**details)

    def _authorise(self, card: str, cents: int, currency: str) -> dict:
        if card in REASONS:
            return {"status": "declined", "reason": REASONS[card]}
        number = f"pay_{len(self.payments) + 1:04d}"
        self.payments[number] = {"status": "authorised", "cents": cents, "currency": currency, "refunded": 0}
        return {"status": "authorised", "id": number}

    def _capture(self, id: str) -> dict:
        payment = self.payments[id]
        if payment["status"] == "authorised":
            payment["status"] = "captured"
        return {"status": payment["status"]}

    def _refund(self, id: str, cents: int) -> dict:
        payment = self.payments[id]
        if payment["status"] != "captured" or payment["refunded"] + cents > payment["cents"]:
            return {"status": "refused"}
        payment["refunded"] += cents
        return {"status": "refunded" if payment["refunded"] == payment["cents"] else "partly refunded"}

    def _status(self, id: str) -> dict:
        return {"status": self.payments[id]["status"]}
