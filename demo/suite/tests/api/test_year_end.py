"""The settlement of a year: once a year in real life, once a build here."""

import pytest

from ferrybook.settlement import OPERATORS

pytestmark = [pytest.mark.api, pytest.mark.network]


@pytest.mark.parametrize("year", [0, 2014, 2026])
def test_only_finished_years_are_settled(anonymous, year):
    assert anonymous.post("/settlements", {"year": year}).status == 422


def test_a_year_that_was_not_settled(anonymous):
    assert anonymous.get("/settlements/2016").status == 404


@pytest.mark.slow
def test_settlement_of_a_whole_year(anonymous, eventually):
    """Asks for every operator's every month, one after the other: some nine seconds."""
    assert anonymous.post("/settlements", {"year": 2025}).status == 202

    def done():
        answer = anonymous.get("/settlements/2025").json
        return answer if answer["state"] == "done" else None

    settled = eventually(done, within=25, every=0.25)
    assert settled["done"] == 60
    assert sorted(settled["totals"]) == sorted(OPERATORS)
