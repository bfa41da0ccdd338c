"""What comes back when a traveller cancels."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from .money import Money

STEPS = [(timedelta(days=28), 100), (timedelta(days=7), 75), (timedelta(days=2), 50), (timedelta(hours=3), 20)]
FLEX_FEE = Money.of("5.00")


def refund_rate(before_departure: timedelta) -> int:
    for at_least, rate in STEPS:
        if before_departure >= at_least:
            return rate
    return 0


def refund(paid: Money, departure: datetime, cancelled: datetime, flex: bool = False, by_operator: bool = False) -> Money:
    if by_operator:
        return paid
    left = departure - cancelled
    if left < timedelta(0):
        return Money(0, paid.currency)
    if flex:
        return max(paid - FLEX_FEE, Money(0))
    return paid.percent(refund_rate(left))


def compensation(paid: Money, delay: timedelta, crossing: timedelta) -> Money:
    """EU 1177/2010, article 19: a quarter, or half when twice as late."""
    limits = [(4, 1), (8, 2), (24, 3)]
    hours = crossing / timedelta(hours=1)
    threshold = next((late for longest, late in limits if hours <= longest), 6)
    late = Decimal(delay / timedelta(hours=1))
    if late >= 2 * threshold:
        return paid.percent(50)
    return paid.percent(25) if late >= threshold else Money(0, paid.currency)
