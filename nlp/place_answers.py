"""What place a short answer means that somebody gives who was asked for one: "aue", "in Lichtenberg", "Anaberg"."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from nlp.gazetteer import MatchPolicy
from nlp.place_cues import ANSWER
from nlp.place_forms import Form, key, spellings
from nlp.place_mentions import Mention
from nlp.place_names import Reading, Sense, SenseKind, distinct
from nlp.place_spelling import is_one_off
from nlp.understanding import REGION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nlp.gazetteer import Gazetteer

# One letter turns too many shorter names into other words: Penig, wenig.
_SHORTEST_MISSPELT = 6
_SHORTEST_PART = 3
_LONGEST = 60
_LIKELY = frozenset({SenseKind.MUNICIPALITY, SenseKind.LOCALITY, SenseKind.DISTRICT})
# Who was asked for a place means one; but a quarter called "Zentrum" need not be the one that is meant.
_ASKED: Mapping[MatchPolicy, MatchPolicy] = {
    MatchPolicy.NEEDS_CONTEXT: MatchPolicy.FREE,
    MatchPolicy.NEVER_ALONE: MatchPolicy.NEEDS_CONTEXT,
}


class Answers:
    """Reads an answer that is nothing but a name, in whatever case, shortened or with one mistake."""

    def __init__(self, readings: Mapping[str, Reading], gazetteer: Gazetteer) -> None:
        self._readings = readings
        self._only_here = dict(_only_here(gazetteer))
        self._beginnings: dict[str, dict[Sense, None]] = {}
        for beginning, sense in _beginnings(gazetteer):
            self._beginnings.setdefault(beginning, {})[sense] = None
        self._by_initial: dict[str, list[str]] = {}
        for spelled, reading in readings.items():
            if reading.form is Form.NAME and len(spelled) >= _SHORTEST_MISSPELT and _is_likely(reading):
                self._by_initial.setdefault(spelled[0], []).append(spelled)

    def named(self, text: str) -> Mention | None:
        """The place that all of the text names, or with which the name of a town begins: "Brand" of Brand-Erbisdorf."""
        start, end, name = _name(text)
        reading = self._readings.get(name) or self._only_here.get(name)
        senses = tuple(sense for sense in reading.senses if sense.kind is not SenseKind.NOTHING) if reading else ()
        if all(sense.kind is not SenseKind.MUNICIPALITY for sense in senses):
            asked = (replace(sense, policy=_ASKED.get(sense.policy, sense.policy)) for sense in senses)
            senses = (*asked, *self._beginnings.get(name, ()))
        form = reading.form if reading else Form.NAME
        return Mention(start, end, distinct(Reading(form, senses))) if senses else None

    def misspelt(self, text: str) -> Mention | None:
        """The places whose names differ from the text in one letter, left out, added, another, or two exchanged.

        A town or district is taken for meant; about a quarter the submitter is asked.
        """
        start, end, name = _name(text)
        if not _SHORTEST_MISSPELT <= len(name) <= _LONGEST:
            return None
        near = [spelled for spelled in self._by_initial.get(name[0], ()) if is_one_off(spelled, name)]
        senses = dict.fromkeys(_unsure(sense) for spelled in near for sense in self._readings[spelled].senses)
        return Mention(start, end, distinct(Reading(Form.MISSPELT, tuple(senses)))) if senses else None


def _only_here(gazetteer: Gazetteer) -> Iterator[tuple[str, Reading]]:
    """Words that name the region or, as the additions to names do, a district, where a place was asked for."""
    whole = Sense(SenseKind.REGION, gazetteer.region.name, (REGION,))
    for answer in gazetteer.region.answers:
        yield from ((text, Reading(Form.NAME, (whole,))) for text in spellings(answer))
    names = {district.key: district.name for district in gazetteer.districts}
    for suffix in gazetteer.suffixes:
        for number in suffix.districts:
            district = Sense(SenseKind.DISTRICT, names[number], (number,))
            short = (key(addition) for addition in suffix.slash)
            yield from ((text, Reading(Form.NAME, (district,))) for text in short if len(text) >= _SHORTEST_PART)


def _beginnings(gazetteer: Gazetteer) -> Iterator[tuple[str, Sense]]:
    for town in gazetteer.municipalities:
        sense = Sense(SenseKind.MUNICIPALITY, town.name, (town.district,), town.ags)
        for spelled, form in spellings(town.name).items():
            ends = [index for index, sign in enumerate(spelled) if sign == " " and index >= _SHORTEST_PART]
            yield from ((spelled[:end], sense) for end in ends if form is Form.NAME)


def _name(text: str) -> tuple[int, int, str]:
    """The offsets of the name in an answer such as "in Aue!", and the name's key."""
    match = ANSWER.fullmatch(text[: 2 * _LONGEST])
    return (*match.span("name"), key(match["name"])) if match else (0, 0, "")


def _is_likely(reading: Reading) -> bool:
    return any(s.kind in _LIKELY and s.policy is not MatchPolicy.NEVER_ALONE for s in reading.senses)


def _unsure(sense: Sense) -> Sense:
    return replace(sense, policy=MatchPolicy.NEEDS_CONTEXT) if sense.kind is SenseKind.LOCALITY else sense
