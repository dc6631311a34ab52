"""What staff do for the model's sake: say what ideas are about, and read open ones anew. Its words are German."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from nlp.corpus import CorpusError, read_corpus
from nlp.understanding import Understanding
from services.cli.learning import CORPUS_DIR
from services.cli.staff import reference_of, say, with_register
from services.cli.tools import serving_model
from services.ideas.description import percent, place_label, topic_label
from services.ideas.reclassification import Change, Difference, Fate, OpenIdea
from services.ideas.register import Register
from services.ideas.triage import Untaught, by_worth

Commands = Any  # argparse keeps the type of its sub-parsers to itself
_EXCERPT_CHARACTERS = 160
_AT_ONCE = 100
_DIFFERENCES = {
    Difference.KIND: "andere Art",
    Difference.TOPIC_FOUND: "Thema gefunden",
    Difference.TOPIC_LOST: "Thema wieder offen",
    Difference.TOPIC_CHANGED: "anderes Hauptthema",
    Difference.TOPICS_BESIDE: "andere Nebenthemen",
    Difference.PLACE: "anderer Ort",
}
_FATES = {
    Fate.TAKEN: "",
    Fate.SPOKEN_OF: "bleibt: ein Mensch hat das Thema bestätigt oder berichtigt",
    Fate.MOVED_ON: "bleibt: eine Stelle arbeitet schon daran",
}


def add_commands(commands: Commands) -> None:
    """Declare `triage`, `correct` and `reclassify`."""
    triage = commands.add_parser("triage", help="the ideas without a topic, those first that teach the model most")
    triage.add_argument("--most", type=_number, default=20, metavar="NUMBER", help="how many (default: %(default)s)")
    triage.set_defaults(call=with_register(_triage))
    correct = commands.add_parser("correct", help="say what an idea is about; the next model learns from it")
    correct.add_argument("reference", metavar="REF")
    correct.add_argument("--topic", metavar="ID", help="the topic that it is about")
    correct.add_argument("--place", metavar="NAME", help="the place that it means")
    correct.add_argument("--confirm", action="store_true", help="what the program has understood is right")
    correct.set_defaults(call=with_register(_correct))
    reclassify = commands.add_parser("reclassify", help="read the open ideas anew with the model that serves")
    reclassify.add_argument("--dry-run", action="store_true", help="only show what would change")
    reclassify.set_defaults(call=with_register(_reclassify))


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"erwartet wird eine Zahl ab 1, nicht „{text}“")
    return int(text)


async def _triage(options: argparse.Namespace, register: Register) -> int:
    waiting = by_worth(await register.triage.waiting(), await _examples(register))
    if not waiting:
        print("Keine Idee wartet auf ein Thema.")
        return 0
    number = "1 Idee wartet" if len(waiting) == 1 else f"{len(waiting)} Ideen warten"
    print(f"{number} auf ein Thema. Oben steht, woraus das Modell am meisten lernt.")
    for idea in waiting[: options.most]:
        say("\n" + "\n".join(_item(register, idea)))
    print("\nThema festlegen: ideenkanal correct AKTENZEICHEN --topic ID")
    return 0


async def _examples(register: Register) -> Counter[str]:
    """How many labelled messages there are of each topic."""
    try:
        corpus = read_corpus(CORPUS_DIR, register.catalogue.topics).examples
    except CorpusError:
        corpus = ()
    corrections = await register.teaching.examples()
    return Counter(topic for example in (*corpus, *corrections) for topic in example.topics)


def _item(register: Register, idea: Untaught) -> Sequence[str]:
    likely = (
        f"{topic_label(register.catalogue, topic.id)} ({topic.id}) {percent(topic.probability)}"
        for topic in idea.suggestions[:2]
    )
    words = idea.words if len(idea.words) <= _EXCERPT_CHARACTERS else f"{idea.words[:_EXCERPT_CHARACTERS]} …"
    return (f"{idea.reference}  {' oder '.join(likely) or 'ohne Vorschlag'}", f"  {words}")


async def _correct(options: argparse.Namespace, register: Register) -> int:
    reference, now = reference_of(options.reference), datetime.now(UTC)
    if options.confirm == bool(options.topic or options.place):
        print("Bitte geben Sie --topic, --place oder beides an \N{EN DASH} oder nur --confirm.", file=sys.stderr)
        return 2
    if options.topic is not None and options.topic not in register.catalogue.topics:
        known = ", ".join(register.catalogue.topics)
        print(f"Das Thema „{options.topic}“ gibt es nicht. Möglich sind: {known}.", file=sys.stderr)
        return 2
    place = serving_model(register.catalogue).place(options.place) if options.place else None
    if place is not None and not place.districts:
        print(_unclear(register, options.place, place), file=sys.stderr)
        return 1
    if options.confirm:
        await register.teaching.confirm(reference, now)
    if options.topic:
        await register.teaching.name_topic(reference, options.topic, now)
    if place is not None:
        await register.teaching.name_place(reference, place, now)
    # A place alone says nothing of a topic (services.ideas.teaching).
    learned = " Das nächste Modell lernt daraus: ideenkanal train" if options.topic or options.confirm else ""
    print(f"Bei {reference} ist das vermerkt.{learned}")
    return 0


def _unclear(register: Register, name: str, place: Understanding) -> str:
    meant = " oder ".join(place_label(register.catalogue, candidate) for candidate in place.candidates)
    return f"„{name}“ ist nicht eindeutig: {meant}." if meant else f"Einen Ort „{name}“ kennen wir nicht."


async def _reclassify(options: argparse.Namespace, register: Register) -> int:
    model = serving_model(register.catalogue)
    changes = []
    async for idea, understood in _read_anew(register, model):
        if options.dry_run:
            change = await register.reclassification.preview(idea, understood)
        else:
            change = await register.reclassification.take_over(idea, understood, datetime.now(UTC))
        if change is not None:
            changes.append(change)
            print(_line(change))
    print("\n".join(_summary(changes, dry_run=options.dry_run)))
    return 0


async def _read_anew(register: Register, model: Any) -> AsyncIterator[tuple[OpenIdea, Understanding]]:
    """Every open idea with what the model makes of it; on a terminal it is told how far that is."""
    number, done, last = await register.reclassification.number(), 0, 0
    while batch := await register.reclassification.open_ideas(last, _AT_ONCE):
        for idea in batch:
            source = idea.source
            yield idea, await asyncio.to_thread(model.understand, source.subject, source.text, source.points)
        done, last = done + len(batch), batch[-1].id
        if sys.stderr.isatty():
            print(f"\r{done} von {number} gelesen", end="" if done < number else "\n", file=sys.stderr)


def _line(change: Change) -> str:
    pairs = [
        ("Art", change.before.kind, change.after.kind),
        ("Themen", _ids(change.before), _ids(change.after)),
        ("Orte", _keys(change.before), _keys(change.after)),
        ("Gemeint?", _candidates(change.before), _candidates(change.after)),
    ]
    told = "; ".join(f"{name}: {before} → {after}" for name, before, after in pairs if before != after)
    fate = f" [{_FATES[change.fate]}]" if _FATES[change.fate] else ""
    return f"{change.reference}  {told}{fate}"


def _ids(reading: Understanding) -> str:
    return ", ".join(topic.id for topic in reading.topics) or "offen"


def _keys(reading: Understanding) -> str:
    return ", ".join((*(d.key for d in reading.districts), *(m.name for m in reading.municipalities))) or "keine"


def _candidates(reading: Understanding) -> str:
    return " oder ".join(place.name for place in reading.candidates) or "keine"


def _summary(changes: Sequence[Change], *, dry_run: bool) -> Iterable[str]:
    taken = [change for change in changes if change.fate is Fate.TAKEN]
    if not changes:
        return ["Nichts ändert sich."]
    verb = "zu ändern" if dry_run else "geändert"
    counted = Counter(difference for change in changes for difference in change.differences)
    kinds = [f"  {_DIFFERENCES[difference]}: {number}" for difference, number in counted.most_common()]
    return [f"Anders gelesen: {len(changes)}, davon {verb}: {len(taken)}", *kinds]
