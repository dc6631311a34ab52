"""The names by which staff call a body: its id, its name, and whatever else the configuration says it is called."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from services.ideas.bodies import Body
from services.ideas.catalogue import Catalogue
from services.ideas.spelling import folded

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
    within = [body for name, body in names if len(wanted) > 3 and (wanted in name or name in wanted)]
    alike = difflib.get_close_matches(wanted, [name for name, _ in names], n=10, cutoff=0.7)
    by_name = dict(names)
    return tuple(dict.fromkeys([*within, *(by_name[name] for name in alike)]))[:_MOST_SUGGESTIONS]


def _names(bodies: Iterable[Body]) -> Iterable[tuple[str, str]]:
    return ((folded(name), body.id) for body in bodies for name in (body.id, body.name, *body.called))
