from datetime import UTC, date, datetime, time, timedelta

import pytest

from ferrybook.timetable import NoSuchPort, PORTS, Sailing, crossing_time, departures, next_departure, zone

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("port", sorted(PORTS))
def test_every_port_has_a_zone(port):
    assert zone(port).utcoffset(datetime(2026, 1, 1)) in (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.parametrize(("route", "minutes"), [("HEL-TLL", 120), ("TLL-HEL", 120), ("STO-TKU", 630), ("ROS-TRA", 360), ("KAR-GDN", 630)])
def test_crossing_time_is_the_same_both_ways(route, minutes):
    assert crossing_time(route) == timedelta(minutes=minutes)


@pytest.mark.parametrize("route", ["HEL-STO", "XXX-YYY", "HEL"])
def test_routes_that_nobody_sails(route):
    with pytest.raises(NoSuchPort):
        crossing_time(route)


@pytest.mark.parametrize(
    ("route", "leaves", "arrives", "nights"),
    [
        ("HEL-TLL", "07:30", "09:30", 0),
        ("TLL-HEL", "22:30", "00:30", 1),
        ("STO-TKU", "20:10", "07:40", 1),
        ("TKU-STO", "20:55", "06:25", 1),
        ("TRA-ROS", "22:45", "04:45", 1),
        ("GDN-KAR", "08:00", "18:30", 0),
    ],
)
def test_arrival_is_in_the_time_of_the_port(route, leaves, arrives, nights):
    sailing = Sailing.on(route, date(2026, 5, 4), time.fromisoformat(leaves))
    assert f"{sailing.arrival:%H:%M}" == arrives
    assert sailing.nights == nights


def test_the_night_when_clocks_go_forward():
    sailing = Sailing.on("TRA-ROS", date(2026, 3, 28), time(22, 45))
    assert f"{sailing.arrival:%H:%M}" == "05:45"


def test_the_night_when_clocks_go_back():
    sailing = Sailing.on("TRA-ROS", date(2026, 10, 24), time(22, 45))
    assert f"{sailing.arrival:%H:%M}" == "03:45"


@pytest.mark.parametrize(("weekdays", "count"), [("1234567", 28), ("67", 8), ("5", 4), ("", 0)], ids=["daily", "weekends", "fridays", "never"])
def test_departures_of_four_weeks(weekdays, count):
    assert len(departures("HEL-TLL", date(2026, 5, 4), date(2026, 5, 31), weekdays, time(7, 30))) == count


def test_a_season_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before it starts"):
        departures("HEL-TLL", date(2026, 5, 4), date(2026, 5, 3), "1", time(7, 30))


@pytest.mark.parametrize(
    ("minutes_before", "open"),
    [(25 * 60, False), (24 * 60, True), (60, True), (30, True), (29, False), (-5, False)],
    ids=["too early", "a day before", "an hour before", "last call", "closed", "sailed"],
)
def test_check_in(minutes_before, open):
    sailing = Sailing.on("HEL-TLL", date(2026, 5, 4), time(7, 30))
    assert sailing.check_in_open(sailing.departure - timedelta(minutes=minutes_before)) is open


@pytest.mark.parametrize(("hour", "expected"), [(0, 4), (4, 4), (5, 5), (23, 5)])
def test_next_departure(hour, expected):
    week = departures("HEL-TLL", date(2026, 5, 4), date(2026, 5, 10), "1234567", time(7, 30))
    assert next_departure(week, datetime(2026, 5, 4, hour, tzinfo=UTC)).departure.day == expected


def test_no_departure_after_the_last():
    assert next_departure([], datetime(2026, 5, 4, tzinfo=UTC)) is None


@pytest.mark.xfail(reason="the tide tables of Karlskrona end with 2025", raises=KeyError)
def test_low_water_delays_the_departure():
    low_water = {2024: time(6, 10), 2025: time(6, 40)}
    assert Sailing.on("KAR-GDN", date(2026, 5, 4), low_water[2026]).departure.hour == 7
