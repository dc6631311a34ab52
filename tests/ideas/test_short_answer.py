from __future__ import annotations

import pytest

from services.ideas.short_answer import one_line


@pytest.mark.parametrize(
    "text",
    [
        "Stopp",
        "\n  Stopp\n\n",
        "Stopp\n\nMit freundlichen Grüßen\nErika Mustermann\nAm Markt 1\n08056 Zwickau",
        "Guten Tag,\n\nStopp\n\nDanke!",
        "Hallo,\nStopp\nVG Erika",
        "Stopp\n\n-- \nErika",
    ],
)
def test_a_greeting_and_a_closing_say_nothing(text: str) -> None:
    """Mail programs add them, and people do so out of habit."""
    assert one_line(text) == "Stopp"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Stopp\nDer Bus hält nicht.",
        "Stopp\n\nDanke. Bitte bauen Sie stattdessen eine Bank an der Haltestelle am Markt, das wäre uns allen lieber.",
        "Guten Tag,\nStopp\nder Bus",
        "Stopp\nDanke, aber wo hält der Bus?",
        "Stopp\nMfG\nErika\nPS: Der Bus fährt nicht.",
        "Stopp\nDanke" + "\nund noch etwas" * 9,
    ],
)
def test_whatever_is_longer_is_more_than_one_line(text: str) -> None:
    """What somebody has to say beside the line must not be lost."""
    assert one_line(text) == ""
