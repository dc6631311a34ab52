from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from services.ideas.errors import Problem
from services.ideas.texts import MESSAGES, Part, Texts

SHIPPED = Path(__file__).parents[2] / "config" / "texts"
LINK = "https://ideen.example.org/idee/k7Qm2-Zr8vX1"
CONFIRM_LINK = "https://ideen.example.org/adresse/p3Vn9-Bt1qS6"
UNSUBSCRIBE_LINK = "https://ideen.example.org/abmelden/w8Ld4-Yc5hK0"
MARKUP = "<script>alert(1)</script>"
LONGEST_SENTENCE = 15  # words, in what citizens read

IDEA: dict[str, Any] = {
    "reference": "SWS-2026-0042-7",
    "title": "Abendbus nach Kirchberg",
    "excerpt": "Der letzte Bus fährt um 18 Uhr.\nBitte einen um 22 Uhr!",
    "answer": "Am besten ab Markt.\nAuch sonntags!",
    "answered": "24.11.2026",
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
    "confirm_link": CONFIRM_LINK,
    "unsubscribe_link": UNSUBSCRIBE_LINK,
    "too_large": 2,
    "too_many": 3,
    "largest_file": "10 MB",
    "most_files": 20,
    "abstained": False,
    "stage": "aufgenommen",
    "explanation": "Wir wollen Ihre Idee umsetzen.",
    "note": "Baubeginn ist im Mai.\nDer Kreistag stimmte zu.",
    "asked": "SWS-2026-0042-7",
    "ideas": [IDEA, {**IDEA, "reference": "SWS-2026-0050-5", "uncertain": False, "title": "Mehr Bänke am Markt"}],
    "body": "Landratsamt Zwickau",
    "period": "23.11.2026",
    "waiting": 3,
}
EMPTY: dict[str, Any] = {
    **{name: "" for name, value in FULL.items() if isinstance(value, str)},
    **{name: [] for name, value in FULL.items() if isinstance(value, list)},
    **{name: 0 for name, value in FULL.items() if type(value) is int},
    "region": FULL["region"],
    "email": FULL["email"],
    "reference": FULL["reference"],
    "abstained": True,
}
BARE_IDEA = {**IDEA, "excerpt": "", "answer": "", "topics": [], "places": [], "candidates": [], "attachments": []}

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
    {**EMPTY, "too_large": 1, "too_many": 1, "most_files": 1, "waiting": 1},
]
# What each of these can be, for every combination of them; all else stays as in FULL.
CHOICES: dict[str, list[Any]] = {
    "topics": [[], FULL["topics"]],
    "places": [[], FULL["places"]],
    "candidates": [[], FULL["candidates"]],
    "bodies": [[], FULL["bodies"]],
    "link": ["", LINK],
    "confirm_link": ["", CONFIRM_LINK],
    "unsubscribe_link": ["", UNSUBSCRIBE_LINK],
    "too_large": [0, 1, 2],
    "too_many": [0, 1],
    "abstained": [False, True],
    "explanation": ["", FULL["explanation"]],
    "note": ["", FULL["note"]],
    "ideas": [[], [IDEA], [BARE_IDEA], FULL["ideas"]],
    "waiting": [0, 1, 3],
}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


def render(texts: Texts, message: str, part: Part, values: dict[str, Any]) -> str:
    """A part of a message with those of `values` that the message declares."""
    declared = {name: value for name, value in values.items() if name in MESSAGES[message].variables}
    return texts.render("de", message, part, declared)


