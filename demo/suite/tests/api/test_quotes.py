import pytest

pytestmark = [pytest.mark.api, pytest.mark.network]


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("route=HEL-TLL&day=2026-05-05&adult=1", "24.00"),
        ("route=TLL-HEL&day=2026-05-05&adult=2", "48.00"),
        ("route=HEL-TLL&day=2026-05-09&adult=1", "26.40"),
        ("route=STO-TKU&day=2026-01-13&adult=1&cabin=inside", "72.80"),
        ("route=TRA-ROS&day=2026-05-05&adult=1&vehicle=car", "68.50"),
        ("route=GDN-KAR&day=2026-05-05&adult=1&student=1", "73.50"),
        ("route=HEL-TLL&day=2026-05-05&adult=2&child=2", "61.20"),
        ("route=HEL-TLL&day=2026-05-05&senior=1&infant=1", "19.20"),
    ],
    ids=["one way", "couple", "weekend", "winter cabin", "car", "student", "family", "grandmother"],
)
def test_quotes(anonymous, query, total):
    assert anonymous.get(f"/quote?{query}").json["total"] == total


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("day=2026-05-05&adult=1", 422, "missing or unknown: route"),
        ("route=HEL-TLL&adult=1", 422, "missing or unknown: day"),
        ("route=HEL-LED&day=2026-05-05&adult=1", 404, "no fares for HEL-LED"),
        ("route=HEL-TLL&day=2026-02-30&adult=1", 422, "day is out of range for month"),
        ("route=HEL-TLL&day=2026-05-05", 422, "a party of nobody needs no ferry"),
        ("route=HEL-TLL&day=2026-05-05&adult=two", 422, "invalid literal for int() with base 10: 'two'"),
        ("route=HEL-TLL&day=2026-05-05&adult=1&cabin=hammock", 422, "missing or unknown: hammock"),
        ("route=HEL-TLL&day=2026-05-05&adult=1&vehicle=tank", 422, "missing or unknown: tank"),
    ],
    ids=["no route", "no day", "unknown route", "30 February", "nobody", "a word", "hammock", "tank"],
)
def test_quotes_that_cannot_be_given(anonymous, query, status, error):
    answer = anonymous.get(f"/quote?{query}")
    assert (answer.status, answer.json) == (status, {"error": error})
