from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from services.ideas.errors import Problem
from services.ideas.texts import MESSAGES, Part, Texts

SHIPPED = Path(__file__).parents[2] / "config" / "texts"
LINK = "https://ideen.example.org/idee/k7Qm2-Zr8vX1"
MARKUP = "<script>alert(1)</script>"
LONGEST_SENTENCE = 15  # words, in what citizens read

IDEA: dict[str, Any] = {
    "reference": "SWS-2026-0042-7",
    "title": "Abendbus nach Kirchberg",
    "excerpt": "Der letzte Bus fährt um 18 Uhr.\nBitte einen um 22 Uhr!",
    "topics": ["Mobilität und Verkehr"],
    "places": ["Kirchberg"],
    "candidates": ["Auerbach (Vogtlandkreis)", "Auerbach (Erzgebirgskreis)"],
    "created": "22.11.2026",
    "stage": "eingegangen",
    "kind": "Frage",
    "uncertain": True,
    "attachments": ["Fahrplan.pdf"],
    "command": "ideenkanal show SWS-2026-0042-7",
}
FULL: dict[str, Any] = {
    "region": "Südwestsachsen",
    "email": "ideen@example.org",
    "reference": "SWS-2026-0043-1",
    "topics": ["Energie und Klimaschutz", "Digitalisierung"],
    "places": ["Plauen", "Glauchau"],
    "candidates": ["Schönberg (Landkreis Zwickau)", "Schöneck (Vogtlandkreis)"],
    "bodies": ["Landratsamt Zwickau", "Landratsamt Vogtlandkreis"],
    "link": LINK,
    "abstained": False,
    "stage": "aufgenommen",
    "explanation": "Wir wollen Ihre Idee umsetzen.",
    "note": "Baubeginn ist im Mai.\nDer Kreistag stimmte zu.",
    "asked": "SWS-2026-0042-7",
    "ideas": [IDEA, {**IDEA, "reference": "SWS-2026-0050-5", "uncertain": False, "title": "Mehr Bänke am Markt"}],
    "body": "Landratsamt Zwickau",
    "period": "23.11.2026",
}
EMPTY: dict[str, Any] = {
    **{name: "" for name, value in FULL.items() if isinstance(value, str)},
    **{name: [] for name, value in FULL.items() if isinstance(value, list)},
    "region": FULL["region"],
    "email": FULL["email"],
    "reference": FULL["reference"],
    "abstained": True,
}
BARE_IDEA = {**IDEA, "excerpt": "", "topics": [], "places": [], "candidates": [], "attachments": []}

PARTS = [(message, part) for message, form in MESSAGES.items() for part in sorted(form.parts)]
CITIZEN_PARTS = [(message, part) for message, part in PARTS if message != "digest"]
MAILS = [message for message, form in MESSAGES.items() if Part.HTML in form.parts]
VARIANTS = [
    FULL,
    EMPTY,
    {**FULL, "abstained": True},
    {**FULL, "places": []},
    {**FULL, "candidates": [], "link": ""},
    {**EMPTY, "ideas": [BARE_IDEA]},
    {**EMPTY, "ideas": [{**IDEA, "uncertain": False}]},
]


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


def render(texts: Texts, message: str, part: Part, values: dict[str, Any]) -> str:
    """A part of a message with those of `values` that the message declares."""
    declared = {name: value for name, value in values.items() if name in MESSAGES[message].variables}
    return texts.render("de", message, part, declared)


