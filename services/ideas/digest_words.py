"""What a digest says of an idea, in German, for its mail and its pages: the words that are not the same for all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from nlp.understanding import Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import DeedKind, Verdict
from services.ideas.description import body_name, describe, percent, stage_words, topic_label
from services.ideas.digest_contents import Contents, Entry, Heard
from services.ideas.digest_items import Item
from services.ideas.dossier import Act
from services.ideas.excerpt import excerpt
from services.ideas.ledger import Event
from services.ideas.model import Idea
from services.ideas.similar import named
from services.ideas.texts import OWN_LANGUAGE

# Below this a reader should doubt what the program has understood.
DOUBTED_BELOW = 0.75
_PROPOSALS = 2
_PROPOSED_FROM = 0.2
_EXCERPT_CHARACTERS = 320
VERDICTS = {Verdict.YES: "ja", Verdict.NO: "nein", Verdict.PARTLY: "teilweise"}


@dataclass(frozen=True, slots=True)
class Note:
    """Something that happened to an idea, and why, in the words of whoever did it ("" where they gave none).

    `is_read`: these words are the submitter's to read, and no reason for staff alone.
    """

    what: str
    why: str = ""
    is_read: bool = False


@dataclass(frozen=True, slots=True)
class ItemWords:
    """An idea of a digest as people read it. What is unknown or not so is "" or empty.

    `topic_doubt` and `place_doubt` say what the program is not sure of. `due` is until when the body should be done,
    `late` for how long it should have been. `answer` came from the submitter last, on the day `answered`.
    """

    number: int
    reference: str
    title: str = ""
    is_erased: bool = False
    notes: tuple[Note, ...] = ()
    kind: str = ""
    stage: str = ""
    topic: str = ""
    topic_doubt: str = ""
    place: str = ""
    place_doubt: str = ""
    excerpt: str = ""
    answer: str = ""
    answered: str = ""
    created: str = ""
    since: str = ""
    due: str = ""
    late: str = ""
    missing: str = ""
    others: tuple[str, ...] = ()
    attachments: tuple[str, ...] = ()
    similar: tuple[str, ...] = ()
    alike: tuple[int, ...] = ()


def item_words(catalogue: Catalogue, body: str, item: Item, now: datetime) -> ItemWords:
    """The words for one idea of a body's digest."""
    entry, idea = item.entry, item.idea
    if idea is None or entry.is_erased or not idea.contributions:
        return ItemWords(entry.number, entry.reference, is_erased=True, notes=_notes(catalogue, body, item))
    description = describe(catalogue, idea)
    first, more = idea.contributions[0], idea.contributions[1:]
    is_new_answer = any(each.event is Event.ADDED for each in entry.heard) and bool(more)
    return ItemWords(
        number=entry.number,
        reference=entry.reference,
        title=idea.title,
        notes=_notes(catalogue, body, item),
        kind=description.kind,
        stage=description.stage,
        topic="; ".join(description.topics),
        topic_doubt=topic_doubt(catalogue, idea.understanding),
        place="; ".join(description.places),
        place_doubt=_place_doubt(idea.understanding, description.candidates),
        excerpt=_beyond(idea.title, excerpt(first.text, _EXCERPT_CHARACTERS)),
        answer=excerpt(more[-1].text, _EXCERPT_CHARACTERS) if is_new_answer else "",
        answered=day(catalogue, more[-1].at) if is_new_answer else "",
        created=day(catalogue, idea.created_at),
        since=day(catalogue, entry.since) if entry.is_open and entry.since else "",
        due=day(catalogue, entry.due_at) if entry.is_open and entry.due_at else "",
        late=_late(entry, now),
        missing=" und ".join(item.missing),
        others=tuple(
            body_name(catalogue, each.body) for each in idea.assignments if each.is_open and each.body != body
        ),
        attachments=tuple(name for said in idea.contributions for name in said.attachments),
        similar=tuple(named(catalogue, item.earlier)),
        alike=item.alike,
    )


def period(catalogue: Catalogue, contents: Contents) -> str:
    """The days of a digest: one day, or from one to another."""
    zone, date = catalogue.settings.region.zone, catalogue.texts.words(OWN_LANGUAGE).date
    # What ends at midnight has nothing of the day that begins then.
    end = max(contents.end - timedelta(microseconds=1), contents.start)
    first, last = contents.start.astimezone(zone), end.astimezone(zone)
    if first.date() == last.date():
        return last.strftime(date)
    begin = date if first.year != last.year else date.replace("%Y", "")
    return f"{first.strftime(begin)} bis {last.strftime(date)}"


def sitting_day(catalogue: Catalogue, contents: Contents) -> str:
    """The day of the sitting for which a digest is a folder; "" where it is none."""
    return contents.sitting.strftime(catalogue.texts.words(OWN_LANGUAGE).date) if contents.sitting else ""


def _beyond(title: str, words: str) -> str:
    """What was written, unless the title says it all."""
    return "" if words == title else words


def topic_doubt(catalogue: Catalogue, understanding: Understanding) -> str:
    """How sure the program is of the topic, where it is not: "" where a reader need not doubt."""
    if understanding.abstained:
        likely = [each for each in understanding.suggestions if each.probability >= _PROPOSED_FROM]
        known = [each for each in likely[:_PROPOSALS] if each.id in catalogue.topics]
        proposals = [f"{topic_label(catalogue, each.id)} ({percent(each.probability)})" for each in known]
        return f"Vorschlag {' oder '.join(proposals)}" if proposals else "kein Vorschlag"
    best = understanding.topics[0].probability if understanding.topics else 1.0
    return _sure(best)


