"""Reference numbers such as SWS-2026-0042-7: short, readable aloud, and safe against a misheard digit."""

from __future__ import annotations

import re

from stdnum import damm

_MEASURE = re.compile(r"^(?:([A-Z]{2,5})[-\s]*)?M[-\s]*([0-9]{1,7})$")
_FORM = re.compile(r"^([A-Z]{2,5})[-\s]*([0-9]{4})[-\s]*([0-9]{4,7})[-\s]*([0-9])$")


def reference_number(prefix: str, year: int, number: int) -> str:
    """The reference of the `number`-th idea of a year; the last digit is a Damm check digit over year and number.

    It identifies an idea and authorises nothing: numbers follow one another and may be guessed.
    """
    digits = f"{year:04d}{number:04d}"
    return f"{prefix}-{year:04d}-{number:04d}-{damm.calc_check_digit(digits)}"


def parse_reference(text: str) -> str | None:
    """The reference in its written form, or None where it is not one or its check digit is wrong.

    Blanks for hyphens, lower case and typographic dashes are forgiven, because people retype numbers from paper.
    """
    match = _FORM.match(re.sub(r"[\u2010-\u2015]", "-", text).strip().upper())  # noqa: RUF100 - dashes by code point
    if match is None:
        return None
    prefix, year, number, check = match.groups()
    if not damm.is_valid(year + number + check):
        return None
    return f"{prefix}-{year}-{number}-{check}"


def measure_number(prefix: str, number: int) -> str:
    """The number of the `number`-th measure, such as SWS-M1."""
    return f"{prefix}-M{number}"


def parse_measure_number(text: str, prefix: str) -> str | None:
    """A measure's number in its written form, also where its prefix was left out; None where it is not one."""
    match = _MEASURE.match(re.sub(r"[\u2010-\u2015]", "-", text).strip().upper())  # noqa: RUF100 - dashes by code point
    return f"{match[1] or prefix}-M{int(match[2])}" if match else None


def unknown(reference: str) -> str:
    """What staff read about a reference number that no idea bears."""
    return f"Eine Idee mit dem Aktenzeichen {reference} gibt es nicht. Bitte prüfen Sie die Nummer."
