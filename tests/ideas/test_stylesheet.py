from __future__ import annotations

import pytest

from services.ideas.stylesheet import Stylesheet

SHEET = """
p { margin: 0 }
.wide { width: 100% }
p.wide { margin: 1px }
td { padding: 2px }
.dark-too { color: #000000 }
@media (prefers-color-scheme: dark) {
.dark-too { color: #ffffff !important }
}
"""
PAGE = f"<head>\n<style>{SHEET}</style>\n</head>\n<p>"


@pytest.mark.parametrize(
    ("written", "styled"),
    [
        ("<p>Text</p>", '<p style="margin:0">Text</p>'),
        ('<p class="wide">', '<p style="width:100%;margin:1px">'),
        ('<td align="left">', '<td align="left" style="padding:2px">'),
        ('<p class="dark-too">', '<p class="dark-too" style="margin:0;color:#000000">'),
        ('<p style="color: {{ x }}">', '<p style="margin:0;color: {{ x }}">'),
        ('<p title="{{ x > "y" }}">', '<p title="{{ x > "y" }}" style="margin:0">'),
        ('<p{% if x > 1 %} lang="de"{% endif %}>', '<p{% if x > 1 %} lang="de"{% endif %} style="margin:0">'),
        ("<b>{% if a < b %}</b><!-- p -->", "<b>{% if a < b %}</b><!-- p -->"),
    ],
)
def test_rules_are_written_into_tags(written: str, styled: str) -> None:
    """A tag gets what the rules say of it, beside what it has; only a class that rules still need stays."""
    assert Stylesheet(PAGE).apply(written) == styled


def test_what_hangs_on_the_reader_stays_a_sheet() -> None:
    """Rules within @media stay in the page's head, all others go."""
    page = Stylesheet(PAGE).apply(PAGE)
    assert (
        "{% raw %}<style>@media (prefers-color-scheme:dark){.dark-too{color:#ffffff !important}}</style>{% endraw %}"
        in page
    )
    assert "padding" not in page.partition("</head>")[0]


def test_lines_stay_where_they_are() -> None:
    """What is wrong in a line of a template is named by the line in which it was written."""
    assert Stylesheet(PAGE).apply(PAGE).count("\n") == PAGE.count("\n")


def test_selectors_without_effect_are_named() -> None:
    """A selector that says where an element stands is named, outside of @media."""
    sheet = "p { a: b } td.x, td p { a: b } a:hover { a: b } /* li li { } */ @media (x) { ul li { a: b } }"
    assert Stylesheet(f"<style>{sheet}</style>").unusable == ["td p", "a:hover"]


def test_a_page_without_a_sheet_is_left_alone() -> None:
    """Where there are no rules, a template stays as it is."""
    assert Stylesheet("<head></head>").apply('<p class="wide">') == '<p class="wide">'
