"""Whether a place is only named because others have there what the writer's own place, left unnamed, lacks."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from nlp.place_cues import BOUNDARY, after, before
from nlp.place_mentions import Role
from nlp.place_stances import BEFORE_OWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from nlp.place_mentions import Mention
    from nlp.place_surroundings import Surroundings

# How far before the place that goes without, in letters, others are looked for that do not.
_SAME_SENTENCE = 160

# Others have it, and the writer's place has not: "In Zwickau fährt sie bis elf, bei uns ist um acht Schluss".
AFTER_CONTRAST = after(
    r"(?P<there>[^.!?\n]{6,70}?)(?:,|;|:|\s[\u2013-]|\bund|\baber|\bwährend|\bnur|\bdoch)\s*"
    r"(?:(?:und|aber|nur|doch|während|hier)\s+){0,2}"
    r"(?:bei uns|(?<!und )uns (?:fehlt|bleibt|fehlen)|wir (?:(?:haben|kriegen|bekommen|stehen|sitzen|hatten)\s+)?"
    r"(?:nur|bloß|dagegen|hingegen|leider|immer noch))\b(?!\s+(?:hier\s+)?(?:in|im|am|auf|aus)\b)",
    r"(?P<same>[^.!?\n]{1,60}?),?\s*(?:warum|wieso|weshalb|wann)\s+(?:\w+\s+){0,3}(?:nicht|nie|endlich)\s+(?:auch\s+)?"
    r"(?:hier|bei uns)\s*(?:[.!?]|$)",
)
# Saves looking for the pattern above, which has to contain one of them.
UNNAMED = re.compile("bei uns|uns (?:f|b)|wir |hier")
# "Die Freiberger haben einen Christmarkt, wir haben drei Buden".
AFTER_OTHERS = after(
    r"\s+(?:hat|haben|kriegen|bekommen|dürfen|können)\b[^.!?\n]{1,60}(?:,|;|\bund|\baber)\s*(?:und\s+|aber\s+)?(?:wir|uns)\b",
    r"\s+(?:ihr\w*|ein\w{0,2}|d\w\w)\s[^.!?\n]{1,40},\s*(?:und|aber|nur)\s+wir\b",
)
BEFORE_OTHERS = before(r"(?:die|den|der)\s+")
# "Was Annaberg kann, das können wir auch".
BEFORE_WHAT = before(r"^\W*was\s+(?:(?:in|die|der|das|man in|denen in)\s+)?")
AFTER_WHAT = after(
    r"[^.!?\n]{0,60}\b(?:kann|können|geht|schaff\w+|hat|haben|mach\w+|krieg\w+)\b[^.!?\n,]{0,12},"
    r"[^.!?\n]{0,40}\b(?:wir|uns|hier|auch)\b"
)
# Looked for in the text behind the name, in small letters.
AND_WE = re.compile(
    r"[^.!?\u2026\n]{0,120}[.!?\u2026]+\s*"
    r"(?:(?:und|aber|nur)\s+(?:was ist mit uns|wir|bei uns|hier|unser ort|unser dorf)\s*(?:hier)?\s*\?"
    r"|(?:und\s+)?(?:warum|wieso|weshalb)\s+(?:\w+\s+){1,4}(?:hier|bei uns|wir)\s+(?:auch\s+)?nicht\s*\?)"
)
HAVING = re.compile(
    r"\b(?:hat|haben|hatten?|gibts?|gab|fähr\w*|fahren|geht|gehen|läuft|laufen|ist|sind|kost\w+|macht|machen|wird|werden|darf"
    r"|dürfen|kann|können|krieg\w+|bekomm\w+|zahl\w+|steh\w+|baut|bauen|kommt|kommen|lieg\w+|funktionier\w*|klapp\w+)\b"
)
MISSING = re.compile(
    r"\b(?:kein\w{0,3}|nicht|nie|niemand|nirgends|fehl\w+|weg|zu|geschlossen|leer|kaputt|soll\w{0,4}|muss|müsste\w?|müssen"
    r"|bitte|endlich|brauch\w+|bräuchte\w?|könnte\w?|wir|ich|unser\w{0,2}|uns)\b"
)
# "Weder Zwickau noch Plauen interessieren mich".
BEFORE_NEITHER = before(r"(?:weder|noch)\s+(?:um\s+|das\s+|die\s+)?")
AFTER_NEITHER = after(r"[^.!?\n]{0,40}\b(?:interessier\w+|gemeint|meine ich|geht es|geht's|gehen mich|helfen mir)\b")
# Another place goes without: "Pöhla hat Glasfaser, und Markersbach guckt in die Röhre", "aber bei uns in Kirchberg".
BEFORE_LACKING = before(r"(?:aber|nur|bloß|und|während|doch)\s+(?:bei uns\s+)?(?:hier\s+)?(?:in\s+)?")
AFTER_LACKING = after(
    r"\s+(?:hat|haben|kriegt|bekommt|hatte|gibt es|gibt's)\s+(?:\w+\s+){0,5}?(?:nichts|nix|kein\w{0,3}|nicht mal)\b",
    r"\s+(?:fehlt|fehlen)\b",
    r"\s+(?:gu?ckt|schaut)\s+in die röhre\b",
    r"\s+geht\s+(?:\w+\s+){0,2}leer aus\b",
    r"\s+lässt\s+(?:\w+\s+){0,3}(?:verfallen|verkommen|verrotten)\b",
)
# What is merely joined is compared only where the one gets what the other does not.
GETTING = re.compile(r"\b(?:hat|haben|hatten?|gibts?|kriegt|kriegen|bekommt|bekommen)\b")
TOGETHER = re.compile(r"\b(?:beide\w?|gemeinsam\w*|zusammen|alle[nr]?)\b")
# "Bei uns im Vogtlandkreis kostet die Tonne extra, in Zwickau nicht."
BEFORE_BUT_THERE = before(
    r"(?:bei uns|wir (?:in|im|aus))\b[^.!?;\n]{3,90}[,\u2013-]\s*(?:aber\s+)?(?:[\w-]{3,20} und\s+)?(?:in\s+|im\s+)?"
)
AFTER_BUT_THERE = after(r"\s+(?:aber\s+|dagegen\s+)?nicht\s*(?:[.!;]|$)")


def is_contrasted(place: Surroundings) -> bool:
    """Whether it is only named for what the writer's own place, left unnamed, lacks."""
    neither = BEFORE_NEITHER.search(place.before) and AFTER_NEITHER.match(place.after)
    what = BEFORE_WHAT.search(place.before) and AFTER_WHAT.match(place.after)
    others = place.mention.adjective and BEFORE_OTHERS.search(place.before) and AFTER_OTHERS.match(place.after)
    unlike = AFTER_BUT_THERE.match(place.after) and BEFORE_BUT_THERE.search(place.before)
    if not (neither or what or others or unlike or _is_lacked(place)):
        return False
    return not BEFORE_OWN.search(place.before)


