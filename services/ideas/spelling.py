"""The spelling of names that people type: what makes no difference between two of them."""

from __future__ import annotations

import re

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_LETTER = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """A name without what people spell differently: case, umlauts, and all that is no letter and no digit."""
    return _NO_LETTER.sub(" ", text.casefold().translate(_SPELT_OUT)).strip()
