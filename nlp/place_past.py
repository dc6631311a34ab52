"""Whether the writer lived in a place once, or left it: such a place is not what an idea is about."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from nlp.place_cues import after, any_of, before

if TYPE_CHECKING:
    from nlp.place_surroundings import Surroundings

# How far behind the name a home is looked for: a message may name thousands of places.
_WITHIN = 600
BEFORE_PAST = before(r"(?:\b(?:ich|wir)\b|^\W*(?:bin|hab|habe|haben|sind)\b)[^.!?;\n]{0,90}")
AFTER_PAST = after(
    r"[^.!?;,\n]{0,40}?\b(?:"
    + any_of(
        "gewohnt gelebt gesehen erlebt kennengelernt aufgewachsen geboren gewesen studiert gearbeitet gelernt"
        " gedient verbracht unterrichtet malocht angestellt_gewesen"
    )
    + r"|(?:habe|hatte|wohnte|lebte|arbeitete)\s+(?:ich|wir))\b"
)
BEFORE_YEARS = before(
    r"(?:ich|wir)\b[^.!?;\n]{0,30}\b(?:jahre|jahrelang|jahrzehnte|jahrzehntelang|ewig)\b[^.!?;\n]{0,40}"
)
AFTER_YEARS = after(
    r"[^.!?;,\n]{0,40}?\b(?:gestanden|geschafft|gesessen|gefahren|gebaut|gedreht|geschuftet|genäht|gewebt)\b"
)
AFTER_ERA = after(r"[^.!?\n]{0,60}\b(?:bis zur wende|(?:vor|bis) der wende|zu ddr-?zeiten|in der ddr|bis zur rente)\b")
BEFORE_LEFT = before(r"(?:aus|von)\s+(?:dem\s+|der\s+)?")
AFTER_LEFT = after(r"\s+(?:\S+\s+){0,5}?(?:gezogen|gekommen|geflohen|geflüchtet)\b")
# Long ago, in the writer's life: a hint, unless the writer now lives somewhere that stays unnamed.
BEFORE_YOUTH = before(
    r"(?:in|seit|aus|zu) (?:meiner|unserer|der) (?:kindheit|jugend|kinderzeit|schulzeit|studienzeit|lehrzeit)\b"
    r"[^.!?;\n]{0,90}",
    r"als (?:kind|kinder|junge|mädchen|lehrling|student|studentin|schüler|schülerin|jugendlicher?|stift|azubi)\b"
    r"[^.!?;\n]{0,90}",
    r"als (?:ich|wir) (?:noch )?(?:klein|jung|kind|kinder|lehrling|student|azubi)\b[^.!?;\n]{0,80}",
)
UNNAMED_HOME = re.compile(
    r"\b(?:in|bei|an|für|zu) (?:mein|unser)\w{0,2} (?:\w{3,15} )?(?:dorf|ort|stadt|städtchen|gemeinde|viertel)\b"
    r"|\bbei uns\b(?! (?:hier )?(?:in|im|am|auf)\b)",
    re.IGNORECASE,
)
# What is wished for some place that stays unnamed.
HOME_TO_BE = re.compile(
    r"\bfür (?:meinen|unseren|unser|mein|unsre) (?:\w{3,15} )?(?:ort|dorf|städtchen|gemeinde|stadt)\b", re.IGNORECASE
)


def is_left(place: Surroundings) -> bool:
    """Whether the writer lived or was there once."""
    if AFTER_LEFT.match(place.after) and BEFORE_LEFT.search(place.before):
        return True
    if AFTER_PAST.match(place.after) and BEFORE_PAST.search(place.before):
        return True
    if AFTER_ERA.match(place.after) and BEFORE_PAST.search(place.before):
        return True
    if AFTER_YEARS.match(place.after) and BEFORE_YEARS.search(place.before):
        return True
    young = BEFORE_YOUTH.search(place.before)
    end = place.mention.end
    return young is not None and UNNAMED_HOME.search(place.text, end, end + _WITHIN) is not None


def is_wished_elsewhere(place: Surroundings) -> bool:
    """Whether something is wished for a place that stays unnamed: "Das hätte ich gern für unser Dorf"."""
    end = place.mention.end
    return HOME_TO_BE.search(place.text, end, end + _WITHIN) is not None
