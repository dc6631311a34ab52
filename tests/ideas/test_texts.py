from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from services.ideas.errors import Problem
from services.ideas.messages import MESSAGES, Part
from services.ideas.texts import OWN_LANGUAGE, Texts
from tests.ideas.text_samples import (
    FULL,
    LANGUAGES,
    PARTS,
    SHIPPED,
    SIMPLE,
    Reader,
    combinations,
    lines_in,
    parts_of,
    render,
    sentences,
    values_of,
    variables,
    words,
)

MARKUP = "<script>alert(1)</script>"
GERMAN = OWN_LANGUAGE
# Words of a sentence, in what citizens read: the most, and in Leichte Sprache the most on average.
LONGEST = {GERMAN: 15, SIMPLE: 12}
AVERAGE_IN_SIMPLE = 9

STAFF = {message for message, form in MESSAGES.items() if form.is_for_staff}
MAILS = [
    (language, message)
    for language in LANGUAGES
    for message, part in parts_of(language)
    if part is Part.HTML  # one of each mail
]
SHORT = [each for each in PARTS if each[0] in LONGEST and each[1] not in STAFF]
# What is only asked for, and never shown: switches, and what another part of the message is for.
SWITCHES = {"abstained", "ideas", "question", "options", "is_outside", "has_words", "has_files", "candidates"}
SWITCHES |= {"is_moved", "is_over", "has_notes", "is_bundled", "notice", "items"}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


def test_shipped_texts_are_complete() -> None:
    """Every declared template exists in every language, is valid, and uses declared variables only."""
    problems: list[Problem] = []
    Texts.read(SHIPPED, problems)
    assert problems == []


@pytest.mark.parametrize(("language", "message", "part"), PARTS)
def test_every_template_makes_sense(texts: Texts, language: str, message: str, part: Part) -> None:
    """However much or little is known: no Python value, no empty item, no hole and no blank at the end of a line."""
    odd = r"None|True|False|\[\]|\{[{%#]|, ,|^[\u2013-] \w+: *$"
    odd = odd if part in (Part.HTML, Part.PAGE) else rf"{odd}|\n\n\n|[ \t]$|\S  "
    for values in combinations(language, message, part):
        rendered = texts.render(language, message, part, values)
        assert rendered.strip()
        assert not re.search(odd, rendered, re.MULTILINE), rendered


@pytest.mark.parametrize(("language", "message", "part"), SHORT)
def test_sentences_are_short(texts: Texts, language: str, message: str, part: Part) -> None:
    """No sentence to a citizen has more than 15 words; in Leichte Sprache 12 at most, and 9 on average."""
    short = {"topics": ["Energie"], "bodies": ["Landratsamt"], "candidates": ["Auerbach"], "places": ["Plauen"]}
    for values in combinations(language, message, part):
        known = {name: short[name] for name in short if values.get(name)}
        found = sentences(part, texts.render(language, message, part, {**values, **known}))
        assert [sentence for sentence in found if len(sentence) > LONGEST[language]] == []
        if language == SIMPLE:
            assert sum(map(len, found)) <= AVERAGE_IN_SIMPLE * len(found)


@pytest.mark.parametrize(("language", "message"), MAILS)
def test_both_parts_of_a_mail_say_the_same(texts: Texts, language: str, message: str) -> None:
    """Whatever is known, plain text and HTML have the same words and links in the same order."""
    for values in combinations(language, message, Part.TEXT, Part.HTML):
        plain = words(texts.render(language, message, Part.TEXT, values))
        assert Reader(texts.render(language, message, Part.HTML, values)).words == plain


@pytest.mark.parametrize(("language", "message"), MAILS)
def test_mails_state_every_fact(texts: Texts, language: str, message: str) -> None:
    """Whatever a mail is given, its plain text says, but for what is asked in chats."""
    rendered = render(texts, language, message, Part.TEXT)
    values = values_of(message)
    told = [value for name, value in values.items() if name not in SWITCHES]
    told += [FULL["candidates"]] if message == "confirmation" else []
    assert [line for line in lines_in(told) if line not in rendered] == []


@pytest.mark.parametrize(("language", "message"), MAILS)
def test_html_escapes_what_it_is_given(texts: Texts, language: str, message: str) -> None:
    """No value of any variable becomes markup, and none is garbled."""
    hostile: dict[str, Any] = {
        name: [MARKUP, MARKUP] if isinstance(value, list) else MARKUP
        for name, value in FULL.items()
        if isinstance(value, str | list) and name != "ideas"
    }
    html = render(texts, language, message, Part.HTML, **hostile)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;lt;" not in html  # escaped once, not twice


