"""A database server, as far as the tests can tell: it takes its time to start and to answer."""

from __future__ import annotations

import sqlite3
from datetime import date, time, timedelta

from ferrybook.cabins import plan
from ferrybook.db import Database, create_schema
from ferrybook.importer import sailing_id
from ferrybook.timetable import departures

from .lag import LAG

DAY = date(2026, 5, 4)
TIMES = {"HEL-TLL": time(7, 30), "STO-TKU": time(20, 10), "TRA-ROS": time(22, 45), "GDN-KAR": time(18, 0)}
# With a capacity each that the tests rely on.
MORNING = "HEL-TLL 2026-05-04 07:30"
NEXT_MORNING = "HEL-TLL 2026-05-05 07:30"
NIGHT_BOAT = "STO-TKU 2026-05-04 20:10"
SMALL_SHIP = "GDN-KAR 2026-05-04 18:00"
CAPACITY = {"HEL-TLL": 400, "STO-TKU": 900, "TRA-ROS": 250, "GDN-KAR": 12}


class Server:
    def start(self) -> Database:
        LAG.pause(0.95, 0.08)
        connection = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        create_schema(connection)
        self.database = Database(connection, on_statement=lambda sql: LAG.pause(0.011 if sql.startswith("select") else 0.019))
        self._load()
        return self.database

    def _load(self) -> None:
        sailings, cabins = [], []
        for route, at in TIMES.items():
            for sailing in departures(route, DAY, DAY + timedelta(days=6), "1234567", at):
                key = sailing_id(route, sailing.departure)
                sailings.append((key, route, sailing.departure.isoformat(), CAPACITY[route], "regular"))
                cabins += [(key, c.number, c.kind, "free") for c in plan(range(6, 8), per_deck=6)]
        self.database.many("insert into sailings values (?, ?, ?, ?, ?)", sailings)
        self.database.many("insert into cabins values (?, ?, ?, ?)", cabins)

    def clean(self) -> None:
        """One round trip, as a real suite would truncate its tables."""
        self.database.execute("delete from bookings")
        connection = self.database._connection
        for table in ("payments", "waitlist", "holds"):
            connection.execute(f"delete from {table}")
        connection.execute("update cabins set state = 'free' where state != 'free'")

    def stop(self) -> None:
        LAG.pause(0.3, 0.1)
        self.database.close()