class _Reader(HTMLParser):
    """What a person finds in an HTML mail: its words, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.feed(html.split("</head>")[1])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    @property
    def words(self) -> set[str]:
        shown = [link for link in self.links if not link.startswith("mailto:")]
        return set(re.findall(r"\w+", " ".join(self.seen + shown)))


def test_shipped_texts_are_complete() -> None:
    """Every declared template exists, is valid, and uses declared variables only."""
    problems: list[Problem] = []
    Texts.read(SHIPPED, problems)
    assert problems == []


@pytest.mark.parametrize(("message", "part"), PARTS)
@pytest.mark.parametrize("values", VARIANTS)
def test_every_template_renders(texts: Texts, message: str, part: Part, values: dict[str, Any]) -> None:
    """However much or little is known, the words make sense: no Python value and no empty bullet shows."""
    rendered = render(texts, message, part, values)
    assert rendered.strip()
    assert not re.search(r"None|True|False|\[\]|\{[{%#]|, ,|^[\u2013-] \w+: *$", rendered, re.MULTILINE)


@pytest.mark.parametrize("message", MAILS)
@pytest.mark.parametrize("values", VARIANTS)
def test_both_parts_of_a_mail_say_the_same(texts: Texts, message: str, values: dict[str, Any]) -> None:
    """Plain text and HTML consist of the same words, links included."""
    plain = set(re.findall(r"\w+", render(texts, message, Part.TEXT, values)))
    assert _Reader(render(texts, message, Part.HTML, values)).words == plain


@pytest.mark.parametrize("message", MAILS)
@pytest.mark.parametrize("values", [{**FULL, "ideas": [IDEA]}])
def test_mails_state_every_fact(texts: Texts, message: str, values: dict[str, Any]) -> None:
    """Whatever a message is given, its plain text says, but for the candidates of an update."""
    rendered = render(texts, message, Part.TEXT, values)
    names = MESSAGES[message].variables - {"abstained", "ideas"} - ({"candidates"} if message == "update" else set())
    facts = [values[name] for name in names]
    facts += [value for value in IDEA.values() if not isinstance(value, bool)] if message == "digest" else []
    lines = [
        line for fact in facts for item in ([fact] if isinstance(fact, str) else fact) for line in item.split("\n")
    ]
    assert [line for line in lines if line not in rendered] == []


@pytest.mark.parametrize("message", MAILS)
@pytest.mark.parametrize("name", sorted(set(FULL) - {"abstained", "ideas"}))
def test_html_escapes_what_it_is_given(texts: Texts, message: str, name: str) -> None:
    """No value of any variable becomes markup, and none is garbled."""
    hostile = MARKUP if isinstance(FULL[name], str) else [MARKUP, MARKUP]
    html = render(texts, message, Part.HTML, {**FULL, name: hostile})
    assert "<script" not in html
    assert "&amp;lt;" not in html  # escaped once, not twice


@pytest.mark.parametrize("name", sorted(set(IDEA) - {"uncertain"}))
def test_digest_escapes_citizens_words(texts: Texts, name: str) -> None:
    """No value of an idea becomes markup: it is shown letter by letter."""
    hostile = MARKUP if isinstance(IDEA[name], str) else [MARKUP]
    html = render(texts, "digest", Part.HTML, {**FULL, "ideas": [{**IDEA, "uncertain": False, name: hostile}]})
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_digest_makes_no_links_of_citizens_words(texts: Texts) -> None:
    """An address that somebody wrote stays text; the only link is the channel's own address."""
    bait = {**IDEA, "title": "https://bait.example.org", "excerpt": "www.bait.example.org a@bait.example.org"}
    html = render(texts, "digest", Part.HTML, {**FULL, "ideas": [bait]})
    assert _Reader(html).links == ["mailto:ideen@example.org"]


@pytest.mark.parametrize("name", ["title", "excerpt", "attachments"])
@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\v", "\f", "\x85", "\u2028", "\u2029"])
def test_nobody_forges_a_digest_entry(texts: Texts, name: str, end: str) -> None:
    """No line break in a citizen's words begins a line that looks like the program's own."""
    forged = f"Bank{end}Vollständig ansehen: rm -rf"
    value = [forged] if name == "attachments" else forged
    rendered = render(texts, "digest", Part.TEXT, {**FULL, "ideas": [{**IDEA, name: value}]})
    own = [line for line in rendered.splitlines() if line.startswith("Vollständig ansehen")]
    assert own == ["Vollständig ansehen: ideenkanal show SWS-2026-0042-7"]


def test_digest_puts_open_topics_first(texts: Texts) -> None:
    """What nobody has decided about comes before what has found its topic."""
    ideas = [{**IDEA, "title": "Klar", "uncertain": False}, {**IDEA, "title": "Offen", "uncertain": True}]
    rendered = render(texts, "digest", Part.TEXT, {**FULL, "ideas": ideas})
    assert re.findall(r"^\d\. (\w+)$", rendered, re.MULTILINE) == ["Offen", "Klar"]


@pytest.mark.parametrize(("count", "phrase"), [(0, "keine neuen Ideen"), (1, "1 neue Idee"), (3, "3 neue Ideen")])
def test_digest_subject_counts(texts: Texts, count: int, phrase: str) -> None:
    """The subject says in good German how many ideas are new, for whom and when."""
    subject = render(texts, "digest", Part.SUBJECT, {**FULL, "ideas": [IDEA] * count})
    assert subject == f"Landratsamt Zwickau: {phrase} (23.11.2026)"


