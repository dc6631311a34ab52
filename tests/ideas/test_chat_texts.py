from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest

from services.ideas.messages import MESSAGES, Part
from services.ideas.texts import OWN_LANGUAGE, Texts
from tests.ideas.digest_samples import ITEM, sections
from tests.ideas.text_samples import FULL, LANGUAGES, LISTED, PARTS, SHIPPED, SIMPLE, combinations, render

GERMAN = OWN_LANGUAGE
CHATS = [(language, message) for language, message, part in PARTS if part is Part.TELEGRAM]
PAGES = [(language, message) for language, message, part in PARTS if part is Part.PAGE]
# Answers about one idea: whoever replies to one of them means that idea.
ABOUT_ONE = [pair for pair in CHATS if "reference" in MESSAGES[pair[1]].variables]
_REFERENCE = re.compile(r"SWS-\d{4}-\d{4}-\d")
_MOST_UNITS = 4096  # UTF-16 code units (Bot API, sendMessage)
_SHORT_NOTICE = 800
PLAIN: dict[str, Any] = {
    "topics": ["Energie"],
    "places": ["Plauen"],
    "bodies": ["Landratsamt Zwickau"],
    "too_large": 0,
    "too_many": 0,
    "question": "",
    "has_files": False,
}
ALLOWED_TAGS = {"p", "br", "h2", "h3", "ul", "li", "a", "strong"}


@pytest.fixture(scope="module")
def texts() -> Texts:
    return Texts(SHIPPED)


def chat(texts: Texts, language: str, message: str, **given: Any) -> str:
    return render(texts, language, message, Part.TELEGRAM, **given)


def words_of(language: str) -> dict[str, Any]:
    return tomllib.loads((SHIPPED / language / "words.toml").read_text(encoding="utf-8"))


class _Outline(HTMLParser):
    """The tags of a page, whether each was closed in turn, its headings, and the words of its links."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.headings: list[str] = []
        self.links: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "br":
            self.open.append(tag)
        if tag in {"h2", "h3"}:
            self.headings.append(tag)
        if tag == "a":
            self.links.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "a" in self.open:
            self.links[-1] += data


@pytest.mark.parametrize(("language", "message"), CHATS)
def test_chat_messages_fit(texts: Texts, language: str, message: str) -> None:
    """With ten ideas or bodies, a message stays under Telegram's 4,096 UTF-16 units."""
    many: dict[str, Any] = {"bodies": ["Staatsministerium für Infrastruktur und Landesentwicklung"] * 10}
    many |= {} if message == "ask_erasure" else {"ideas": [LISTED] * 10}
    assert len(chat(texts, language, message, **many).encode("utf-16-le")) < 2 * _MOST_UNITS


@pytest.mark.parametrize(("language", "message"), ABOUT_ONE)
def test_an_answer_about_an_idea_names_its_number_alone(texts: Texts, language: str, message: str) -> None:
    """An answer about an idea has one reference number, so that a reply to it finds the idea."""
    for values in combinations(language, message, Part.TELEGRAM):
        rendered = texts.render(language, message, Part.TELEGRAM, values)
        expected = [] if values.get("reason") == "nothing" or not values["reference"] else [values["reference"]]
        assert _REFERENCE.findall(rendered) == expected


@pytest.mark.parametrize(("language", "message"), CHATS)
def test_commands_that_are_named_exist(texts: Texts, language: str, message: str) -> None:
    """A command that a message speaks of is one of the menu."""
    menu = words_of(language)["commands"]
    rendered = re.sub(r"https://\S+", "", chat(texts, language, message, commands=[]))
    named = set(re.findall(r"(?<![\w/.])/([a-z]+)", rendered))
    assert named <= {command["name"] for command in menu.values()}


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
def test_the_button_that_is_named_exists(texts: Texts, language: str) -> None:
    """Who added something is told the way out by the words that stand on the button."""
    (named,) = re.findall("„(.+)“", chat(texts, language, "added"))
    assert named == words_of(language)["buttons"]["split"]


