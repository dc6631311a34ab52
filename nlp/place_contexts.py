"""What the words around a place name say about it: a street, a person, a comparison, or a place that is meant."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from nlp.place_cues import (
    AFTER_COMPARED,
    AFTER_FAR,
    AFTER_PAST,
    AFTER_VORBILD,
    AFTER_WAYS,
    BEFORE_COMPARED,
    BEFORE_ELLIPTIC_STREET,
    BEFORE_EXAMPLES,
    BEFORE_FAR_TOWN,
    BEFORE_HOME,
    BEFORE_PAST,
    BEFORE_PERSON,
    BEFORE_QUARTER,
    BEFORE_RIVER,
    BEFORE_ROUTE,
    BEFORE_TOWN,
    BEFORE_WAYS,
    CLOSING,
    COORDINATION,
    SENTENCE_START,
    STREET,
)
from nlp.place_forms import Form
from nlp.place_names import Reading, SenseKind

if TYPE_CHECKING:
    from nlp.gazetteer import Words

_BEFORE = 120
_AFTER = 80
_LONGEST_SIGNATURE = 300


class Role(StrEnum):
    """How a place name counts: fully; as the writer's home; perhaps only compared with; or not at all.

    A route or an example outside the region (ROUTE) makes no idea one of somewhere else.
    """

    PLACE = "place"
    HOME = "home"
    MAYBE_COMPARED = "maybe_compared"
    COMPARED = "compared"
    ROUTE = "route"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Mention:
    """A place name in a text; offsets are characters, end exclusive. `quarter` is set after "Ortsteil" and the like."""

    start: int
    end: int
    reading: Reading
    role: Role = Role.PLACE
    quarter: bool = False

    @property
    def outside(self) -> bool:
        """Whether every meaning lies outside the region."""
        return all(sense.kind is SenseKind.OUTSIDE for sense in self.reading.senses)


def judged(text: str, mentions: tuple[Mention, ...], words: Words) -> tuple[Mention, ...]:
    """The mentions, in order of their offsets, with their roles."""
    signature = signature_start(text)
    ordered = sorted(mentions, key=lambda mention: mention.start)
    single = [_judge(text, mention, words, signature) for mention in ordered]
    return tuple(_spread(text, single))


def answered(text: str, mentions: tuple[Mention, ...], words: Words) -> tuple[Mention, ...]:
    """The mentions in the answer to the question for a place: all but streets, people, and far towns that are words."""
    return tuple(mention for mention in mentions if not _is_elsewhere(text, mention, words))


def signature_start(text: str) -> int:
    """The offset behind the closing formula, or the length of the text where there is none near its end."""
    closings = [match.end() for match in CLOSING.finditer(text)]
    if closings and len(text) - closings[-1] <= _LONGEST_SIGNATURE:
        return closings[-1]
    return len(text)


def _is_elsewhere(text: str, mention: Mention, words: Words) -> bool:
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    after = text[mention.end : mention.end + _AFTER]
    written = text[mention.start : mention.end]
    if _is_street(mention, before, after) or _is_person(written, before, words):
        return True
    if _is_unproven_plate(mention, written, before, after):
        return True
    return mention.outside and _is_word(mention, written, before, after, words)


def _judge(text: str, mention: Mention, words: Words, signature: int) -> Mention:
    before = text[max(0, mention.start - _BEFORE) : mention.start]
    after = text[mention.end : mention.end + _AFTER]
    written = text[mention.start : mention.end]
    if _is_street(mention, before, after) or _is_person(written, before, words):
        return replace(mention, role=Role.IGNORED)
    if _is_word(mention, written, before, after, words) or _is_unproven_plate(mention, written, before, after):
        return replace(mention, role=Role.IGNORED)
    role = _signature_role(before, after) if mention.start >= signature else _role(mention, before, after)
    return replace(mention, role=role, quarter=bool(BEFORE_QUARTER.search(before)))


def _is_street(mention: Mention, before: str, after: str) -> bool:
    """Whether it is "Zwickauer Straße", "Zwickauer und Plauener Str.", or "auf der Zwickauer" at a clause's end."""
    if mention.reading.form < Form.ADJECTIVE:
        return False
    elliptic = BEFORE_ELLIPTIC_STREET.search(before) and re.match(r"\s*(?:[.,;:!?)]|\d|$)", after)
    return bool(STREET.match(after) or elliptic)


