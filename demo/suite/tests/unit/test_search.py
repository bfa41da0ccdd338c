from datetime import date

import pytest

from ferrybook.search import NotUnderstood, parse, parse_day

pytestmark = pytest.mark.unit

MONDAY = date(2026, 5, 4)


@pytest.mark.parametrize(
    "text",
    ["helsinki tallinn", "Helsinki to Tallinn", "from Helsinki to Tallinn", "HEL TLL", "hel → tll", "Helsinki, Tallinn", "hel to tallinn please"],
)
def test_ports_in_many_spellings(text):
    search = parse(text, MONDAY)
    assert (search.origin, search.destination) == ("HEL", "TLL")


@pytest.mark.parametrize("spelling", ["gdańsk", "Gdansk", "GDN"])
def test_gdansk_with_and_without_its_accent(spelling):
    assert parse(f"{spelling} to karlskrona", MONDAY).origin == "GDN"


@pytest.mark.parametrize(
    ("word", "day"),
    [("today", 4), ("tomorrow", 5), ("tuesday", 5), ("friday", 8), ("sunday", 10), ("monday", 11), ("2026-05-30", 30)],
)
def test_days_are_counted_from_today(word, day):
    assert parse_day(word, MONDAY) == date(2026, 5, day)


@pytest.mark.parametrize("word", ["someday", "2026/05/04", "4.5."])
def test_other_words_are_no_days(word):
    assert parse_day(word, MONDAY) is None


@pytest.mark.parametrize(
    ("words", "party"),
    [
        ("", {"adult": 1}),
        ("2 adults", {"adult": 2}),
        ("2 adults 1 child", {"adult": 2, "child": 1}),
        ("1 adult 3 kids", {"adult": 1, "child": 3}),
        ("1 senior 1 infant", {"senior": 1, "infant": 1}),
        ("2 kids 1 child", {"child": 3}),
    ],
    ids=["nobody named", "couple", "with a child", "with kids", "grandmother", "added up"],
)
def test_who_travels(words, party):
    assert parse(f"helsinki tallinn {words}", MONDAY).party == party


@pytest.mark.parametrize("vehicle", ["car", "camper", "motorcycle", "bicycle", None], ids=str)
def test_what_is_taken_along(vehicle):
    assert parse(f"helsinki tallinn {vehicle or ''}", MONDAY).vehicle == vehicle


@pytest.mark.parametrize(("text", "found"), [("", 0), ("helsinki", 1), ("helsinki tallinn turku", 3), ("atlantis tallinn", 1)])
def test_two_ports_are_needed(text, found):
    with pytest.raises(NotUnderstood, match=f"found {found}"):
        parse(text, MONDAY)


def test_no_ferry_to_where_one_is():
    with pytest.raises(NotUnderstood, match="to itself"):
        parse("turku to turku", MONDAY)


@pytest.mark.xfail(reason="“next friday” is read as the coming one")
def test_next_friday_is_not_the_coming_friday():
    assert parse("helsinki tallinn next friday", MONDAY).day == date(2026, 5, 15)
