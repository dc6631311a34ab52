from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.ideas.messages import Part
from services.ideas.texts import LAYOUT, PARTS, Texts
from tests.ideas.mail_page import MailPage
from tests.ideas.text_samples import LANGUAGES, LINK, SHIPPED, Reader, parts_of, render

MAILS = [(language, message) for language in LANGUAGES for message, part in parts_of(language) if part is Part.HTML]
EVERY_PART = """
{% extends "layout.html" %}
{% block title %}Alles{% endblock %}
{% block preview %}Vorschau{% endblock %}
{% block content %}
{% from "parts.html" import bars, button, card, counts, facts, note, quote %}
<p class="small">Klein <code>genau</code> <span class="mark">unsicher</span></p>
<h2>Zahlen</h2>
{{ counts([(words, "neu"), (2, words)]) }}
{{ bars(words, [(words, 4), ("Energie", 1), ("Sport", 0)]) }}
{{ facts([("Thema", [words, "Energie"]), (words, words, "de"), ("Leer", [])]) }}
{% call card(words, 7) %}{{ quote(words, "de") }}{% endcall %}
{% call card("Ohne Zahl") %}{% call note() %}<p>Achtung</p>{% endcall %}{% endcall %}
{{ button(link, words) }}
{% endblock %}
"""


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


@pytest.fixture
def html(texts: Texts, mail: tuple[str, str]) -> str:
    """The HTML of a mail that says all that it can."""
    return render(texts, *mail, Part.HTML)


@pytest.fixture
def every_part(tmp_path: Path) -> str:
    """A mail of all parts, filled with markup."""
    for name in (LAYOUT, PARTS):
        (tmp_path / name).write_bytes((SHIPPED / name).read_bytes())
    (tmp_path / "de/all").mkdir(parents=True)
    (tmp_path / "de/all" / Part.HTML).write_text(EVERY_PART, encoding="utf-8")
    values = {"region": "Südwestsachsen", "email": "ideen@example.org", "link": LINK, "words": "<b>Bus</b>"}
    return Texts(tmp_path).render("de", "all", Part.HTML, values)


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_loads_nothing(html: str) -> None:
    """A mail shows without fetching anything and without programs."""
    page = MailPage(html)
    assert {tag for tag, _ in page.tags}.isdisjoint({"img", "link", "script", "iframe", "object", "form", "svg"})
    assert not re.search(r"url\(|@import|@font-face|src=|background=", html)


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_can_be_listened_to(html: str, mail: tuple[str, str]) -> None:
    """A screen reader learns the language, headings without a gap, and of each table whether it holds data."""
    page = MailPage(html)
    assert [found.get("lang") for tag, found in page.tags if tag == "html"] == [mail[0]]
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(below <= above + 1 for above, below in zip(page.headings, page.headings[1:], strict=False))
    data_tables = sum(tag == "table" and "role" not in found for tag, found in page.tags)
    headed_rows = sum(tag == "th" and found["scope"] == "row" for tag, found in page.tags)
    assert data_tables <= headed_rows


@pytest.mark.parametrize("mail", MAILS)
def test_links_say_where_they_lead(html: str) -> None:
    """Each link has words and a target, and the same words always lead to the same."""
    links = MailPage(html).links
    assert all(target and text.strip() for target, text in links)
    assert len(set(links)) == len({text for _, text in links})


@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_fits_into_narrow_windows(html: str) -> None:
    """Nothing has a fixed width, but for Outlook, which knows no other, and there it is 600."""
    page = MailPage(html)
    widths = [found["width"] for _, found in page.tags if "width" in found]
    widths += [
        width for _, found in page.tags for width in re.findall(r"(?<![-\w])width:([^;]+)", found.get("style", ""))
    ]
    assert all(width.endswith("%") or int(width.removesuffix("px")) < 100 for width in widths)
    assert re.findall(r'<!--\[if mso\]>.*?width="(\d+)"', html) == ["600"]


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("mail", MAILS)
def test_a_mail_is_easy_to_read(html: str, mode: str) -> None:
    """All text has a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3), in light and in dark mode, and 14 pixels at least."""
    shown = MailPage(html, is_dark=mode == "dark").shown
    assert [each for each in shown if each.contrast < 4.5] == []
    assert min(each.pixels for each in shown) >= 14


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_every_part_is_easy_to_read(every_part: str, mode: str) -> None:
    """All parts that mail can be made of have that contrast as well."""
    assert [each for each in MailPage(every_part, is_dark=mode == "dark").shown if each.contrast < 4.5] == []


def test_parts_escape_what_they_are_given(every_part: str) -> None:
    """Words never become markup in a part."""
    assert "<b>" not in every_part
    assert every_part.count("&lt;b&gt;Bus&lt;/b&gt;") == 10


def test_a_chart_is_a_table_of_numbers(every_part: str) -> None:
    """A chart says its numbers as text, and its bars are as long as they say; nothing has no bar."""
    assert "<b>Bus</b> 4 Energie 1 Sport 0" in " ".join(" ".join(Reader(every_part).seen).split())
    assert re.findall(r'<td class="bar" width="(\d+)%"', every_part) == ["100", "25"]


def test_empty_facts_are_left_out(every_part: str) -> None:
    """A label without a value is not shown."""
    assert "Leer" not in every_part


def test_colours_come_in_pairs(every_part: str) -> None:
    """Whatever is coloured behind its text says the text's colour too, so that programs turn both round."""
    looks = [found["style"] for _, found in MailPage(every_part).tags if "background-color" in found.get("style", "")]
    alone = [look for look in looks if not re.search(r"(?<!-)color:", look)]
    assert len(looks) > 10
    # The page behind the letter holds no text.
    assert set(alone) == {"background-color:#e9eeeb;margin:0;padding:0", "background-color:#e9eeeb;width:100%"}


def test_what_lists_of_mail_show_is_hidden_in_the_mail(every_part: str) -> None:
    """The line for the list of mails comes first, and is neither seen nor read aloud in the mail itself."""
    page = MailPage(every_part)
    assert "Vorschau" in every_part
    assert "Vorschau" not in [each.text for each in page.shown]
    assert "Vorschau" not in Reader(every_part).words
