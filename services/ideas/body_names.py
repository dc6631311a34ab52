"""The names by which staff call a body: its id, its name, and whatever else the configuration says it is called."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from services.ideas.bodies import Body
from services.ideas.catalogue import Catalogue

_SPELT_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_NO_LETTER = re.compile(r"[\W_]+")
_MOST_SUGGESTIONS = 3


def body_called(catalogue: Catalogue, text: str) -> str | None:
    """The id of the body that somebody calls by this name; None where none, or more than one, is called so.

    Case, umlauts that are spelt out, hyphens and dots make no difference.
    """
    found = {body for name, body in _names(catalogue.bodies.values()) if name == folded(text)}
    return found.pop() if len(found) == 1 else None


def bodies_like(catalogue: Catalogue, text: str) -> tuple[str, ...]:
    """The ids of at most three bodies whose names resemble what somebody typed, the likeliest first."""
    wanted, names = folded(text), list(_names(catalogue.bodies.values()))
    within = [body for name, body in names if len(wanted) > 3 and (wanted in name or name in wanted.split())]
    alike = difflib.get_close_matches(wanted, [name for name, _ in names], n=10, cutoff=0.7)
    by_name: Mapping[str, str] = dict(names)
    return tuple(dict.fromkeys([*within, *(by_name[name] for name in alike)]))[:_MOST_SUGGESTIONS]


def folded(text: str) -> str:
    """A name without what people spell differently: case, umlauts, and all that is no letter and no digit."""
    return _NO_LETTER.sub(" ", text.casefold().translate(_SPELT_OUT)).strip()


def _names(bodies: Iterable[Body]) -> Iterable[tuple[str, str]]:
    return ((folded(name), body.id) for body in bodies for name in (body.id, body.name, *body.called))
