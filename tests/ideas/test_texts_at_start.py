from __future__ import annotations

import shutil

import pytest

from services.ideas.errors import Problem
from services.ideas.texts import Texts
from tests.ideas.text_samples import SHIPPED


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """What is found wrong (file, place, what was expected) in texts that have a mistake of every kind."""
    folder = tmp_path_factory.mktemp("region") / "texts"
    shutil.copytree(SHIPPED, folder)
    mistakes = {
        "layout.html": ("{{ region }}", "{{ town }}"),
        "parts.html": ("{{ label }}", "{{ lable }}"),
        "en/pieces.txt": ("{{ option }}", "{{ choice }}"),
        "de/joined/html.html": ("{% block content %}", '{% block content %}\n{% from "parts.html" import badge %}'),
        "de/joined/text.txt": ("{{ email }}", "{{ e-mail }} {% include 'sender.txt' %}"),
        "de-simple/joined/html.html": ("Das hat geklappt.", "Das hat " + "sehr " * 10 + "gut<br>geklappt."),
        "de-simple/words.toml": ('"Ihre Idee ist bei uns.', '"Ihre Idee ist' + " wirklich" * 10 + " bei uns."),
    }
    for name, (right, wrong) in mistakes.items():
        source = (folder / name).read_text(encoding="utf-8")
        (folder / name).write_text(source.replace(right, wrong, 1), encoding="utf-8")
    sheet = (folder / "layout.html").read_text(encoding="utf-8").replace("<style>", "<style>\ntd p { margin: 0 }")
    (folder / "layout.html").write_text(sheet, encoding="utf-8")
    problems: list[Problem] = []
    Texts.read(folder, problems)
    return [(each.file.removeprefix("texts/"), each.key, each.expected) for each in problems]


def test_unknown_placeholders_are_named(found: list[tuple[str, str, str]]) -> None:
    """At start, whatever a template asks for that nobody gives it is named, in messages and in what they share."""
    assert ("layout.html", "town", "expected one of email, region") in found
    assert ("parts.html", "lable", "expected no variable") in found
    assert ("en/pieces.txt", "choice", "expected no variable") in found
    assert ("de/joined/text.txt", "mail", "expected one of email, region") in found


def test_missing_parts_are_named(found: list[tuple[str, str, str]]) -> None:
    """At start, a part or a template that is used and does not exist is named with the line."""
    parts = "bars, button, card, counts, facts, note, quote"
    assert ("de/joined/html.html", "line 4", f"expected one of {parts} from parts.html, found badge") in found
    assert ("de/joined/text.txt", "line 9", "expected a template that exists, found sender.txt") in found


def test_long_sentences_are_named(found: list[tuple[str, str, str]]) -> None:
    """At start, sentences that are longer than their language promises are named, in templates and in words.toml."""
    expected = "expected 12 words in a sentence at most, found"
    assert [each for each in found if each[2].startswith(expected)] == [
        (
            "de-simple/words.toml",
            "stages.eingegangen.explanation",
            f"{expected} 15: Ihre Idee ist{' wirklich' * 5} …",
        ),
        ("de-simple/joined/html.html", "line 8", f"{expected} 13: Das hat{' sehr' * 10} …"),
    ]


def test_selectors_without_effect_are_named(found: list[tuple[str, str, str]]) -> None:
    """At start, a rule of the layout that no tag could get is named."""
    assert ("layout.html", "td p", "expected a tag, a .class or a tag.class as selector") in found
