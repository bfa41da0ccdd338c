"""The database: SQL in, rows out, one statement at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

SCHEMA = """
create table sailings (id text primary key, route text, departs text, capacity int, season text default 'regular');
create table cabins (sailing text, number int, kind text, state text default 'free', primary key (sailing, number));
create table bookings (reference text primary key, sailing text, email text, travellers int, cabin int, state text, total int);
create table payments (id integer primary key, reference text, cents int, state text);
create table waitlist (id integer primary key, sailing text, email text, state text default 'waiting');
create table holds (id integer primary key, sailing text, number int);
"""


class Database:
    def __init__(self, connection: sqlite3.Connection, on_statement: Callable[[str], None] | None = None):
        self._connection = connection
        self._connection.row_factory = sqlite3.Row
        self._on_statement = on_statement or (lambda sql: None)
        self._lock = threading.RLock()

    def execute(self, sql: str, *params: object) -> list[dict]:
        self._on_statement(sql)
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, params)]

    def one(self, sql: str, *params: object) -> dict | None:
        rows = self.execute(sql, *params)
        return rows[0] if rows else None

    def many(self, sql: str, rows: list[tuple]) -> None:
        self._on_statement(sql)
        with self._lock:
            self._connection.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._lock:
            self._connection.execute("begin")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def close(self) -> None:
        self._connection.close()


def create_schema(connection: sqlite3.Connection) -> None:
    connection.executescript(SCHEMA)
