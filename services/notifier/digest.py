"""What a body's digest says: counted, in sections, its ideas in short; in a chat without a word of a citizen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from nlp.understanding import OUTSIDE, REGION
from services.ideas.bodies import DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from services.ideas.description import body_name, topic_label
from services.ideas.digest_contents import Contents, Entry
from services.ideas.digest_examples import examples
from services.ideas.digest_order import Section
from services.ideas.digest_reading import Digest
from services.ideas.digest_words import ItemWords, Note, item_words, period, sitting_day
from services.ideas.ledger import Event
from services.ideas.model import Notification
from services.ideas.register import Register
from services.ideas.texts import OWN_LANGUAGE
from services.ideas.unlinked import unlinked
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
    words: dict[str, list[ItemWords]] = {section.value: [] for section in Section}
    for item in found.items:
        words[item.entry.section].append(_unlinked(item_words(catalogue, contents.body, item, now)))
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
            "unclear": [item.number for item in shown if item.since and not item.topic],
        },
        "rest": len(contents.entries) - len(shown),
        "link": link,
        "by_topic": _bars(_topic(catalogue, entry) for entry in drawn),
        "by_district": _bars(_district(catalogue, entry) for entry in drawn),
        "examples": _examples(catalogue, found),
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
        "settled": len(contents.of(Section.SETTLED)),
        "held": held,
    }


def _unlinked(item: ItemWords) -> ItemWords:
    """With nothing of people's own words that a mail program makes a link of."""
    return replace(
        item,
        title=unlinked(item.title),
        excerpt=unlinked(item.excerpt),
        answer=unlinked(item.answer),
        attachments=tuple(unlinked(name) for name in item.attachments),
        notes=tuple(replace(note, why=unlinked(note.why)) for note in item.notes),
    )


def _examples(catalogue: Catalogue, found: Digest) -> tuple[str, ...]:
    """Shown with the first idea that the body has."""
    lines = (examples(catalogue, found.contents.body, item) for item in found.items)
    return next((each for each in lines if each), ())


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
