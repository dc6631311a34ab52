"""What the words around a place name say about it: a street, a person, a comparison, or a place that is meant."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nlp import place_cues as cues
from nlp.place_contrasts import outdone
from nlp.place_kinds import is_goods, is_namesake, is_person, is_street, is_unproven_plate, is_word
from nlp.place_mentions import Mention, Role
from nlp.place_names import SenseKind
from nlp.place_pairs import ELSEWHERE, told_apart
from nlp.place_roles import role_of
from nlp.place_surroundings import Surroundings

if TYPE_CHECKING:
    from nlp.gazetteer import Words

_LONGEST_SIGNATURE = 300
_CLOSING = 40
_NAMED = frozenset({Role.PLACE, Role.HINT, Role.FAR})
_TAKEN = frozenset({Role.COMPARED, Role.HINT, Role.FAR, Role.ANCHOR})
_LANDMARKS = frozenset({SenseKind.LANDMARK, SenseKind.PASSING})
_POSTCODE = re.compile(r"\s+\d{5}\b")


def judged(text: str, mentions: tuple[Mention, ...], words: Words) -> tuple[Mention, ...]:
    """The mentions, in order of their offsets, with their roles."""
    signature = signature_start(text) if mentions else 0
    postscript = cues.POSTSCRIPT.search(text, signature)
    end = postscript.start() if postscript else len(text)
    ordered = sorted(mentions, key=lambda mention: mention.start)
    single = [
        _judge(Surroundings(text, mention, words), range(signature, end)) for mention in told_apart(text, ordered)
    ]
    return tuple(outdone(text, _spread(text, single)))


def answered(text: str, mentions: tuple[Mention, ...], words: Words) -> tuple[Mention, ...]:
    """The mentions in the answer to the question for a place: all but streets, people, and far towns that are words."""
    return tuple(mention for mention in mentions if not _is_elsewhere(Surroundings(text, mention, words)))


def signature_start(text: str) -> int:
    """The offset behind the closing formula, or the length of the text where there is none near its end."""
    start = max(0, len(text) - _LONGEST_SIGNATURE - _CLOSING)
    # "Grüße aus Oelsnitz, hier fehlt ein Arzt": where a message begins so, it closes nothing.
    closings = [match.end() for match in cues.CLOSING.finditer(text, start) if match.start() > 0]
    if closings and len(text) - closings[-1] <= _LONGEST_SIGNATURE:
        return closings[-1]
    address = cues.ADDRESS.search(text, start)
    return address.start() if address else len(text)


def _is_elsewhere(place: Surroundings) -> bool:
    if is_street(place) or is_person(place) or is_unproven_plate(place):
        return True
    return place.mention.outside and is_word(place)


def _judge(place: Surroundings, signature: range) -> Mention:
    elsewhere = is_namesake(place)
    if elsewhere:
        place.mention = replace(place.mention, reading=ELSEWHERE)
    mention = place.mention
    is_none = is_street(place) or is_person(place) or is_goods(place) or is_unproven_plate(place)
    if is_none or (is_word(place) and not elsewhere):
        return replace(mention, role=Role.IGNORED)
    role = _signature_role(place) if mention.start in signature else role_of(place, elsewhere=elsewhere)
    spot = mention.passing and bool(cues.BEFORE_SPOT.search(place.before))
    part = cues.BEFORE_QUARTER.search(place.before) or cues.AFTER_QUARTER.match(place.after) if mention.local else None
    urban = bool(part and cues.URBAN.search(part.group()))
    return replace(mention, role=role, quarter=bool(part), spot=spot, urban=urban)


def _signature_role(place: Surroundings) -> Role:
    """Under the closing formula stand the writer's name, which is no place, and the writer's address."""
    if cues.BEFORE_HOME.search(place.near.lower()) or _POSTCODE.match(place.after):
        return Role.HOME
    if cues.BEFORE_LINE.search(place.near) and cues.AFTER_LINE.match(place.following):
        return Role.HOME
    return Role.IGNORED


def _spread(text: str, mentions: list[Mention]) -> list[Mention]:
    """Give all names of "in Leipzig, Dresden und Plauen" the role that the words before or behind the series give."""
    spread = list(mentions)
    for index in range(1, len(spread)):
        earlier, later = spread[index - 1], spread[index]
        taken = earlier.role in _TAKEN or (earlier.role is Role.ROUTE and later.outside)
        if (
            {earlier.role, later.role} <= _NAMED
            and earlier.town
            and cues.BETWEEN_NEIGHBOURS.fullmatch(text[earlier.end : later.start][:30])
        ):
            spread[index] = replace(later, role=Role.ANCHOR)
        elif (earlier.role is Role.COMPARED and later.role is Role.PLACE and _belongs(text, earlier, later)) or (
            later.role in {Role.PLACE, Role.ROUTE, Role.IGNORED} and taken and _coordinated(text, earlier, later)
        ):
            spread[index] = replace(later, role=earlier.role)
    for index in range(len(spread) - 1, 0, -1):
        earlier, later = spread[index - 1], spread[index]
        if earlier.role is Role.PLACE and later.role is Role.COMPARED and _coordinated(text, earlier, later):
            spread[index - 1] = replace(earlier, role=later.role)
    return spread


def _belongs(text: str, town: Mention, later: Mention) -> bool:
    """Whether the later name is a landmark of the town, in the same sentence."""
    towns = {sense.ags for sense in town.reading.senses}
    landmark = all(sense.kind in _LANDMARKS and sense.ags in towns for sense in later.reading.senses)
    return landmark and not cues.BOUNDARY.search(text, town.end, later.start)


def _coordinated(text: str, earlier: Mention, later: Mention) -> bool:
    between = text[earlier.end : later.start][:30].lower()
    if between == ", " and cues.NEW_CLAUSE.match(text[later.end : later.end + 15]):
        return False
    return bool(cues.COORDINATION.fullmatch(between))
