from __future__ import annotations

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.ideas.reference import parse_measure_number, parse_reference, reference_number

references = st.builds(
    reference_number,
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=5),
    st.integers(2000, 2999),
    st.integers(1, 9_999_999),
)


@given(references)
def test_a_reference_reads_back(reference: str) -> None:
    """What is written is what is read."""
    assert parse_reference(reference) == reference


@given(references, st.data())
def test_one_wrong_digit_is_refused(reference: str, data: st.DataObject) -> None:
    """Whichever digit is misheard, the number is refused and not taken for another idea's."""
    place = data.draw(st.sampled_from([place for place, sign in enumerate(reference) if sign.isdecimal()]))
    wrong = data.draw(st.sampled_from(sorted(set("0123456789") - {reference[place]})))

    assert parse_reference(f"{reference[:place]}{wrong}{reference[place + 1 :]}") is None


@given(references, st.data())
def test_two_neighbouring_digits_swapped_are_refused(reference: str, data: st.DataObject) -> None:
    """Whichever two neighbours change places, also across a dash, the number is refused."""
    digits = [place for place, sign in enumerate(reference) if sign.isdecimal()]
    left, right = data.draw(st.sampled_from(list(itertools.pairwise(digits))))
    assume(reference[left] != reference[right])
    signs = list(reference)
    signs[left], signs[right] = signs[right], signs[left]

    assert parse_reference("".join(signs)) is None


@given(references, st.sampled_from(["-", "", " ", " - ", "\u2013", "\u2011", "\u2014", "\u00a0", "--"]))
def test_the_form_is_forgiven(reference: str, separator: str) -> None:
    """Lower case, blanks around, and any dash, blank or nothing between the parts change nothing."""
    assert parse_reference(f"  {reference.lower().replace('-', separator)}\n") == reference


@pytest.mark.parametrize(
    "text",
    [
        "",
        "SWS",
        "2026-0042-7",
        "SWS-2026-0042",
        "SWS-26-0042-7",
        "SWS-2026-042-7",
        "S-2026-0042-7",
        "SWS-2026-0042-7-1",
    ],
)
def test_anything_else_is_no_reference(text: str) -> None:
    """A part that is missing, too short or too many makes it no reference."""
    assert parse_reference(text) is None


def test_digits_of_other_scripts_are_no_reference() -> None:
    """A number in Arabic-Indic digits is refused, because it would name an idea that no look-up finds."""
    written = reference_number("SWS", 2026, 42)

    assert parse_reference(written.translate({ord(str(digit)): 0x0660 + digit for digit in range(10)})) is None


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    """Any text is a reference in its written form or none at all."""
    found = parse_reference(text)

    assert found is None or parse_reference(found) == found


def test_numbers_have_at_least_four_digits() -> None:
    """Small numbers are filled up, so that all references of a year look alike."""
    assert reference_number("SWS", 2026, 7).startswith("SWS-2026-0007-")


@pytest.mark.parametrize("typed", ["SWS-M12", "sws m12", "M12", "m 12", "SWS\u2013M\u201312", "M0012"])
def test_the_number_of_a_measure_may_be_typed_as_people_read_it(typed: str) -> None:
    """Blanks, dashes and lower case are forgiven, and the prefix may be left out."""
    assert parse_measure_number(typed, "SWS") == "SWS-M12"


@pytest.mark.parametrize("typed", ["12", "SWS-2026-0001-9", "M", "Mx"])
def test_what_is_no_number_of_a_measure_is_none(typed: str) -> None:
    """An idea's reference number is not one."""
    assert parse_measure_number(typed, "SWS") is None
