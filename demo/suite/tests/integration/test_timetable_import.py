"""Operators send their timetable once per season, as a file with a line per departure."""

from datetime import date, time, timedelta

import pytest

from ferrybook.importer import import_timetable
from ferrybook.timetable import departures

from tests.support.lag import LAG

pytestmark = [pytest.mark.integration, pytest.mark.db]

HEADER = "route,departs,capacity\n"


def season_file(route: str, first: date, days: int, at: str, capacity: int = 300) -> str:
    sailings = departures(route, first, first + timedelta(days=days - 1), "1234567", time.fromisoformat(at))
    return HEADER + "".join(f"{route},{s.departure.isoformat()},{capacity}\n" for s in sailings)


@pytest.fixture(scope="module")
def winter(database_server):
    """The winter season is imported once, and removed in the end."""
    database = database_server.database
    LAG.pause(0.8, 0.1)
    import_timetable(database, season_file("ROS-TRA", date(2026, 11, 1), 14, "10:00"), "winter")
    yield database
    database.execute("delete from sailings where season = 'winter'")
    LAG.pause(0.35, 0.1)


@pytest.fixture
def summer(db):
    yield db
    db.execute("delete from sailings where season = 'summer'")


@pytest.mark.parametrize("days", [1, 7, 14])
def test_every_line_becomes_a_sailing(summer, days):
    assert import_timetable(summer, season_file("TKU-STO", date(2026, 6, 1), days, "08:45"), "summer").imported == days


@pytest.mark.parametrize("route", ["HEL-TLL", "TLL-HEL", "STO-TKU", "KAR-GDN"])
def test_every_route_can_be_imported(summer, route):
    assert import_timetable(summer, season_file(route, date(2026, 6, 1), 5, "12:00"), "summer").problems == []


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        pytest.param("HEL-TLL,tomorrow,300", "Invalid isoformat string: 'tomorrow'", id="no date"),
        pytest.param("HEL-TLL,2026-06-01T07:30:00+03:00,many", "invalid literal for int() with base 10: 'many'", id="no number"),
        pytest.param("HEL-LED,2026-06-01T07:30:00+03:00,300", "unknown route HEL-LED", id="no route"),
    ],
)
def test_bad_lines_are_reported_and_skipped(summer, line, problem):
    result = import_timetable(summer, season_file("TKU-STO", date(2026, 6, 1), 2, "08:45") + line + "\n", "summer")
    assert (result.imported, result.problems) == (2, [f"line 4: {problem}"])


@pytest.mark.parametrize("header", ["", "route;departs;capacity", "departs,route,capacity"], ids=["none", "semicolons", "other order"])
def test_other_columns_are_refused(summer, header):
    with pytest.raises(ValueError, match="expected"):
        import_timetable(summer, f"{header}\n", "summer")


def test_winter_is_in_the_timetable(winter):
    assert winter.one("select count(*) as n from sailings where season = 'winter'") == {"n": 14}


@pytest.mark.parametrize("capacity", [120, 450])
def test_a_second_file_updates_the_first(winter, capacity):
    result = import_timetable(winter, season_file("ROS-TRA", date(2026, 11, 1), 6, "10:00", capacity), "winter")
    assert (result.imported, result.updated) == (0, 6)
    assert winter.one("select capacity from sailings where season = 'winter' order by departs limit 1") == {"capacity": capacity}


@pytest.mark.slow
def test_a_whole_summer_is_imported(summer):
    result = import_timetable(summer, season_file("TLL-HEL", date(2026, 6, 1), 75, "22:30"), "summer")
    assert result.imported == 75