@pytest.mark.parametrize("message", MAILS)
def test_subjects_come_in_one_line(texts: Texts, message: str) -> None:
    """A line break in a value cannot begin a header of its own."""
    hostile = {name: f"{value}\r\nBcc: x@example.org" for name, value in FULL.items() if isinstance(value, str)}
    assert len(render(texts, message, Part.SUBJECT, {**FULL, **hostile}).splitlines()) == 1


@pytest.mark.parametrize("message", ["confirmation", "update"])
@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_without_a_link_nothing_speaks_of_one(texts: Texts, message: str, part: Part) -> None:
    """Where there is no page, no sentence promises it."""
    rendered = render(texts, message, part, {**FULL, "link": ""})
    assert not re.search(r"Link|Hier sehen Sie|dieser Seite", rendered)


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_an_abstained_topic_is_not_claimed(texts: Texts, part: Part) -> None:
    """Where the program was not sure of the topic, it names none and says that a person looks first."""
    rendered = render(texts, "confirmation", part, {**FULL, "abstained": True})
    assert "Energie und Klimaschutz" not in rendered
    assert "klärt zuerst ein Mensch" in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML, Part.TELEGRAM])
def test_confirmation_says_who_decides(texts: Texts, part: Part) -> None:
    """Every confirmation tells that a program sorts and that people decide (AI Act, Art. 50)."""
    rendered = render(texts, "confirmation", part, EMPTY)
    assert "Ein Programm sortiert die Nachrichten. Menschen lesen sie und entscheiden." in rendered


@pytest.mark.parametrize("message", ["welcome", "help"])
def test_telegram_names_the_other_way(texts: Texts, message: str) -> None:
    """Who opens the chat learns that Telegram lies outside the EU and that e-mail serves as well."""
    rendered = render(texts, message, Part.TELEGRAM, FULL)
    assert "außerhalb der EU" in rendered
    assert "Genauso gut erreichen Sie uns per E-Mail: ideen@example.org" in rendered


def test_status_reveals_nothing_about_other_chats(texts: Texts) -> None:
    """Asked for a number that is not this chat's, the answer speaks of this chat only."""
    rendered = render(texts, "status", Part.TELEGRAM, {**FULL, "ideas": []})
    assert rendered.startswith("Zur Nummer SWS-2026-0042-7 gibt es in diesem Chat keine Idee.")
    assert "anderen" not in rendered


@pytest.mark.parametrize(("message", "part"), CITIZEN_PARTS)
def test_sentences_are_short(texts: Texts, message: str, part: Part) -> None:
    """No sentence to a citizen has more than 15 words."""
    rendered = render(texts, message, part, {**FULL, "topics": ["Energie"]})
    plain = "\n".join(_Reader(rendered).seen) if part is Part.HTML else rendered
    sentences = re.split(r"[.!?:]\s|\n", plain.replace(LINK, ""))
    assert [sentence for sentence in sentences if len(re.findall(r"[\w-]+", sentence)) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize("message", MAILS)
def test_html_loads_nothing(texts: Texts, message: str) -> None:
    """A mail shows without fetching anything and without style sheets or programs."""
    html = render(texts, message, Part.HTML, FULL)
    assert set(_Reader(html).tags).isdisjoint({"img", "link", "style", "script", "iframe", "object", "form"})
    assert not re.search(r"url\(|@import|src=|background=", html)


@pytest.mark.parametrize("message", MAILS)
def test_html_can_be_listened_to(texts: Texts, message: str) -> None:
    """A screen reader learns the language, one main heading, and that the tables carry no data."""
    html = render(texts, message, Part.HTML, FULL)
    assert '<html lang="de"' in html
    assert html.count("<h1") == 1
    assert html.count("<table") == html.count('<table role="presentation"')


@pytest.mark.parametrize(("message", "part"), [pair for pair in PARTS if pair[1] is Part.TELEGRAM])
def test_telegram_messages_fit(texts: Texts, message: str, part: Part) -> None:
    """With ten ideas or bodies, a message stays under Telegram's 4,096 UTF-16 units."""
    many = {**FULL, "ideas": [IDEA] * 10, "bodies": ["Staatsministerium für Infrastruktur und Landesentwicklung"] * 10}
    assert len(render(texts, message, part, many).encode("utf-16-le")) < 2 * 4096
