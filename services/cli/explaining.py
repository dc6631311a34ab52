"""What the model made of a message, for a person to read: the message with the words that decided, and why."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from nlp.corpus import KINDS_WITHOUT_TOPIC
from nlp.understanding import OUTSIDE, REGION, Evidence, TopicScore, Understanding
from services.ideas.catalogue import Catalogue
from services.ideas.description import percent, place_label, topic_label, town_label
from services.ideas.texts import OWN_LANGUAGE

_TOPIC = "topic:"
# Escape sequences (ECMA-48): one colour for each topic in turn, another for places.
_COLOURS = ("\x1b[1;36m", "\x1b[1;33m", "\x1b[1;35m")
_PLACE = "\x1b[1;32m"
_PLAIN = "\x1b[0m"
# Whatever else a message holds must not steer the terminal.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def explain(catalogue: Catalogue, subject: str, text: str, understanding: Understanding, *, colour: bool) -> str:
    """The message with its marked words; below it kind, topics and places, each with its probability and reasons."""
    source = Understanding.source(subject, text)
    topics = _shown(understanding)
    paint = {f"{_TOPIC}{score.id}": _COLOURS[number % len(_COLOURS)] for number, score in enumerate(topics)}
    marked = _marked(source, understanding.evidence, paint) if colour else _CONTROL.sub(" ", source)
    return "\n".join([marked, "", *_lines(catalogue, source, understanding)])


def has_colours(output: TextIO) -> bool:
    """Whether colours may be written: on a terminal, unless NO_COLOR is set (no-color.org); FORCE_COLOR wants them."""
    if os.environ.get("FORCE_COLOR"):
        return True
    return output.isatty() and not os.environ.get("NO_COLOR")


def _shown(understanding: Understanding) -> Sequence[TopicScore]:
    """The topics, or else those that came nearest; none of what can have no topic."""
    return () if understanding.kind in KINDS_WITHOUT_TOPIC else understanding.topics or understanding.suggestions


def _marked(source: str, evidence: Iterable[Evidence], paint: dict[str, str]) -> str:
    pieces: list[str] = []
    end = 0
    for item in sorted(evidence, key=lambda item: (item.start, -item.end)):
        if item.start < end or (item.label.startswith(_TOPIC) and item.label not in paint):
            continue
        pieces.append(_CONTROL.sub(" ", source[end : item.start]))
        word = _CONTROL.sub(" ", source[item.start : item.end])
        pieces.append(f"{paint.get(item.label, _PLACE)}{word}{_PLAIN}")
        end = item.end
    return "".join([*pieces, _CONTROL.sub(" ", source[end:])])


def _lines(catalogue: Catalogue, source: str, understanding: Understanding) -> Iterator[str]:
    words = catalogue.texts.words(OWN_LANGUAGE)
    yield f"Art: {words.kinds[understanding.kind]}"
    if not understanding.topics and understanding.kind not in KINDS_WITHOUT_TOPIC:
        yield "Kein Thema ist sicher genug. Am ehesten:"
    for score in _shown(understanding):
        reasons = _reasons(source, understanding.evidence, f"{_TOPIC}{score.id}")
        heading = "Thema: " if understanding.topics else "  "
        yield f"{heading}{topic_label(catalogue, score.id)} {percent(score.probability)}{reasons}"
    special = {REGION: words.whole_region, OUTSIDE: words.outside}
    for district in understanding.districts:
        known = catalogue.districts.get(district.key)
        name = special.get(district.key) or (known.name if known else district.key)
        yield f"Gebiet: {name} {percent(district.probability)}"
    for town in understanding.municipalities:
        yield f"Gemeinde: {town_label(catalogue, town)} {percent(town.probability)}"
    if understanding.candidates:
        yield "Nachzufragen wäre: " + ", ".join(place_label(catalogue, place) for place in understanding.candidates)
    yield f"Modell: {understanding.model}"


def _reasons(source: str, evidence: Iterable[Evidence], label: str) -> str:
    """The deciding words by weight, in brackets."""
    mine = sorted((item for item in evidence if item.label == label), key=lambda item: -item.weight)
    said = ", ".join(f"{_CONTROL.sub(' ', source[item.start : item.end])} {percent(item.weight)}" for item in mine)
    return f" ({said})" if said else ""
