"""Reads the season's timetable as the operators send it: CSV, one line per departure."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from datetime import datetime

from .db import Database
from .timetable import NoSuchPort, crossing_time

COLUMNS = ["route", "departs", "capacity"]


@dataclass
class ImportResult:
    imported: int = 0
    updated: int = 0
    problems: list[str] = field(default_factory=list)


def sailing_id(route: str, departs: datetime) -> str:
    return f"{route} {departs:%Y-%m-%d %H:%M}"


def import_timetable(db: Database, text: str, season: str) -> ImportResult:
    reader = csv.DictReader(io.StringIO(text))
    if reader.fieldnames != COLUMNS:
        raise ValueError(f"columns are {reader.fieldnames}, expected {COLUMNS}")
    result = ImportResult()
    for line, row in enumerate(reader, start=2):
        try:
            departs = datetime.fromisoformat(row["departs"])
            capacity = int(row["capacity"])
            crossing_time(row["route"])
        except ValueError as error:
            result.problems.append(f"line {line}: {error}")
            continue
        except NoSuchPort:
            result.problems.append(f"line {line}: unknown route {row['route']}")
            continue
        key = sailing_id(row["route"], departs)
        known = db.one("select id from sailings where id = ?", key)
        if known:
            db.execute("update sailings set capacity = ? where id = ?", capacity, key)
            result.updated += 1
        else:
            db.execute("insert into sailings values (?, ?, ?, ?, ?)", key, row["route"], departs.isoformat(), capacity, season)
            result.imported += 1
    return result
