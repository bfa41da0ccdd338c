"""Travellers who wait for a place on a full sailing."""

from __future__ import annotations

from .db import Database


class Waitlist:
    def __init__(self, db: Database):
        self.db = db

    def join(self, sailing: str, email: str) -> int:
        if self.db.one("select id from waitlist where sailing = ? and email = ? and state = 'waiting'", sailing, email):
            raise ValueError(f"{email} waits for {sailing} already")
        self.db.execute("insert into waitlist (sailing, email) values (?, ?)", sailing, email)
        return self.position(sailing, email)

    def position(self, sailing: str, email: str) -> int:
        waiting = self.db.execute("select email from waitlist where sailing = ? and state = 'waiting' order by id", sailing)
        return [row["email"] for row in waiting].index(email) + 1

    def leave(self, sailing: str, email: str) -> None:
        self.db.execute("update waitlist set state = 'left' where sailing = ? and email = ?", sailing, email)

    def offer(self, sailing: str, cabin: int) -> str | None:
        """Offer a cabin to the first in line, and hold it meanwhile."""
        first = self.db.one("select id, email from waitlist where sailing = ? and state = 'waiting' order by id limit 1", sailing)
        if first is None:
            return None
        self.db.execute("insert into holds (sailing, number) values (?, ?)", sailing, cabin)
        self.db.execute("update waitlist set state = 'offered' where id = ?", first["id"])
        return first["email"]

    def accept(self, sailing: str, email: str, cabin: int) -> None:
        self.db.execute("update waitlist set state = 'accepted' where sailing = ? and email = ?", sailing, email)
        self.db.execute("delete from holds where sailing = ? and number = ?", sailing, cabin)

    def expire(self, sailing: str, email: str) -> None:
        # The hold should go as well.
        self.db.execute("update waitlist set state = 'expired' where sailing = ? and email = ?", sailing, email)

    def open_holds(self) -> list[dict]:
        return self.db.execute("select sailing, number from holds order by id")
