from __future__ import annotations

import csv
import io

import pytest

from services.desk.csv_cells import line


def read(text: str) -> list[str]:
    """The cells as a spreadsheet of a German Excel or LibreOffice reads them."""
    (row,) = csv.reader(io.StringIO(text), delimiter=";")
    return row


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"])
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", '"', "'", "„", "\u00a0", "\u200b", "\ufeff", '" '])
def test_no_cell_becomes_a_formula(sign: str, before: str) -> None:
    """Whatever signs, blanks, quotes or invisible letters it begins with: it begins with an apostrophe."""
    (cell,) = read(line([f"{before}{sign}cmd|'/c calc'!A1"]))

    assert cell.startswith("'")
    assert cell.endswith("cmd|'/c calc'!A1")


def test_ordinary_words_stay_as_they_are() -> None:
    """Also such that hold signs, quotes and semicolons; a number is a number, and a cell is one line."""
    cells = ["Ein = b", "a-b", "… abends", 'Plan; „x“ "y"', "zwei\nZeilen\x00", 7, ""]

    assert read(line(cells)) == ["Ein = b", "a-b", "… abends", 'Plan; „x“ "y"', "zwei Zeilen", "7", ""]
