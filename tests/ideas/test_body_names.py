from __future__ import annotations

import pytest

from services.ideas.body_names import bodies_like, body_called
from services.ideas.catalogue import Catalogue


@pytest.mark.parametrize(
    ("typed", "body"),
    [
        ("imag", "imag"),
        ("IMAG", "imag"),
        ("Interministerielle Arbeitsgruppe (IMAG)", "imag"),
        ("Stadt Chemnitz", "stadt-chemnitz"),
        ("stadt chemnitz", "stadt-chemnitz"),
        ("Chemnitz.", "stadt-chemnitz"),
        ("LRA Zwickau", "landratsamt-zwickau"),
        ("lra-zwickau", "landratsamt-zwickau"),
        ("Saechsische Staatskanzlei", "sk"),
        ("SÄCHSISCHE STAATSKANZLEI", "sk"),
        ("Staatsministerium fuer Kultus", "smk"),
        ("Zwickau", None),
        ("Ministerium", None),
        ("", None),
    ],
)
def test_a_body_is_found_by_every_name_that_it_has(catalogue: Catalogue, typed: str, body: str | None) -> None:
    """By id, name, or what else it is called, however case, umlauts and hyphens are typed; by nothing else."""
    assert body_called(catalogue, typed) == body


@pytest.mark.parametrize(
    ("typed", "likely"), [("IMGA", "imag"), ("Zwickau", "landratsamt-zwickau"), ("Lenkungskries", "lenkungskreis")]
)
def test_a_slip_is_answered_with_who_is_called_like_that(catalogue: Catalogue, typed: str, likely: str) -> None:
    """At most three bodies, so that a person sees the right one."""
    found = bodies_like(catalogue, typed)

    assert likely in found
    assert len(found) <= 3


def test_what_resembles_no_name_is_answered_with_none(catalogue: Catalogue) -> None:
    """A guess would send an idea to people whom it does not concern."""
    assert bodies_like(catalogue, "xyz") == ()