@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
def test_a_confirmation_is_short_on_a_phone(texts: Texts, language: str) -> None:
    """What most people get is ten lines; in Leichte Sprache, where each sentence has its own, fifteen."""
    lines = chat(texts, language, "confirmation", **PLAIN).splitlines()
    assert len(lines) <= {GERMAN: 10, SIMPLE: 15}[language]


@pytest.mark.parametrize(("question", "asked"), [("place", "Welchen Ort meinen Sie"), ("topic", "Welches Thema passt")])
@pytest.mark.parametrize("language", [GERMAN, SIMPLE])
@pytest.mark.parametrize("message", ["confirmation", "added", "edited", "corrected", "merged"])
def test_a_question_names_its_answers(texts: Texts, language: str, message: str, question: str, asked: str) -> None:
    """One question stands with the answers that can be given, and that nobody has to answer."""
    rendered = chat(texts, language, message, question=question)
    assert rendered.count(asked) == 1
    assert all(option in rendered.partition(asked)[2] for option in FULL["options"])
    assert {GERMAN: "Ohne Antwort klärt es ein Mensch.", SIMPLE: "Dann entscheidet ein Mensch."}[language] in rendered


def test_an_idea_from_outside_is_kept(texts: Texts) -> None:
    """Who writes of a place outside the region learns kindly that somebody reads it all the same."""
    rendered = chat(texts, GERMAN, "confirmation", **{**PLAIN, "is_outside": True, "places": ["außerhalb"]})
    assert "Ihre Nachricht behalten wir trotzdem, und ein Mensch liest sie." in rendered


@pytest.mark.parametrize("message", ["confirmation", "added"])
def test_who_sent_no_words_is_asked_for_some(texts: Texts, message: str) -> None:
    """A place, photo or voice note alone is taken, and a sentence is asked for."""
    rendered = chat(texts, GERMAN, message, **{**PLAIN, "has_words": False, "topics": []})
    assert "in einem Satz dazu" in rendered
    assert "zuerst ein Mensch" not in rendered


@pytest.mark.parametrize("message", ["confirmation", "added"])
def test_a_file_that_was_too_large_has_other_ways(texts: Texts, message: str) -> None:
    """Whose file was not taken learns the limit and what to do instead."""
    rendered = chat(texts, GERMAN, message, **{**PLAIN, "too_large": 1, "largest_file": "20 MB"})
    assert "Möglich sind höchstens 20 MB." in rendered
    assert "kleiner oder in Teilen" in rendered
    assert "schreiben Sie uns an ideen@example.org" in rendered


@pytest.mark.parametrize("language", LANGUAGES)
def test_news_says_nothing_of_the_idea(texts: Texts, language: str) -> None:
    """A push names the number, the stage and the page, and nothing else of the idea."""
    rendered = chat(texts, language, "update")
    assert all(str(FULL[name]) in rendered for name in ("reference", "stage", "link"))
    notes = "\n".join(FULL["notes"]).split("\n")
    told = [*FULL["topics"], *FULL["places"], *FULL["bodies"], *notes, FULL["explanation"], FULL["measure"]]
    assert [word for word in told if word in rendered] == []


def test_groups_get_no_words_of_citizens(texts: Texts) -> None:
    """What goes to a staff group holds numbers, topics and places, and no word that a citizen wrote, and no link."""
    why = tuple(replace(note, why="Wort") for note in ITEM.notes)
    hidden = replace(ITEM, title="Wort", excerpt="Wort", answer="Wort", attachments=("Wort",), notes=why)
    told = chat(texts, GERMAN, "digest", sections=sections(hidden, waiting=[hidden], done=[hidden]))
    assert "Wort" not in told
    assert "https://" not in told


