import pytest

from ferrybook.cli import main

pytestmark = pytest.mark.unit


def test_a_quote_is_printed_as_a_table(capsys):
    assert main(["quote", "HEL-TLL", "2026-05-05", "--adults", "2", "--vehicle", "car"]) == 0
    assert capsys.readouterr().out.splitlines() == ["2 adults      48.00", "car           39.00", "total         87.00"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(["quote", "HEL-LED", "2026-05-05"], "no fares for HEL-LED", id="unknown route"),
        pytest.param(["quote", "HEL-TLL", "2026-05-05", "--adults", "0"], "a party of nobody needs no ferry", id="nobody"),
    ],
)
def test_what_cannot_be_quoted_is_explained(capsys, arguments, message):
    assert main(arguments) == 2
    assert message in capsys.readouterr().out


def test_an_impossible_day_is_an_error_of_usage(capsys):
    with pytest.raises(SystemExit) as exit:
        main(["quote", "HEL-TLL", "2026-02-30"])
    assert exit.value.code == 2
