"""Reference numbers among other words."""

from __future__ import annotations

import re

from services.ideas.reference import parse_reference

_GAP = r"[\s\u2010-\u2015-]{0,3}"
_FORM = re.compile(rf"\b[A-Za-z]{{2,5}}{_GAP}\d{{4}}{_GAP}\d{{4,7}}{_GAP}\d\b", re.ASCII)


def references_in(text: str) -> tuple[str, ...]:
    """The reference numbers that a text holds, each once, in their written form; mistyped ones are none."""
    found = (parse_reference(match.group()) for match in _FORM.finditer(text))
    return tuple(dict.fromkeys(reference for reference in found if reference))