def act_words(catalogue: Catalogue, act: Act, reader: str = "") -> str:
    """What staff did, in half a sentence; the body `reader` is called "Sie"."""
    if act.body and act.body == reader:
        return f"Sie {_did(catalogue, act, 'haben', 'sind', reader)}"
    who = body_name(catalogue, act.body) if act.body else "Die Betreuung des Ideenkanals"
    return f"{who} {_did(catalogue, act, 'hat', 'ist', reader)}"


def noted(idea: Idea | None, act: Act, what: str) -> Note:
    """An act with its reason: what was said for staff, or else what the submitter reads about it."""
    if act.reason or idea is None:
        return Note(what, act.reason)
    told = next((step.note for step in idea.stages if step.act == act.number and step.note), "")
    return Note(what, told, is_read=bool(told))


def _did(  # noqa: C901 - one case for each deed
    catalogue: Catalogue, act: Act, has: str, is_: str, reader: str
) -> str:
    detail = act.detail
    match act.kind:
        case DeedKind.MOVE:
            said = f"{has} die Stufe „{stage_words(catalogue, detail.get('to', ''))[0]}“ festgelegt"
        case DeedKind.CARRY:
            said = f"{has} die Idee mit ihrer Maßnahme auf „{stage_words(catalogue, detail.get('to', ''))[0]}“ gebracht"
        case DeedKind.STATE:
            said = f"{has} zugestimmt"
        case DeedKind.PASS:
            others = ("Sie" if each == reader else body_name(catalogue, each) for each in detail.get("to", ()))
            said = f"{has} die Idee an {' und '.join(others)} weitergegeben"
        case DeedKind.RETURN:
            said = f"{is_} nicht zuständig"
        case DeedKind.ASK:
            said = f"{has} nachgefragt"
        case DeedKind.FIND:
            said = f"{has} geprüft: {detail.get('name', '')} {VERDICTS.get(detail.get('verdict', ''), '')}".rstrip()
        case DeedKind.BUNDLE:
            said = f"{has} die Idee einer Maßnahme zugeordnet"
        case DeedKind.UNBUNDLE:
            said = f"{has} die Idee aus ihrer Maßnahme genommen"
        case DeedKind.TOPIC:
            said = f"{has} das Thema berichtigt"
        case DeedKind.PLACE:
            said = f"{has} den Ort berichtigt"
    return said


def _notes(catalogue: Catalogue, body: str, item: Item) -> tuple[Note, ...]:
    acts = {act.number: act for act in item.acts}
    asked = item.unanswered if item.entry.is_open else None
    heard = [each for each in item.entry.heard if asked is None or each.act != asked.act]
    found = [_note(catalogue, body, item, each, acts.get(each.act) if each.act else None) for each in heard]
    if asked:
        found.append(Note(f"Rückfrage vom {day(catalogue, asked.at)}: noch keine Antwort"))
    # A second message on one day is no second piece of news.
    return tuple(dict.fromkeys(note for note in found if note is not None))


def _note(  # noqa: PLR0911 - one line for each event
    catalogue: Catalogue, body: str, item: Item, heard: Heard, act: Act | None
) -> Note | None:
    match heard.event:
        case Event.WITHDRAWN:
            return Note("Zurückgezogen: Wer die Idee geschickt hat, möchte sie nicht weiterverfolgen.")
        case Event.ERASED:
            return Note("Gelöscht: Wer die Idee geschickt hat, wollte das. Bitte löschen Sie auch Ihre Kopien davon.")
        case Event.CHANGED:
            return Note("Thema oder Ort wurde berichtigt.")
        case Event.RAISED:
            return Note(f"Liegt länger als vorgesehen bei: {_holders(catalogue, item.idea)}")
        case Event.UNDONE if act:
            return Note(f"Zurückgenommen: {act_words(catalogue, act, body)}.")
        case Event.NEW | Event.STATEMENT | Event.DECIDED | Event.OUTCOME if act:
            return noted(item.idea, act, f"{act_words(catalogue, act, body)} ({day(catalogue, act.at)})")
        case _:
            return None


def _holders(catalogue: Catalogue, idea: Idea | None) -> str:
    having = [each for each in idea.assignments if each.is_open] if idea else []
    named_ = (f"{body_name(catalogue, each.body)} (seit {day(catalogue, each.assigned_at)})" for each in having)
    return "; ".join(named_) or "niemandem mehr"


def _place_doubt(understanding: Understanding, candidates: Sequence[str]) -> str:
    if candidates:
        return f"gemeint ist {' oder '.join(candidates)}"
    places = [*(each.probability for each in understanding.municipalities)] or [
        each.probability for each in understanding.districts
    ]
    return _sure(places[0]) if places else ""


def _sure(share: float) -> str:
    return f"zu {percent(share)} sicher" if share < DOUBTED_BELOW else ""


def _late(entry: Entry, now: datetime) -> str:
    if not entry.is_open or entry.due_at is None or entry.due_at > now:
        return ""
    days = max((now - entry.due_at) // timedelta(days=1), 1)
    return "seit einem Tag" if days == 1 else f"seit {days} Tagen"


def day(catalogue: Catalogue, moment: datetime) -> str:
    """A date as staff read it."""
    return moment.astimezone(catalogue.settings.region.zone).strftime(catalogue.texts.words(OWN_LANGUAGE).date)
