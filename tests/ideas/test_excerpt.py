from __future__ import annotations

import pytest

from services.ideas.excerpt import excerpt, unsigned

LONG = "Abends fährt kein Bus. Wer Spätschicht hat, braucht z. B. ein Auto. Am 3. Mai war das wieder so."


@pytest.mark.parametrize(
    ("at_most", "expected"),
    [
        (200, LONG),
        (75, "Abends fährt kein Bus. Wer Spätschicht hat, braucht z. B. ein Auto. …"),
        (60, "Abends fährt kein Bus. …"),
    ],
)
def test_an_excerpt_has_whole_sentences(at_most: int, expected: str) -> None:
    """An abbreviation or a date ends none, and what is left out is marked."""
    assert excerpt(LONG, at_most) == expected


def test_a_long_sentence_is_cut_between_words() -> None:
    """Where no whole sentence has room."""
    assert excerpt("Wort " * 500, 22) == "Wort Wort Wort Wort …"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sehr geehrte Damen und Herren,\n\nes fehlt ein Weg.", "… es fehlt ein Weg."),
        ("Hallo zusammen! Es fehlt ein Weg.", "… Es fehlt ein Weg."),
        ("Lieber wäre mir ein Radweg, weil es eng ist.", "Lieber wäre mir ein Radweg, weil es eng ist."),
        ("Liebe Stadt.", "Liebe Stadt."),
        ("Guten Tag!\n", "Guten Tag!"),
        ("", ""),
    ],
)
def test_a_greeting_is_left_out(text: str, expected: str) -> None:
    """Only what can be nothing else, and never all that was written."""
    assert excerpt(text, 100) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Es fehlt ein Weg.\n\nMit freundlichen Grüßen\nRenate Vogel\nAm Markt 1", "Es fehlt ein Weg. …"),
        ("Es fehlt ein Weg. Viele Grüße, Renate", "Es fehlt ein Weg. …"),
        ("Es fehlt ein Weg.\nMfG R. Vogel", "Es fehlt ein Weg. …"),
        ("Es fehlt ein Weg.\nGruß\nRenate", "Es fehlt ein Weg. …"),
        (
            "Ich möchte, dass alle mit lieben Grüßen begrüßt werden.",
            "Ich möchte, dass alle mit lieben Grüßen begrüßt werden.",
        ),
        ("Viele Grüße aus Plauen", "Viele Grüße aus Plauen"),
    ],
)
def test_a_signature_is_left_out(text: str, expected: str) -> None:
    """A name is no part of an idea; what only sounds like a closing stays, and so does a text that is nothing else."""
    assert excerpt(text, 100) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ein Weg.\n\nViele Grüße\nRenate Vogel", "Ein Weg.\n\n…"),
        ("Ein Weg. MfG Renate Vogel", "Ein Weg. …"),
        ("Ein Weg.\n\nMfG\nR. Vogel\n\nPS: Ich helfe mit.", "Ein Weg.\n\n…\n\nPS: Ich helfe mit."),
        (f"Ein Weg.\nViele Grüße und {'noch etwas ' * 40}", f"Ein Weg.\nViele Grüße und {'noch etwas ' * 40}"),
        ("Viele Grüße aus Plauen", "Viele Grüße aus Plauen"),
    ],
)
def test_a_text_is_shown_without_the_name_below_it(text: str, expected: str) -> None:
    """With a mark where it stood; what was added below stays, and so does what is too long for a signature."""
    assert unsigned(text) == expected