class _Reader(HTMLParser):
    """What a person finds in an HTML mail, in order: its words, the numbers of its lists, and where its links lead."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._number = 0
        self._in_ordered = False
        self._leads_to = ""
        self.feed(html.split("</head>")[1])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag in {"ol", "ul"}:
            self._in_ordered, self._number = tag == "ol", 0
        if tag == "li" and self._in_ordered:
            self._number += 1
            self.seen.append(f"{self._number}.")
        if tag == "a":
            self._leads_to = dict(attrs)["href"] or ""
            self.links.append(self._leads_to)

    def handle_endtag(self, tag: str) -> None:
        # A plain text names an address once, and a page after the words that lead there.
        if tag == "a" and not self._leads_to.startswith("mailto:"):
            self.seen.append(self._leads_to)

    def handle_data(self, data: str) -> None:
        self.seen.append(data)

    @property
    def words(self) -> list[str]:
        return words(" ".join(self.seen))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def combinations(message: str) -> Iterator[dict[str, Any]]:
    """Every combination of CHOICES that the message may be given."""
    names = sorted(set(CHOICES) & MESSAGES[message].variables)
    for values in product(*(CHOICES[name] for name in names)):
        yield FULL | dict(zip(names, values, strict=True))


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
def test_both_parts_of_a_mail_say_the_same(texts: Texts, message: str) -> None:
    """Whatever is known, plain text and HTML have the same words and links in the same order."""
    for values in combinations(message):
        plain = words(render(texts, message, Part.TEXT, values))
        assert _Reader(render(texts, message, Part.HTML, values)).words == plain


@pytest.mark.parametrize("message", MAILS)
@pytest.mark.parametrize("values", [{**FULL, "ideas": [IDEA]}])
def test_mails_state_every_fact(texts: Texts, message: str, values: dict[str, Any]) -> None:
    """Whatever a message is given, its plain text says, but for the candidates of an update."""
    rendered = render(texts, message, Part.TEXT, values)
    names = MESSAGES[message].variables - {"abstained", "ideas"} - ({"candidates"} if message == "update" else set())
    facts = [values[name] if isinstance(values[name], list) else str(values[name]) for name in names]
    facts += [value for value in IDEA.values() if not isinstance(value, bool)] if message == "digest" else []
    lines = [
        line for fact in facts for item in ([fact] if isinstance(fact, str) else fact) for line in item.split("\n")
    ]
    assert [line for line in lines if line not in rendered] == []


@pytest.mark.parametrize("message", MAILS)
@pytest.mark.parametrize("name", sorted(set(FULL) - {"abstained", "ideas"}))
def test_html_escapes_what_it_is_given(texts: Texts, message: str, name: str) -> None:
    """No value of any variable becomes markup, and none is garbled."""
    hostile = [MARKUP, MARKUP] if isinstance(FULL[name], list) else MARKUP
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
    bait["answer"] = bait["excerpt"]
    html = render(texts, "digest", Part.HTML, {**FULL, "ideas": [bait]})
    assert _Reader(html).links == ["mailto:ideen@example.org"]


@pytest.mark.parametrize("name", ["title", "excerpt", "answer", "attachments"])
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
    subject = render(texts, "digest", Part.SUBJECT, {**FULL, "ideas": [IDEA] * count, "waiting": 0})
    assert subject == f"Landratsamt Zwickau: {phrase} (23.11.2026)"


@pytest.mark.parametrize(
    ("ideas", "waiting", "phrase"),
    [(0, 1, "1 wartende Nachricht"), (2, 3, "2 neue Ideen, 3 wartende Nachrichten")],
)
def test_digest_subject_counts_what_waits(texts: Texts, ideas: int, waiting: int, phrase: str) -> None:
    """The subject says how many messages wait for a person, with or without new ideas."""
    subject = render(texts, "digest", Part.SUBJECT, {**FULL, "ideas": [IDEA] * ideas, "waiting": waiting})
    assert subject == f"Landratsamt Zwickau: {phrase} (23.11.2026)"


@pytest.mark.parametrize("ideas", [0, 2])
def test_digest_says_where_waiting_messages_are(texts: Texts, ideas: int) -> None:
    """Who gets a digest learns how many messages wait for them, and the command that shows them."""
    rendered = render(texts, "digest", Part.TEXT, {**FULL, "ideas": [IDEA] * ideas, "waiting": 3})
    assert "3 Nachrichten warten auf Sie." in rendered
    assert "Ansehen: ideenkanal held\n" in rendered
    assert "nichts Neues" not in rendered


@pytest.mark.parametrize("message", MAILS)
def test_subjects_come_in_one_line(texts: Texts, message: str) -> None:
    """A line break in a value cannot begin a header of its own."""
    hostile = {name: f"{value}\r\nBcc: x@example.org" for name, value in FULL.items() if isinstance(value, str)}
    assert len(render(texts, message, Part.SUBJECT, {**FULL, **hostile}).splitlines()) == 1


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_an_unverified_address_is_promised_nothing(texts: Texts, part: Part) -> None:
    """Before its owner has confirmed an address, news is promised on that condition alone."""
    rendered = render(texts, "confirmation", part, FULL)
    assert "Ist Ihre Adresse bestätigt, schreiben wir Ihnen, sobald es Neues gibt." in rendered
    assert "Wir schreiben Ihnen" not in rendered
    assert "Zu dieser Nachricht kommt dann nichts weiter." in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_a_verified_address_is_not_asked_to_confirm(texts: Texts, part: Part) -> None:
    """Whose address is known to be theirs is asked nothing, and promised news."""
    rendered = render(texts, "confirmation", part, {**FULL, "confirm_link": ""})
    assert "bestätig" not in rendered
    assert "Wir schreiben Ihnen, sobald es Neues gibt." in rendered
    assert "nichts weiter" not in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
@pytest.mark.parametrize("message", ["confirmation", "attachments"])
def test_attachments_that_were_not_kept_are_counted(texts: Texts, message: str, part: Part) -> None:
    """How many files are missing, why, and what is possible stands in the mail."""
    rendered = render(texts, message, part, {**FULL, "too_large": 1, "too_many": 2})
    assert "Eine Datei war zu groß. Eine Datei darf höchstens 10 MB groß sein." in rendered
    assert "2 Dateien waren zu viel. Eine Mail darf höchstens 20 Dateien enthalten." in rendered


@pytest.mark.parametrize("part", [Part.TEXT, Part.HTML])
def test_attachments_that_were_kept_are_not_spoken_of(texts: Texts, part: Part) -> None:
    """Where nothing is missing, a confirmation does not speak of attachments."""
    rendered = render(texts, "confirmation", part, {**FULL, "too_large": 0, "too_many": 0})
    assert not re.search("Anhänge|Datei", rendered)


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
    plain = " ".join(_Reader(re.sub("</(p|h1|h2|li)>", "\n", rendered)).seen) if part is Part.HTML else rendered
    sentences = re.split(r"[.!?:]\s|\n", re.sub(r"https://\S+", "", plain))
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
