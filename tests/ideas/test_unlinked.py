from __future__ import annotations

import pytest

from services.ideas.unlinked import unlinked


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("https://bait.example/?a=1", "https[:]//bait[.]example/?a=1"),
        ("HTTP:\\\\bait.example", "HTTP:\\[\\]bait[.]example"),
        ("www.bait.example", "www[.]bait[.]example"),
        ("bait.example/login", "bait[.]example/login"),
        ("BAIT.COM", "BAIT[.]COM"),
        ("Bait.Example", "Bait. Example"),
        ("bait\u3002example", "bait[.]example"),
        ("xn--bt-5ka.xn--p1ai", "xn--bt-5ka[.]xn--p1ai"),
        ("a@bait.example", "a[at]bait[.]example"),
        ("mailto:a", "mailto[:]a"),
        ("tel:+4937112345", "tel[:]+4937112345"),
        ("javascript:alert(1)", "javascript[:]alert(1)"),
        ("\\\\bait\\share", "\\[\\]bait\\share"),
        ("plan.pdf.bait.example", "plan[.]pdf[.]bait[.]example"),
        ("bait.pdf/x", "bait[.]pdf/x"),
    ],
)
def test_nothing_looks_like_an_address(words: str, expected: str) -> None:
    """Schemes, names of hosts, mail addresses, telephone links and shares are broken where all can see it."""
    assert unlinked(words) == expected
    assert unlinked(expected) == expected


@pytest.mark.parametrize(
    "words", ["Um 19.30 Uhr, z. B. an der S 258.", "Am 1.10.2026: 3.500 Euro usw.", "Fahrplan.pdf; Foto.JPG", "a @ b"]
)
def test_ordinary_words_stay_as_they_are(words: str) -> None:
    """Times, dates, numbers, abbreviations, and names of files that no domain ends like."""
    assert unlinked(words) == words


def test_a_blank_that_is_missing_between_sentences_is_all_that_is_changed() -> None:
    """Where the next sentence begins with a capital."""
    assert unlinked("Es fehlt ein Weg.Bitte bauen.") == "Es fehlt ein Weg. Bitte bauen."