@pytest.mark.parametrize("message", ["notice", "welcome", "help", "privacy"])
def test_telegram_names_the_other_way(texts: Texts, message: str) -> None:
    """Who opens the chat learns that Telegram lies outside the EU and that e-mail serves as well."""
    rendered = chat(texts, GERMAN, message)
    assert "außerhalb der EU" in rendered
    assert "Genauso gut erreichen Sie uns per E-Mail: ideen@example.org" in rendered


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", ["notice", "welcome", "privacy"])
def test_the_privacy_notice_comes_with_its_facts(texts: Texts, message: str, language: str) -> None:
    """Controller, legal basis, periods, rights, the other channel and the full text stand in the notice (Art. 13)."""
    rendered = chat(texts, language, message)
    menu = words_of(language)["commands"]
    facts = [FULL[name] for name in ("operator", "email", "privacy_link")]
    facts += ["30", "6", "SächsDSDG", "EU", f"/{menu['export']['name']}", f"/{menu['erase']['name']}"]
    assert [fact for fact in facts if fact not in rendered] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_short_notice_is_short(texts: Texts, language: str) -> None:
    """The notice before the first answer fits a phone."""
    assert len(chat(texts, language, "notice")) <= _SHORT_NOTICE


def test_status_reveals_nothing_about_other_chats(texts: Texts) -> None:
    """Asked for a number that is not this chat's, the answer speaks of this chat only."""
    rendered = chat(texts, GERMAN, "status", ideas=[])
    assert rendered.startswith("Zur Nummer SWS-2026-0042-7 gibt es in diesem Chat keine Idee.")
    assert "anderen" not in rendered


@pytest.mark.parametrize(
    ("is_archived", "told"), [(True, "sperren wir sofort"), (False, "Wir löschen dazu alle Texte")]
)
def test_erasure_says_what_becomes_of_the_texts(texts: Texts, told: str, *, is_archived: bool) -> None:
    """Before anything is erased, a person learns whether the archive is asked first (section 7 SächsDSDG)."""
    assert told in chat(texts, GERMAN, "ask_erasure", is_archived=is_archived)


@pytest.mark.parametrize("body", ["", FULL["body"]])
@pytest.mark.parametrize("message", ["group_welcome", "group_help"])
def test_a_group_learns_its_number_or_its_body(texts: Texts, message: str, body: str) -> None:
    """A group that belongs to nobody yet is told the number that the operator enters."""
    rendered = chat(texts, GERMAN, message, body=body)
    assert (body or FULL["group"]) in rendered
    assert "privaten Chat" in rendered


@pytest.mark.parametrize(("language", "message"), PAGES)
def test_pages_can_be_listened_to(texts: Texts, language: str, message: str) -> None:
    """A page is well formed, without styles, its headings skip no level, and each link says where it leads."""
    for values in combinations(language, message, Part.PAGE):
        outline = _Outline(texts.render(language, message, Part.PAGE, values))
        assert outline.open == []
        assert set(outline.tags) <= ALLOWED_TAGS
        assert outline.attributes <= {"href"}
        assert outline.headings[:1] == ["h2"]
        assert all(link.strip() for link in outline.links)


@pytest.mark.parametrize(("language", "message"), PAGES)
def test_pages_name_who_answers_for_them(texts: Texts, language: str, message: str) -> None:
    """Each legal page names the operator, and how to reach them."""
    rendered = render(texts, language, message, Part.PAGE)
    facts = ["operator", "operator_address", "operator_phone", "operator_email"]
    facts += ["data_protection_officer", "supervisory_authority", "raw_days"] if message == "privacy" else []
    assert [fact for fact in facts if str(FULL[fact]) not in rendered] == []


@pytest.mark.parametrize(("language", "message"), PAGES)
def test_without_telegram_no_page_speaks_of_it(texts: Texts, language: str, message: str) -> None:
    """Where the channel is off, the pages do not name it."""
    assert "Telegram" not in render(texts, language, message, Part.PAGE, has_telegram=False)


@pytest.mark.parametrize(("language", "message"), PAGES)
def test_pages_escape_what_they_are_given(texts: Texts, language: str, message: str) -> None:
    """No value of a setting becomes markup."""
    hostile = {name: "<script>" for name, value in FULL.items() if isinstance(value, str)}
    assert "<script>" not in render(texts, language, message, Part.PAGE, **hostile)


@pytest.mark.parametrize(("language", "how"), [("de", "Antworten Sie"), ("en", "Reply"), (SIMPLE, "antworten Sie")])
def test_an_update_says_how_it_is_answered(texts: Texts, language: str, how: str) -> None:
    """Also where nobody has asked anything."""
    assert how in chat(texts, language, "update", inquiries=[])
