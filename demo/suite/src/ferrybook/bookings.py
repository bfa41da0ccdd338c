"""From a wish to a booking, and back."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from .db import Database
from .money import Money
from .vouchers import ALPHABET

log = logging.getLogger("ferrybook.bookings")


class BookingError(Exception):
    status = 409


class SoldOut(BookingError):
    pass


class NotFound(BookingError):
    status = 404


@dataclass(frozen=True)
class Booking:
    reference: str
    sailing: str
    email: str
    travellers: int
    cabin: int | None
    state: str
    total: int


def reference_for(number: int) -> str:
    """Six characters that do not look like a sequence."""
    scrambled, text = (number * 48_271 + 11) % 32**6, ""
    for _ in range(6):
        scrambled, digit = divmod(scrambled, 32)
        text += ALPHABET[digit]
    return text


class Bookings:
    def __init__(self, db: Database):
        self.db = db

    def get(self, reference: str) -> Booking:
        row = self.db.one("select * from bookings where reference = ?", reference)
        if row is None:
            raise NotFound(f"no booking {reference}")
        return Booking(**row)

    def for_email(self, email: str) -> list[Booking]:
        return [Booking(**r) for r in self.db.execute("select * from bookings where email = ? order by reference", email)]

    def seats_left(self, sailing: str) -> int:
        row = self.db.one("select capacity from sailings where id = ?", sailing)
        if row is None:
            raise NotFound(f"no sailing {sailing}")
        taken = self.db.one("select coalesce(sum(travellers), 0) as n from bookings where sailing = ? and state != 'cancelled'", sailing)
        return row["capacity"] - taken["n"]

    def create(self, sailing: str, email: str, travellers: int, total: Money, cabin: int | None = None) -> Booking:
        left = self.seats_left(sailing)
        if left < travellers:
            raise SoldOut(f"{travellers} places wanted on {sailing}, {left} left")
        if cabin is not None:
            self._take(sailing, cabin)
        count = self.db.one("select count(*) as n from bookings")["n"]
        reference = reference_for(count + 1)
        self.db.execute(
            "insert into bookings values (?, ?, ?, ?, ?, 'reserved', ?)", reference, sailing, email, travellers, cabin, total.cents
        )
        log.info("reserved %s: %d on %s", reference, travellers, sailing)
        return self.get(reference)

    def _take(self, sailing: str, cabin: int) -> None:
        row = self.db.one("select state from cabins where sailing = ? and number = ?", sailing, cabin)
        if row is None:
            raise NotFound(f"no cabin {cabin} on {sailing}")
        if row["state"] != "free":
            raise SoldOut(f"cabin {cabin} on {sailing} is {row['state']}")
        self.db.execute("update cabins set state = 'held' where sailing = ? and number = ?", sailing, cabin)

    def pay(self, reference: str) -> Booking:
        booking = self.get(reference)
        if booking.state != "reserved":
            raise BookingError(f"{reference} is {booking.state}")
        self.db.execute("update bookings set state = 'paid' where reference = ?", reference)
        if booking.cabin is not None:
            self.db.execute("update cabins set state = 'taken' where sailing = ? and number = ?", booking.sailing, booking.cabin)
        log.info("paid %s", reference)
        return self.get(reference)

    def cancel(self, reference: str) -> Booking:
        booking = self.get(reference)
        if booking.state == "cancelled":
            raise BookingError(f"{reference} is cancelled already")
        self.db.execute("update bookings set state = 'cancelled' where reference = ?", reference)
        if booking.cabin is not None:
            # Frees what is held, and forgets what is paid for and so "taken".
            self.db.execute(
                "update cabins set state = 'free' where sailing = ? and number = ? and state = 'held'", booking.sailing, booking.cabin
            )
        log.info("cancelled %s, was %s", reference, booking.state)
        return self.get(reference)

    def move(self, reference: str, sailing: str) -> Booking:
        booking = self.get(reference)
        if self.seats_left(sailing) < booking.travellers:
            raise SoldOut(f"no room for {booking.travellers} on {sailing}")
        self.db.execute("update bookings set sailing = ?, cabin = null where reference = ?", sailing, reference)
        return self.get(reference)
