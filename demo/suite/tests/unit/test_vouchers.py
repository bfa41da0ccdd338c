from datetime import date

import pytest

from ferrybook.money import Money
from ferrybook.vouchers import ALPHABET, Voucher, VoucherRefused, check_digit, is_valid_code, normalise

pytestmark = pytest.mark.unit

TODAY = date(2026, 5, 4)


def code(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize("body", ["SEABREEZE", "222222222", "ZZZZZZZZZ", "K7Q2MXA9P"])
def test_codes_with_their_check_digit(body):
    assert is_valid_code(code(body))


@pytest.mark.parametrize("spelling", ["{0}", "{0:.4}-{1}", " {0} ", "{2}"], ids=["plain", "hyphen", "blanks", "small letters"])
def test_codes_as_people_type_them(spelling):
    valid = code("SEABREEZE")
    assert is_valid_code(spelling.format(valid, valid[4:], valid.lower()))


@pytest.mark.parametrize("place", range(9))
def test_one_wrong_character_is_noticed(place):
    valid = code("SEABREEZE")
    other = ALPHABET[(ALPHABET.index(valid[place]) + 1) % len(ALPHABET)]
    assert not is_valid_code(valid[:place] + other + valid[place + 1 :])


@pytest.mark.parametrize("text", ["", "SHORT", "SEABREEZE0", "SEABREEZEI", "MUCH TOO LONG FOR A CODE"])
def test_what_is_no_code(text):
    assert not is_valid_code(text)


def test_normalising_keeps_letters_and_digits():
    assert normalise(" sea-breeze 2 ") == "SEABREEZE2"


@pytest.mark.parametrize(("kind", "value", "left"), [("percent", 10, "72.00"), ("percent", 100, "0.00"), ("amount", 1500, "65.00"), ("amount", 9900, "0.00")])
def test_what_is_left_to_pay(kind, value, left):
    voucher = Voucher("X", kind, value, date(2026, 12, 31))
    assert voucher.apply(Money.of("80.00"), "HEL-TLL", TODAY) == Money.of(left)


@pytest.mark.parametrize(
    ("voucher", "reason"),
    [
        (Voucher("SPRING", "percent", 10, date(2026, 5, 3)), "ran out on 03 May 2026"),
        (Voucher("BIG", "percent", 10, date(2026, 12, 31), minimum=Money.of("100.00")), "at least €100.00"),
        (Voucher("SOUTH", "percent", 10, date(2026, 12, 31), routes=frozenset({"TRA-ROS"})), "not valid on HEL-TLL"),
    ],
    ids=["too late", "too little", "elsewhere"],
)
def test_vouchers_are_refused_with_a_reason(voucher, reason):
    with pytest.raises(VoucherRefused, match=reason):
        voucher.apply(Money.of("80.00"), "HEL-TLL", TODAY)


@pytest.mark.xfail(reason="swapped neighbours slipped through before check digits were weighted")
def test_swapped_neighbours_are_noticed():
    valid = code("SEABREEZE")
    assert not is_valid_code(valid[1] + valid[0] + valid[2:])
