from datetime import date

import pytest

from ferrybook.validation import iban_ok, is_email, is_passport_valid, is_plate, mrz_check_digit, phone

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "address",
    ["astrid@example.org", "a.b+ferry@example.co.uk", "x@y.fi", "UPPER@EXAMPLE.ORG", "mikko_99@sub.domain.example.com", "o-k@my-host.example"],
)
def test_addresses_that_work(address):
    assert is_email(address)


@pytest.mark.parametrize(
    "address",
    ["", "astrid", "@example.org", "astrid@", "astrid@localhost", "a b@example.org", "a..b@example.org", ".a@example.org", "a@-example.org", "a@example.org.", "a" * 250 + "@example.org"],
    ids=["empty", "no at", "no name", "no host", "no dot", "blank", "two dots", "leading dot", "leading hyphen", "trailing dot", "too long"],
)
def test_addresses_that_do_not(address):
    assert not is_email(address)


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+358 40 1234567", "+358401234567"),
        ("0046 (8) 123 456", "+468123456"),
        ("+49/381/123-45", "+4938112345"),
        ("+372.5123456", "+3725123456"),
    ],
    ids=["finland", "sweden", "germany", "estonia"],
)
def test_phone_numbers_are_normalised(typed, number):
    assert phone(typed) == number


@pytest.mark.parametrize("typed", ["040 1234567", "+0 123 456 78", "+1", "call me", "+358 40 1234567 89012"])
def test_phone_numbers_without_a_country(typed):
    with pytest.raises(ValueError, match="not an international phone number"):
        phone(typed)


@pytest.mark.parametrize(
    ("plate", "country"),
    [("ABC-123", "FI"), ("ABC 123", "SE"), ("ABC 12D", "SE"), ("HRO-AB 123", "DE"), ("B XY 99E", "DE"), ("123 ABC", "EE"), ("abc123", "FI")],
)
def test_plates(plate, country):
    assert is_plate(plate, country)


@pytest.mark.parametrize(("plate", "country"), [("A-1", "FI"), ("ABCD 12", "SE"), ("HRO 1", "DE"), ("12 ABC", "EE"), ("ABC-123", "XX")])
def test_plates_of_nowhere(plate, country):
    assert not is_plate(plate, country)


@pytest.mark.parametrize(("field", "digit"), [("L898902C3", 6), ("740812", 2), ("120415", 9), ("ZE184226B<<<<<", 1)])
def test_check_digits_of_the_specimen_passport(field, digit):
    assert mrz_check_digit(field) == digit


@pytest.mark.parametrize(("expires", "valid"), [(date(2026, 7, 9), False), (date(2026, 7, 10), True), (date(2030, 1, 1), True)], ids=["too short", "to the day", "long enough"])
def test_passports_must_last_until_arrival(expires, valid):
    assert is_passport_valid("L898902C3", 6, expires, date(2026, 7, 10)) is valid


def test_a_mistyped_passport_is_refused():
    assert not is_passport_valid("L898902C4", 6, date(2030, 1, 1), date(2026, 7, 10))


@pytest.mark.parametrize("iban", ["FI21 1234 5600 0007 85", "SE45 5000 0000 0583 9825 7466", "DE89 3704 0044 0532 0130 00", "EE38 2200 2210 2014 5685", "pl61109010140000071219812874"])
def test_ibans(iban):
    assert iban_ok(iban)


@pytest.mark.parametrize("iban", ["FI21 1234 5600 0007 86", "DE89", "", "1234 5678", "SE45 5000 0000 0583 9825 746!"])
def test_ibans_with_mistakes(iban):
    assert not iban_ok(iban)
