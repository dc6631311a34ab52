"""What messages are filled with in tests: a value for every variable, and all that each of them can be."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, is_dataclass
from html.parser import HTMLParser
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from jinja2 import Environment, meta

from services.ideas.messages import MESSAGES, Part
from services.ideas.texts import OWN_LANGUAGE, Texts
from tests.ideas.digest_samples import DIGEST, DIGEST_CHOICES
from tests.ideas.receipt_samples import RECEIPT, RECEIPT_CHOICES

SHIPPED = Path(__file__).parents[2] / "config" / "texts"
SIMPLE = "de-simple"
LANGUAGES = [OWN_LANGUAGE, *sorted(path.name for path in SHIPPED.iterdir() if path.is_dir() and path.name != "de")]
# More combinations than this tell nothing new and take long.
_MOST = 200
LINK = "https://ideen.example.org/idee/k7Qm2-Zr8vX1"
CONFIRM_LINK = "https://ideen.example.org/adresse/p3Vn9-Bt1qS6"
UNSUBSCRIBE_LINK = "https://ideen.example.org/abmelden/w8Ld4-Yc5hK0"

# An idea as a person's own list shows it.
LISTED: dict[str, Any] = {
    "reference": "SWS-2026-0042-7",
    "topics": ["Mobilität und Verkehr"],
    "places": ["Kirchberg"],
    "created": "22.11.2026",
    "stage": "eingegangen",
    "link": LINK,
}
BARE_LISTED = {**LISTED, "topics": [], "places": []}
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
    "question": "place",
    "options": ["Schönberg", "Schöneck"],
    "is_outside": False,
    "has_words": True,
    "has_files": True,
    "merged": "SWS-2026-0042-7",
    "added": ["amt@stadt-chemnitz.example.org"],
    "removed": ["ideen@stadt-chemnitz.example.org"],
    "stage": "aufgenommen",
    "explanation": "Wir wollen Ihre Idee umsetzen.",
    "outlook": "Danach planen wir den Bau.",
    "until": "Ende Februar 2027",
    "notes": ["Baubeginn ist im Mai.\nDer Kreistag stimmte zu.", "Vielen Dank!"],
    "inquiries": ["Welche Straße meinen Sie?\nUnd welche Kreuzung?"],
    "askers": ["Stadt Glauchau"],
    "measure": "Abendbusse für Südwestsachsen",
    "measure_number": "SWS-M7",
    "is_moved": True,
    "is_over": False,
    "has_notes": True,
    "is_bundled": True,
    "asked": "SWS-2026-0042-7",
    "ideas": [LISTED, BARE_LISTED],
    "body": "Landratsamt Zwickau",
    "period": "23.11.2026",
    "reason": "unknown",
    "commands": [{"name": "hilfe", "description": "So geht es"}, {"name": "meine", "description": "Meine Ideen"}],
    "offers": {
        "en": 'In English? Just answer with the word "English".',
        "de-simple": "Möchten Sie Leichte Sprache? Dann antworten Sie nur: Leichte Sprache",
    },
    "languages": ["Deutsch", "Leichte Sprache", "English"],
    "is_on": True,
    "files_left_out": 2,
    "is_archived": True,
    "everything": True,
    "code": "K7QM-2ZR8",
    "minutes": 30,
    "group": "-1001234567890",
    "event": "new",
    "operator": "Stadt Musterstadt",
    "operator_address": "Am Markt 1, 09111 Musterstadt",
    "operator_phone": "0371 000000",
    "operator_email": "kontakt@example.org",
    "data_protection_officer": "datenschutz@example.org",
    "supervisory_authority": "Sächsische Datenschutz- und Transparenzbeauftragte",
    "raw_days": 30,
    "contact_months": 6,
    "privacy_link": "https://ideen.example.org/datenschutz",
    "has_telegram": True,
}
# `ideas` are counted in one message, and are what another lists.
_OWN: dict[str, dict[str, Any]] = {"ask_erasure": {"ideas": 3}, "digest": DIGEST, "receipt": RECEIPT}
# What each variable can be; all others stay as in FULL.
CHOICES: dict[str, list[Any]] = {
    "topics": [[], FULL["topics"]],
    "places": [[], FULL["places"]],
    "candidates": [[], FULL["candidates"]],
    "bodies": [[], FULL["bodies"]],
    "options": [FULL["options"]],
    "offers": [{}, FULL["offers"]],
    "link": ["", LINK],
    "confirm_link": ["", CONFIRM_LINK],
    "unsubscribe_link": ["", UNSUBSCRIBE_LINK],
    "too_large": [0, 1, 2],
    "too_many": [0, 3],
    "most_files": [1, 20],
    "abstained": [False, True],
    "question": ["", "place", "topic"],
    "is_outside": [False, True],
    "has_words": [False, True],
    "has_files": [False, True],
    "explanation": ["", FULL["explanation"]],
    "outlook": ["", FULL["outlook"]],
    "until": ["", FULL["until"]],
    "notes": [[], FULL["notes"]],
    "inquiries": [[], FULL["inquiries"]],
    "askers": [[], FULL["askers"]],
    "measure": ["", FULL["measure"]],
    "is_moved": [False, True],
    "is_over": [False, True],
    "has_notes": [False, True],
    "is_bundled": [False, True],
    "asked": ["", FULL["asked"]],
    "reason": ["unknown", "late", "nothing"],
    "is_on": [False, True],
    "files_left_out": [0, 2],
    "is_archived": [False, True],
    "everything": [False, True],
    "body": ["", FULL["body"]],
    "event": ["new", "added", "withdrawn"],
    "operator_address": ["", FULL["operator_address"]],
    "operator_phone": ["", FULL["operator_phone"]],
    "data_protection_officer": ["", FULL["data_protection_officer"]],
    "privacy_link": ["", FULL["privacy_link"]],
    "has_telegram": [False, True],
}
_OWN_CHOICES: dict[str, dict[str, list[Any]]] = {
    "ask_erasure": {"ideas": [0, 1, 3]},
    "kept": {"reference": ["", FULL["reference"]]},
    "digest": {**DIGEST_CHOICES, "body": [DIGEST["body"]]},
    "receipt": RECEIPT_CHOICES,
    "alert": {"body": [FULL["body"]]},
}


def parts_of(language: str) -> list[tuple[str, Part]]:
    """Every part of every message that is written in a language."""
    written = (each for each in MESSAGES.items() if language == OWN_LANGUAGE or not each[1].is_for_staff)
    return [(message, part) for message, form in written for part in sorted(form.parts)]


PARTS = [(language, message, part) for language in LANGUAGES for message, part in parts_of(language)]


def values_of(message: str, **given: Any) -> dict[str, Any]:
    """A value for each variable of a message."""
    values = FULL | _OWN.get(message, {}) | given
    return {name: value for name, value in values.items() if name in MESSAGES[message].variables}


def render(texts: Texts, language: str, message: str, part: Part, **given: Any) -> str:
    """A part of a message; what is not given is as in FULL."""
    return texts.render(language, message, part, values_of(message, **given))


def variables(language: str, message: str, part: Part) -> set[str]:
    """The variables that a part of a message uses."""
    source = (SHIPPED / language / message / part).read_text(encoding="utf-8")
    return meta.find_undeclared_variables(Environment(autoescape=True).parse(source))


def combinations(language: str, message: str, *parts: Part) -> Iterator[Mapping[str, Any]]:
    """Combinations of what the variables that these parts use can be: all of them, or a fixed choice where many are."""
    used = set().union(*(variables(language, message, part) for part in parts))
    choices = {**CHOICES, **_OWN_CHOICES.get(message, {})}
    names = sorted(used & set(choices))
    always = values_of(message)
    every = list(product(*(choices[name] for name in names)))
    for values in every if len(every) <= _MOST else Random(0).sample(every, _MOST):  # noqa: S311 - the same each time
        yield always | dict(zip(names, values, strict=True))


_VOID = {"br", "hr", "img", "meta"}


class Reader(HTMLParser):
    """What a person finds in an HTML part, in order: its words, the numbers of its lists, and where its links lead.

    What is hidden from screen readers says nothing that does not stand elsewhere: it is left out.
    """

    def __init__(self, html: str) -> None:
        super().__init__()
        self.seen: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self._number = 0
        self._in_ordered = False
        self._leads_to = ""
        self._hidden: list[str] = []
        self.feed(html.rpartition("</head>")[2])
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag; an item of an ordered list begins with its number."""
        self.tags.append(tag)
        if (self._hidden or ("aria-hidden", "true") in attrs) and tag not in _VOID:
            self._hidden.append(tag)
        if tag in {"ol", "ul"}:
            self._in_ordered, self._number = tag == "ol", 0
        if tag == "li" and self._in_ordered:
            self._number += 1
            self.seen.append(f"{self._number}.")
        if tag == "a":
            self._leads_to = dict(attrs)["href"] or ""
            self.links.append(self._leads_to)

    def handle_endtag(self, tag: str) -> None:
        """Note where a link has led: a plain text names an address once, and a page after the words that lead there."""
        if self._hidden:
            self._hidden.pop()
        if tag == "a" and not self._leads_to.startswith("mailto:"):
            self.seen.append(self._leads_to)

    def handle_data(self, data: str) -> None:
        """Note words."""
        if not self._hidden:
            self.seen.append(data)

    @property
    def words(self) -> list[str]:
        """All words in reading order."""
        return words(" ".join(self.seen))


def lines_in(value: Any) -> list[str]:
    """All lines of text in a value, however deep they stand in it; numbers and switches are none."""
    if isinstance(value, str):
        return value.split("\n")
    if isinstance(value, dict):
        value = list(value.values())
    if is_dataclass(value) and not isinstance(value, type):
        value = list(asdict(value).values())
    return [line for item in value for line in lines_in(item)] if isinstance(value, list | tuple) else []


def words(text: str) -> list[str]:
    """The words of a text, without what stands between them."""
    return re.findall(r"\w+", text)


_BLOCK_END = re.compile("(?:</(?:p|h1|h2|h3|li|blockquote)>|<br>)")
_ADDRESS = re.compile(r"https://\S+|\S+@\S+")


def sentences(part: Part, rendered: str) -> list[list[str]]:
    """The words of each sentence, heading or item; addresses count for none."""
    plain = "".join(Reader(_BLOCK_END.sub("\n", rendered)).seen) if part in (Part.HTML, Part.PAGE) else rendered
    found = re.split(r"[.!?:](?:\s|$)|\n", _ADDRESS.sub("", plain))
    return [counted for sentence in found if (counted := re.findall(r"[\w/-]*\w", sentence))]