@pytest.mark.parametrize(("language", "message"), MAILS)
def test_subjects_come_in_one_line(texts: Texts, language: str, message: str) -> None:
    """A line break in a value cannot begin a header of its own."""
    hostile = {name: f"{value}\r\nBcc: x@example.org" for name, value in FULL.items() if isinstance(value, str)}
    assert len(render(texts, language, message, Part.SUBJECT, **hostile).splitlines()) == 1


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_an_unverified_address_is_promised_nothing(texts: Texts, part: Part) -> None:
    """Before its owner has confirmed an address, news is promised on that condition alone."""
    rendered = render(texts, GERMAN, "confirmation", part)
    assert "Ist Ihre Adresse bestätigt, schreiben wir Ihnen, sobald es Neues gibt." in rendered
    assert "Wir schreiben Ihnen" not in rendered
    assert "Zu dieser Nachricht kommt dann nichts weiter." in rendered


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_a_verified_address_is_not_asked_to_confirm(texts: Texts, part: Part, language: str) -> None:
    """Whose address is known to be theirs is asked nothing, and promised news."""
    rendered = render(texts, language, "confirmation", part, confirm_link="")
    assert "bestätig" not in rendered
    promise = {GERMAN: "Wir schreiben Ihnen, sobald es Neues gibt.", SIMPLE: "Dann schreiben wir Ihnen."}
    assert promise[language] in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
@pytest.mark.parametrize("message", ["confirmation", "attachments"])
def test_attachments_that_were_not_kept_are_counted(texts: Texts, message: str, part: Part) -> None:
    """How many files are missing, why, and what is possible stands in the mail."""
    rendered = render(texts, GERMAN, message, part, too_large=1, too_many=2)
    assert "Eine Datei war zu groß. Eine Datei darf höchstens 10 MB groß sein." in rendered
    assert "2 Dateien waren zu viel. Eine Mail darf höchstens 20 Dateien enthalten." in rendered


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_attachments_that_were_kept_are_not_spoken_of(texts: Texts, part: Part, language: str) -> None:
    """Where there was no file, a confirmation does not speak of any."""
    rendered = render(texts, language, "confirmation", part, too_large=0, too_many=0, has_files=False)
    assert not re.search("Anh[aä]ng|Datei", rendered)


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
@pytest.mark.parametrize("message", ["confirmation", "update"])
@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_without_a_link_nothing_speaks_of_one(texts: Texts, message: str, part: Part, language: str) -> None:
    """Where there is no page, no sentence promises it."""
    rendered = render(texts, language, message, part, link="")
    assert not re.search(r"Link|Hier sehen Sie|dieser Seite", rendered)


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_an_abstained_topic_is_not_claimed(texts: Texts, part: Part, language: str) -> None:
    """Where the program was not sure of the topic, it names none and says that a person looks first."""
    rendered = render(texts, language, "confirmation", part, abstained=True, question="")
    assert "Energie und Klimaschutz" not in rendered
    assert {GERMAN: "klärt zuerst ein Mensch", SIMPLE: "Ein Mensch entscheidet"}[language] in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_confirmation_says_who_decides(texts: Texts, part: Part) -> None:
    """Every confirmation tells that a program sorts and that people decide (AI Act, Art. 50)."""
    rendered = render(texts, GERMAN, "confirmation", part)
    assert "Ein Programm sortiert die Nachrichten. Menschen lesen sie und entscheiden." in rendered


def test_both_parts_of_a_mail_know_the_same() -> None:
    """Plain text and HTML of a mail use the same variables, with what the layout says of the sender."""
    differing = {
        f"{language}/{message}": variables(language, message, Part.TEXT)
        ^ (variables(language, message, Part.HTML) | {"region", "email"})
        for language, message in MAILS
    }
    assert {name: names for name, names in differing.items() if names} == {}


def test_words_that_text_and_html_share_are_escaped_in_html(tmp_path: Path) -> None:
    """A macro of a text file writes letters as they are in plain text, and never markup in HTML."""
    message = tmp_path / "de/update"
    message.mkdir(parents=True)
    (tmp_path / "de/names.txt").write_text("{% macro name(who) %}{{ who }}{% endmacro %}")
    shared = '{% from "de/names.txt" import name %}{% macro said(who) %}{{ name(who) }}: {{ who }}{% endmacro %}'
    (tmp_path / "de/shared.txt").write_text(shared)
    for part in (Part.TEXT, Part.HTML):
        (message / part).write_text('{% from "de/shared.txt" import said %}{{ said(reference) }}')
    plain, html = (
        Texts(tmp_path).render("de", "update", part, {"reference": MARKUP}) for part in (Part.TEXT, Part.HTML)
    )
    assert plain.strip() == f"{MARKUP}: {MARKUP}"
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 2
