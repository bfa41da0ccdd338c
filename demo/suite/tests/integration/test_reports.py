from datetime import datetime

import pytest

from ferrybook.importer import sailing_id
from ferrybook.money import Money
from ferrybook.reports import as_csv, occupancy, revenue

from tests.support.database import MORNING, NEXT_MORNING, NIGHT_BOAT, SMALL_SHIP

pytestmark = [pytest.mark.integration, pytest.mark.db]


@pytest.fixture
def a_day_of_bookings(bookings):
    for sailing, travellers, price in [(MORNING, 100, "2400.00"), (NEXT_MORNING, 40, "960.00"), (NIGHT_BOAT, 90, "2790.00"), (SMALL_SHIP, 9, "378.00")]:
        bookings.pay(bookings.create(sailing, "agency@example.org", travellers, Money.of(price)).reference)
    return bookings


@pytest.mark.parametrize(("route", "first"), [("HEL-TLL", 25.0), ("STO-TKU", 10.0), ("GDN-KAR", 75.0), ("TRA-ROS", 0.0)])
def test_occupancy_in_per_cent(a_day_of_bookings, route, first):
    assert occupancy(a_day_of_bookings.db, route)[0]["occupancy"] == first


def test_occupancy_has_a_row_per_sailing(db):
    assert len(occupancy(db, "TRA-ROS")) == 7


def test_occupancy_of_a_route_that_nobody_sails(db):
    assert occupancy(db, "HEL-STO") == []


def test_occupancy_covers_sailings_without_a_ship(db):
    """A cancelled sailing keeps its row, with a capacity of nought."""
    db.execute("insert into sailings values (?, 'TKU-STO', '2026-05-04T08:45:00+03:00', 180, 'regular')", "TKU-STO 2026-05-04 08:45")
    db.execute("insert into sailings values (?, 'TKU-STO', '2026-05-05T08:45:00+03:00', 0, 'regular')", "TKU-STO 2026-05-05 08:45")
    try:
        assert [row["occupancy"] for row in occupancy(db, "TKU-STO")] == [0.0, 0.0]
    finally:
        db.execute("delete from sailings where route = 'TKU-STO'")


def test_revenue_by_route(a_day_of_bookings):
    assert revenue(a_day_of_bookings.db) == {"GDN-KAR": "€378.00", "HEL-TLL": "€3360.00", "STO-TKU": "€2790.00"}


def test_cancelled_bookings_earn_nothing(bookings):
    booking = bookings.create(MORNING, "astrid@example.org", 1, Money.of("24.00"))
    bookings.pay(booking.reference)
    bookings.cancel(booking.reference)
    assert revenue(bookings.db) == {}


def test_a_report_as_csv(a_day_of_bookings):
    lines = as_csv(occupancy(a_day_of_bookings.db, "GDN-KAR")).splitlines()
    assert lines[:2] == ["sailing,taken,occupancy", "GDN-KAR 2026-05-04 18:00,9,75.0"]


def test_an_empty_report_is_an_empty_file():
    assert as_csv([]) == ""


@pytest.mark.slow
def test_the_monday_report_of_all_routes(a_day_of_bookings):
    rows = [row for route in ("HEL-TLL", "STO-TKU", "TRA-ROS", "GDN-KAR") for _ in range(5) for row in occupancy(a_day_of_bookings.db, route)]
    assert len(rows) == 140
    assert sum(row["taken"] for row in rows) == 5 * 239


@pytest.mark.xfail(reason="the driver of this database has no server-side cursors")
def test_large_reports_are_streamed(db):
    assert hasattr(db, "cursor")


def test_ids_in_reports_are_those_of_the_timetable(db):
    assert occupancy(db, "HEL-TLL")[0]["sailing"] == sailing_id("HEL-TLL", datetime(2026, 5, 4, 7, 30))
