"""What travellers type into forms."""

from __future__ import annotations

import re
from datetime import date

EMAIL = re.compile(r"^[A-Za-z0-9._%+\-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9\-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}$")
PHONE = re.compile(r"^\+[1-9][0-9]{6,14}$")
PLATES = {"FI": r"[A-ZÅÄÖ]{2,3}-?\d{1,3}", "SE": r"[A-Z]{3} ?\d{2}[A-Z0-9]", "DE": r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2} ?\d{1,4}[EH]?", "EE": r"\d{3} ?[A-Z]{3}"}


def is_email(text: str) -> bool:
    return len(text) <= 254 and ".." not in text and not text.startswith(".") and bool(EMAIL.match(text))


def phone(text: str) -> str:
    number = re.sub(r"[ ()/.\-]", "", text)
    if number.startswith("00"):
        number = "+" + number[2:]
    if not PHONE.match(number):
        raise ValueError(f"not an international phone number: {text!r}")
    return number


def is_plate(text: str, country: str) -> bool:
    return country in PLATES and bool(re.fullmatch(PLATES[country], text.strip().upper()))


def mrz_check_digit(field: str) -> int:
    """The check digit of a passport's machine readable zone (ICAO 9303)."""
    total = 0
    for place, char in enumerate(field):
        value = 0 if char == "<" else int(char) if char.isdigit() else ord(char) - 55
        total += value * (7, 3, 1)[place % 3]
    return total % 10


def is_passport_valid(number: str, check: int, expires: date, arrival: date) -> bool:
    return mrz_check_digit(number.ljust(9, "<")) == check and expires >= arrival


def iban_ok(text: str) -> bool:
    iban = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}", iban):
        return False
    digits = "".join(str(int(c, 36)) for c in iban[4:] + iban[:4])
    return int(digits) % 97 == 1
