"""What a body's digest says: counted, in sections, its ideas in short; in a chat without a word of a citizen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from nlp.understanding import OUTSIDE, REGION
from services.ideas.bodies import DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from services.ideas.description import body_name, topic_label
from services.ideas.digest_contents import Contents, Entry, Section
from services.ideas.digest_items import Item
from services.ideas.digest_reading import Digest
from services.ideas.digest_words import ItemWords, Note, item_words, period, sitting_day
from services.ideas.ledger import Event
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.triage import Untaught, by_worth
from services.notifier.values import NothingToSay, Values

# A chart has so many bars at most, and says nothing with one.
_BARS = 6
Bars = list[tuple[str, int]]


async def digest(register: Register, notification: Notification) -> Values:
    """What the digest of a notification says now."""
    body = notification.parameters["body"]
    found = await register.digest_reading.of(notification.parameters["digest"], notification.created_at)
    held = await waiting_for(register, body)
    if found is None or not (found.contents.entries or held or _plan(register.catalogue, body).empty):
        raise NothingToSay
    link = digest_link(register, notification.key) if notification.channel == EMAIL else ""
    values = digest_values(register.catalogue, found, notification.created_at, held, link)
    if notification.channel == EMAIL:
        return values
    return {**values, "sections": {name: [_discreet(item) for item in items] for name, items in _sections(values)}}


def digest_link(register: Register, key: str) -> str:
    """Where the digest mail of this notification can be looked at as a page."""
    base = register.catalogue.settings.web.public_url.rstrip("/")
    return f"{base}/uebersicht/{register.digest_reading.token(key)}"


async def waiting_for(register: Register, body: str) -> int:
    """How many messages wait for a person of this body to place them."""
    return await register.holding_pen.number() if body == register.catalogue.catch_all else 0


def digest_values(catalogue: Catalogue, found: Digest, now: datetime, held: int = 0, link: str = "") -> Values:
    """What a digest says; `held` messages are its people's to place, `link` is its page ("" where it has none)."""
    contents = found.contents
    words = {name: _words(catalogue, contents.body, items, now) for name, items in _by_section(catalogue, found)}
    shown = [item for items in words.values() for item in items]
    drawn = [*contents.of(Section.NEWS), *contents.of(Section.WAITING)]
    return {
        "region": catalogue.settings.region.name,
        "email": catalogue.settings.email.addresses[0],
        "body": body_name(catalogue, contents.body),
        "period": period(catalogue, contents),
        "sitting": sitting_day(catalogue, contents),
        "counts": _counts(contents, held),
        "sections": words,
        "urgent": {
            "late": [item.number for item in shown if item.late],
            "erased": [item.number for item in shown if item.is_erased],
            "unclear": [item.number for item in shown if not item.is_erased and not item.topic],
        },
        "rest": len(contents.entries) - len(shown),
        "link": link,
        "by_topic": _bars(_topic(catalogue, entry) for entry in drawn),
        "by_district": _bars(_district(catalogue, entry) for entry in drawn),
    }


def _plan(catalogue: Catalogue, body: str) -> DigestPlan:
    return catalogue.bodies[body].digest if body in catalogue.bodies else DigestPlan()


def _counts(contents: Contents, held: int) -> dict[str, int]:
    news, citizens = contents.of(Section.NEWS), contents.of(Section.CITIZENS)
    new = sum(any(each.event is Event.NEW for each in entry.heard) for entry in news)
    erased = sum(entry.is_erased for entry in citizens)
    return {
        "new": new,
        "known": len(news) - new,
        "back": len(citizens) - erased,
        "erased": erased,
        "waiting": contents.waiting,
        "overdue": contents.overdue,
        "done": len(contents.of(Section.DONE)),
        "held": held,
    }


def _by_section(catalogue: Catalogue, found: Digest) -> list[tuple[str, Sequence[Item]]]:
    items = {section: [item for item in found.items if item.entry.section is section] for section in Section}
    if found.contents.body == catalogue.catch_all:
        items[Section.NEWS] = _by_worth(items[Section.NEWS])
    items[Section.NEWS] = _side_by_side(items[Section.NEWS])
    return [(section.value, items[section]) for section in Section]


def _by_worth(items: Sequence[Item]) -> list[Item]:
    """For the body that triages: first those without a topic, by what a person's answer would teach."""
    unsure = [item.idea for item in items if item.idea is not None and item.idea.understanding.abstained]
    worth = by_worth([Untaught(idea.reference, "", idea.understanding.suggestions) for idea in unsure], {})
    places = {item.reference: number for number, item in enumerate(worth)}
    return sorted(items, key=lambda item: places.get(item.entry.reference, len(places)))


def _side_by_side(items: Sequence[Item]) -> list[Item]:
    """What is alike stands together, where the first of it stood."""
    first: dict[tuple[int, ...], int] = {}
    for place, item in enumerate(items):
        first.setdefault(item.alike or (item.entry.number,), place)
    return sorted(items, key=lambda item: (first[item.alike or (item.entry.number,)], item.entry.number))


def _words(catalogue: Catalogue, body: str, items: Sequence[Item], now: datetime) -> list[ItemWords]:
    return [item_words(catalogue, body, item, now) for item in items]


def _sections(values: Values) -> Iterable[tuple[str, list[ItemWords]]]:
    sections: dict[str, list[ItemWords]] = values["sections"]
    return sections.items()


def _discreet(item: ItemWords) -> ItemWords:
    """Without what people have written, and how they have named their files."""
    notes = tuple(Note(note.what) for note in item.notes)
    return replace(item, title="", excerpt="", answer="", attachments=(), notes=notes)


def _topic(catalogue: Catalogue, entry: Entry) -> str:
    return topic_label(catalogue, entry.topic) if entry.topic else "Thema offen"


def _district(catalogue: Catalogue, entry: Entry) -> str:
    words = catalogue.texts.words(OWN_LANGUAGE)
    special = {"": "ohne Ort", REGION: words.whole_region, OUTSIDE: words.outside}
    known = catalogue.districts.get(entry.district)
    return special.get(entry.district) or (known.name if known else entry.district)


def _bars(labels: Iterable[str]) -> Bars:
    """The most frequent first, the rest together; empty where there is nothing to compare."""
    counted = Counter(labels).most_common()
    if len(counted) < 2:
        return []
    if len(counted) <= _BARS:
        return counted
    return [*counted[: _BARS - 1], ("alle anderen", sum(number for _, number in counted[_BARS - 1 :]))]
