from datetime import date, time
from textwrap import dedent

import pytest

from ferrybook.money import Money
from ferrybook.ticket import Ticket, barcode, shorten
from ferrybook.timetable import Sailing

pytestmark = pytest.mark.unit


@pytest.fixture
def out():
    return Sailing.on("STO-TKU", date(2026, 7, 10), time(20, 10))


@pytest.fixture
def back():
    return Sailing.on("TKU-STO", date(2026, 7, 14), time(8, 45))


def test_ticket_for_one_way(out):
    assert Ticket("K7Q2MX", ("Astrid Lindqvist",), (out,), Money.of("42.63")).render() == dedent(
        """\
        ----------------------------------------------
        FERRYBOOK                               K7Q2MX
        ----------------------------------------------
        Fri 10 Jul 2026
          20:10  Stockholm
          07:40  Turku (+1)
        ----------------------------------------------
          Astrid Lindqvist
        Total                                   €42.63
        ----------------------------------------------"""
    )


def test_ticket_for_a_round_trip_prints_both_legs(out, back):
    assert Ticket("K7Q2MX", ("Astrid Lindqvist", "Mikko Lindqvist"), (out, back), Money.of("162.75")).render() == dedent(
        """\
        ----------------------------------------------
        FERRYBOOK                               K7Q2MX
        ----------------------------------------------
        Fri 10 Jul 2026
          20:10  Stockholm
          07:40  Turku (+1)
        Tue 14 Jul 2026
          08:45  Turku
          18:15  Stockholm
        ----------------------------------------------
          Astrid Lindqvist
          Mikko Lindqvist
        Total                                  €162.75
        ----------------------------------------------"""
    )


@pytest.mark.parametrize(("reference", "code"), [("A", "*AA*"), ("CODE39", "*CODE39W*"), ("K7Q2MX", "*K7Q2MXO*"), ("k7q2mx", "*K7Q2MXO*")])
def test_barcode_has_a_check_character(reference, code):
    assert barcode(reference) == code


@pytest.mark.parametrize("reference", ["Å1", "A_B", "1#2"])
def test_barcode_refuses_other_characters(reference):
    with pytest.raises(ValueError):
        barcode(reference)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("Astrid Lindqvist", "Astrid Lindqvist"),
        ("Wolfgang Amadeus Mozart", "W. Mozart"),
        ("Karl-Friedrich von Hohenzollern-Sigmaringen", "K. Hohenzollern-Sig…"),
        ("Rindfleischetikettierer", "Rindfleischetiketti…"),
    ],
    ids=["fits", "initial", "still too long", "one word"],
)
def test_long_names_are_shortened(name, short):
    assert shorten(name) == short


@pytest.mark.skipif("sys.platform != 'win32'", reason="the label printer's driver is for Windows only")
@pytest.mark.parametrize("printer", ["dymo", "zebra"])
def test_label_printer_draws_the_barcode(printer):
    from ferrybook.printer import LabelPrinter

    assert b"*K7Q2MXO*" in LabelPrinter(printer, "desk-4").label("K7Q2MX", "Astrid Lindqvist", 6001)
