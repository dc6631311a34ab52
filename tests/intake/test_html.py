"""HTML to the words that a person sees."""

from __future__ import annotations

import time

import pytest

from services.intake.email.html import text_of_html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<html><style>p {color:red}</style><p>Stra&szlig;e &amp; Weg</p><script>alert(1)</script>", "Straße & Weg"),
        ("<title>Titel</title><template>Vorlage</template><svg><text>Bild</text></svg>da", "da"),
        ("da<!-- Kommentar --><!--[if mso]><p>nur Outlook</p><![endif]--> bin ich", "da bin ich"),
        ("<![if !mso]>sichtbar<![endif]>", "sichtbar"),
        ("<div style='display: none'>Vorschau <b>weg</b></div>da", "da"),
        (
            "<p style='VISIBILITY:hidden'>weg</p><p hidden>weg</p><p style='max-height:0;overflow:hidden'>weg</p>da",
            "da",
        ),
        ("<td style='font-size:0'>weg<p style='font-size:12px'>da", "da"),
        ("<p style='max-height:0.5em'>da</p>", "da"),
        ("Stra<span>ße</span>n&shy;bahn<b>hof</b>", "Straßenbahnhof"),
        ("Ra\u200bd<i> weg</i>&nbsp;\n neu", "Rad weg neu"),
        ("<noscript>ohne Skript</noscript>", "ohne Skript"),
        ("siehe <a href='https://example.org/lang?x=1'>hier</a>", "siehe hier"),
        ("ohne Auszeichnung\n\nin zwei Absätzen &amp; mehr", "ohne Auszeichnung\n\nin zwei Absätzen & mehr"),
        ('<?xml version="1.0" encoding="utf-16"?><meta charset="koi8-r"><p>Grüße', "Grüße"),
        ("a\x00b<p>c", "ab\n\nc"),
        ("<p>Ende <b", "Ende"),
        ("<p>drinnen</body></html><p>danach", "drinnen\n\ndanach"),
        ("<frameset><frame></frameset><body>Rahmen", "Rahmen"),
        ("", ""),
        ("<p> </p>", ""),
    ],
)
def test_what_is_seen_is_read_and_nothing_else(source: str, text: str) -> None:
    """Styles, scripts, comments and hidden previews go; words stay whole, whatever elements cut them."""
    assert text_of_html(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<p>eins</p><p>zwei<br>drei</p>", "eins\n\nzwei\ndrei"),
        ("<div>eins</div><div><br></div><div>zwei</div>", "eins\n\nzwei"),
        ("<div class=WordSection1><p class=MsoNormal>Eins</p><p class=MsoNormal>Zwei<o:p></o:p></p>", "Eins\nZwei"),
        ("<div><div><p>alle am</p>\n    <p>Rand</p></div></div>", "alle am\n\nRand"),
        ("<ul><li>Bank<li>Baum<ul><li><p>Linde</p></ul></ul>", "- Bank\n- Baum\n- Linde"),
        ("Bitte:<ol><li>planen</li><li>bauen</li></ol>", "Bitte:\n\n1. planen\n2. bauen"),
        ("<table><tr><td>Ort<td>Plauen<tr><th>Zeit<td>2026</table>", "Ort  Plauen\nZeit  2026"),
        ("neu<blockquote>alt</blockquote>Gruß", "neu\n\nalt\n\nGruß"),
        ("<pre>a\n  b</pre>c", "a\n  b\n\nc"),
        ("<h1>Radweg</h1>Text<hr>Fuß", "Radweg\n\nText\nFuß"),
    ],
)
def test_lines_are_set_as_they_are_seen(source: str, text: str) -> None:
    """Paragraphs, lists and rows of tables stand in lines of their own, at the margin."""
    assert text_of_html(source) == text


@pytest.mark.parametrize("depth", [300, 100_000])
def test_deep_nesting_hides_no_words(depth: int) -> None:
    """What stands in and behind many elements in one another is read, as after many replies."""
    source = "<div>" * depth + "innen " + "</div>" * depth + "danach"
    assert text_of_html(source).split() == ["innen", "danach"]


HOSTILE = {
    "start tags": "<b><i>" * 300_000,
    "end tags that fit nothing": "<b>" * 100_000 + "</i>" * 400_000,
    "tables in tables": "<table><tr><td>" * 100_000,
    "links": "<a>" * 600_000,
    "one tag with many attributes": "<p " + " ".join(f"a{number}=b" for number in range(200_000)) + ">",
    "one long style": "<p style='" + "display :" * 200_000 + "'>",
    "a comment without an end": "<!--" * 500_000,
    "open tags": "<a " * 600_000,
    "angle brackets": "<p>" + "<" * 1_900_000,
    "entities": "<p>" + "&nbsp;" * 300_000,
    "list items": "<ul>" + "<li>x" * 300_000,
    "line breaks": "<br>" * 500_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_page_is_read_in_bounded_time(name: str) -> None:
    """Two million characters of the worst take less than four seconds."""
    began = time.process_time()
    text_of_html(HOSTILE[name])
    assert time.process_time() - began < 4


def test_a_page_is_read_to_its_limit() -> None:
    """Of a page that no person wrote, two million characters are read."""
    assert len(text_of_html("x" * 3_000_000)) == 2_000_000