def _is_lacked(place: Surroundings) -> bool:
    """Whether something is said to be there, and "bei uns" follows, or "Und wir?"."""
    if "?" in place.behind and AND_WE.match(place.behind.lower()) and not MISSING.search(place.sentence):
        return True
    if not UNNAMED.search(place.after):
        return False
    match = AFTER_CONTRAST.match(place.after)
    there = match["there"] or match["same"] if match else ""
    return bool(HAVING.search(there)) and not MISSING.search(there)


def outdone(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The mentions; where one place goes without, those of its sentence that have something are only compared with."""
    judged = list(mentions)
    for index, lacking in enumerate(mentions):
        # Of namesakes, the other places of the sentence may tell which is meant.
        if lacking.role is not Role.PLACE or lacking.shared or not _goes_without(text, lacking):
            continue
        start = _first_of_sentence(text, mentions, index)
        if not _is_had(text[mentions[start].end : lacking.start].lower()):
            continue
        for other in range(start, index):
            if judged[other].role is Role.PLACE and judged[other].reading != lacking.reading:
                judged[other] = replace(judged[other], role=Role.COMPARED)
    return judged


def _goes_without(text: str, place: Mention) -> bool:
    behind = text[place.end : place.end + 80].lower()
    before_it = BEFORE_LACKING.search(text[max(0, place.start - 40) : place.start].lower())
    return bool(before_it and AFTER_LACKING.match(behind) and not TOGETHER.search(behind))


def _is_had(there: str) -> bool:
    """Whether the words up to the place that goes without say that something is to be had elsewhere."""
    joint = BEFORE_LACKING.search(there)
    having = GETTING if joint and joint.group().startswith("und") else HAVING
    return bool(having.search(there)) and not MISSING.search(BEFORE_LACKING.sub("", there))


def _first_of_sentence(text: str, mentions: Sequence[Mention], index: int) -> int:
    """The index of the first mention that stands in one sentence with the one of this index."""
    first = index
    end = mentions[index].start
    while first > 0 and end - mentions[first - 1].end < _SAME_SENTENCE:
        if BOUNDARY.search(text, mentions[first - 1].end, end):
            break
        first -= 1
    return first
