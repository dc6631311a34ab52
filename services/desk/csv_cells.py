"""Tables as CSV for German spreadsheets, in which no cell of a citizen's becomes a formula."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable

BOM = "\ufeff"
# What spreadsheets take for the beginning of a formula (OWASP, CSV Injection).
_FORMULA = ("=", "+", "-", "@")
# Blanks, quotes and signs that nobody sees, which some strip before they look.
_BEFORE = re.compile(r"[\s\W_]*?(?=[=+\-@]|\w|$)")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def line(cells: Iterable[object]) -> str:
    """One line of a table, in the dialect that Excel expects in Germany: semicolons, and CRLF at the end."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL).writerow([_cell(cell) for cell in cells])
    return written.getvalue()


def _cell(value: object) -> str:
    if isinstance(value, int):
        return str(value)
    text = " ".join(_CONTROLS.sub("", str(value)).split())
    # Full-width signs are signs as well.
    seen = unicodedata.normalize("NFKC", text)
    begins = seen[_BEFORE.match(seen).end() :]  # type: ignore[union-attr]
    # The apostrophe leaves no cell that begins with a sign, and tells whoever reads it that this is text.
    return f"'{text}" if begins.startswith(_FORMULA) else text
