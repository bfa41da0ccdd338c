"""What the office looks at on Monday morning."""

from __future__ import annotations

import csv
import io
import logging

from .db import Database
from .money import Money

log = logging.getLogger("ferrybook.reports")


class ReportError(RuntimeError):
    pass


def _share(taken: int, capacity: int) -> float:
    return round(100 * taken / capacity, 1)


def _row(db: Database, sailing: dict) -> dict:
    taken = db.one(
        "select coalesce(sum(travellers), 0) as n from bookings where sailing = ? and state != 'cancelled'", sailing["id"]
    )["n"]
    try:
        return {"sailing": sailing["id"], "taken": taken, "occupancy": _share(taken, sailing["capacity"])}
    except ArithmeticError as error:
        raise ReportError(f"cannot build the row of sailing {sailing['id']!r}") from error


def occupancy(db: Database, route: str) -> list[dict]:
    rows = []
    for sailing in db.execute("select id, capacity from sailings where route = ? order by departs", route):
        log.info("reading %s, capacity %d", sailing["id"], sailing["capacity"])
        rows.append(_row(db, sailing))
    return rows


def revenue(db: Database) -> dict[str, str]:
    rows = db.execute(
        "select s.route as route, sum(b.total) as cents from bookings b join sailings s on s.id = b.sailing"
        " where b.state = 'paid' group by s.route order by s.route"
    )
    return {row["route"]: str(Money(row["cents"])) for row in rows}


def as_csv(rows: list[dict]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