def _is_person(written: str, before: str, words: Words) -> bool:
    if not written[:1].isupper():
        return False
    last = re.search(r"(\w+)[ \t]+$", before)
    return bool(BEFORE_PERSON.search(before)) or bool(last and last[1].lower() in words.given_names)


def _is_word(mention: Mention, written: str, before: str, after: str, words: Words) -> bool:
    """Whether a river or an everyday word is meant and no town."""
    lowered = written.lower()
    if lowered in words.rivers and BEFORE_RIVER.search(before):
        return True
    if lowered not in words.everyday:
        return False
    if mention.reading.form >= Form.ADJECTIVE:
        return not (written[:1].isupper() and re.match(r"\s+[A-ZÄÖÜ]", after))
    if not written[:1].isupper() and (before + after) != (before + after).lower():
        return True
    if mention.outside:
        return not BEFORE_FAR_TOWN.search(before)
    at_start = SENTENCE_START.search(before) and re.match(r"\s+[a-zäöü]", after)
    return not (at_start or BEFORE_TOWN.search(before))


def _is_unproven_plate(mention: Mention, written: str, before: str, after: str) -> bool:
    if all(sense.kind is not SenseKind.PLATE for sense in mention.reading.senses):
        return False
    return not (written.isupper() and re.search(r"kennzeichen", before + after, re.IGNORECASE))


def _signature_role(before: str, after: str) -> Role:
    """Under the closing formula stand the writer's name, which is no place, and the writer's address."""
    if BEFORE_HOME.search(before) or re.match(r"\s+\d{5}\b", after):
        return Role.HOME
    return Role.IGNORED


def _role(mention: Mention, before: str, after: str) -> Role:
    adjective = mention.reading.form >= Form.ADJECTIVE
    if BEFORE_EXAMPLES.search(before):
        return Role.COMPARED if mention.outside else Role.PLACE
    if _is_compared(before, after) or (adjective and AFTER_VORBILD.match(after)):
        return Role.COMPARED
    if mention.outside and (BEFORE_ROUTE.search(before) or AFTER_FAR.match(after)):
        return Role.ROUTE
    if not adjective and (AFTER_WAYS.match(after) or BEFORE_WAYS.search(before)):
        return Role.MAYBE_COMPARED
    return Role.PLACE


def _is_compared(before: str, after: str) -> bool:
    """Whether the place is an example, the home of other people or the writer's past."""
    past = BEFORE_PAST.search(before) and AFTER_PAST.match(after)
    return bool(past or BEFORE_COMPARED.search(before) or AFTER_COMPARED.match(after))


def _spread(text: str, mentions: list[Mention]) -> list[Mention]:
    """Give all names of "in Leipzig, Dresden und Plauen" the comparison that stands before or behind the series."""
    comparing = {Role.COMPARED, Role.MAYBE_COMPARED}
    spread = list(mentions)
    for index in range(1, len(spread)):
        earlier, later = spread[index - 1], spread[index]
        taken = earlier.role in comparing or (earlier.role is Role.ROUTE and later.outside)
        if later.role in {Role.PLACE, Role.ROUTE} and taken and _coordinated(text, earlier, later):
            spread[index] = replace(later, role=earlier.role)
    for index in range(len(spread) - 1, 0, -1):
        earlier, later = spread[index - 1], spread[index]
        if earlier.role is Role.PLACE and later.role in comparing and _coordinated(text, earlier, later):
            spread[index - 1] = replace(earlier, role=later.role)
    return spread


def _coordinated(text: str, earlier: Mention, later: Mention) -> bool:
    return bool(COORDINATION.fullmatch(text[earlier.end : later.start][:30]))
