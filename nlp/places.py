"""The spaCy component that reads the places of a message.

It writes the names it counts into `doc.spans["places"]` and its PlaceReading into `doc._.places`; the positions shared
with the message stand in `doc._.points`. What it knows of the region is read when the pipeline is put together: nothing
of it is stored with the model.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from spacy.language import Language
from spacy.tokens import Doc

from nlp.gazetteer import Gazetteer, load_gazetteer
from nlp.place_answers import Answers
from nlp.place_choice import PostcodeMention
from nlp.place_contexts import answered, judged, signature_start
from nlp.place_forms import Form, folded
from nlp.place_matcher import Matcher
from nlp.place_names import Reading, Sense, SenseKind, readings
from nlp.place_neighbours import Neighbours
from nlp.place_points import Located, Locator
from nlp.place_resolution import LOCATED, NO_PLACES, Found, PlaceReading, resolve, scored
from nlp.tokens import written
from nlp.understanding import OUTSIDE, REGION, Candidate, DistrictScore, Evidence, MunicipalityScore

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["FACTORY", "NO_PLACES", "SPANS", "PlaceReading", "PlacesComponent", "answered_places", "attach_places"]

FACTORY = "ideenkanal_places"
SPANS = "places"
_POSTCODE = re.compile(r"(?<![\d.,])\d{5}(?![\d]|[.,]\d)")
_AMOUNT = re.compile(
    r"\s*(?:€|%|euro|eur|einwohner|menschen|leute|stück|km|m²|qm|unterschriften|tonnen|kwh|besucher)", re.IGNORECASE
)


def attach_places(nlp: Language, gazetteer: Gazetteer) -> None:
    """Add the component at the end of the pipeline, or give the one that is there its places."""
    if FACTORY not in nlp.pipe_names:
        nlp.add_pipe(FACTORY, last=True, config={"places_dir": ""})
    _component_of(nlp).load(gazetteer)


def answered_places(nlp: Language, text: str) -> PlaceReading:
    """The places in the answer of somebody who was asked for one; none from a pipeline that reads no places."""
    return _component_of(nlp).answer(nlp.make_doc(text)) if FACTORY in nlp.pipe_names else NO_PLACES


def _component_of(nlp: Language) -> PlacesComponent:
    component = nlp.get_pipe(FACTORY)
    if not isinstance(component, PlacesComponent):
        raise TypeError(f"the pipeline's {FACTORY} is a {type(component).__name__}")
    return component


@Language.factory(FACTORY, default_config={"places_dir": "config/places"})
def _component(nlp: Language, name: str, places_dir: str) -> PlacesComponent:
    """The component with the places of that folder, or without any where the path is empty."""
    Doc.set_extension("places", default=None, force=True)
    Doc.set_extension("points", default=(), force=True)
    return PlacesComponent(nlp, load_gazetteer(Path(places_dir)) if places_dir else None, name=name)


class PlacesComponent:
    """Reads places; has to be given a gazetteer before its first message.

    It has no `to_disk`, so that spaCy stores nothing of it but its name: places are configuration, not model.
    """

    def __init__(self, nlp: Language, gazetteer: Gazetteer | None = None, name: str = FACTORY) -> None:
        self.name = name
        self._nlp = nlp
        self._gazetteer: Gazetteer | None = None
        if gazetteer is not None:
            self.load(gazetteer)

    def load(self, gazetteer: Gazetteer) -> None:
        """Take over the places of a region; takes some 0.2 s."""
        self._gazetteer = gazetteer
        known = readings(gazetteer)
        self._matcher = Matcher(known, _compounds(gazetteer), gazetteer.words)
        self._postcodes = {postcode.code: postcode for postcode in gazetteer.postcodes}
        self._towns = {town.ags: town for town in gazetteer.municipalities}
        self._districts = {district.key: district.name for district in gazetteer.districts}
        self._locator = Locator(gazetteer.boundaries)
        self._neighbours = Neighbours(gazetteer.boundaries)
        self._answers = Answers(known, gazetteer)

    def __call__(self, doc: Doc) -> Doc:
        """Read one message; raises RuntimeError when no places were loaded."""
        words = self._known.words
        text = written(doc)[0]
        mentions = judged(text, tuple(self._matcher.mentions(text)), words)
        postcodes = tuple(self._postcode_mentions(text))
        located = self._locator.locate(doc._.points)
        found: tuple[Found, ...] = ()
        asked: tuple[Sense, ...] = ()
        if mentions or postcodes:
            found, asked = resolve(text, mentions, postcodes, located, self._neighbours)
        doc._.places = self._reading(found, asked, located)
        spans = (doc.char_span(p.start, p.end, label=p.districts[0], alignment_mode="expand") for p in found)
        doc.spans[SPANS] = [span for span in spans if span is not None]
        return doc

    def answer(self, doc: Doc) -> PlaceReading:
        """The places in the answer of somebody who was asked for one; raises RuntimeError when none were loaded."""
        words, text = self._known.words, written(doc)[0]
        postcodes = tuple(self._postcode_mentions(text))
        named = self._answers.named(text) or (None if postcodes else self._answers.misspelt(text))
        mentions = (named,) if named else answered(text, tuple(self._matcher.mentions(text)), words)
        return self._reading(*resolve(text, mentions, postcodes, Located(), self._neighbours), Located())

    @property
    def _known(self) -> Gazetteer:
        if self._gazetteer is None:
            raise RuntimeError(f"{FACTORY} has no places: call attach_places or set places_dir")
        return self._gazetteer

    def _reading(self, found: tuple[Found, ...], asked: tuple[Sense, ...], located: Located) -> PlaceReading:
        inside = located.towns or asked or any(place.districts != (OUTSIDE,) for place in found)
        districts = scored(found, frozenset(self._districts), located)
        return PlaceReading(
            districts=(DistrictScore(OUTSIDE, LOCATED),) if located.outside and not inside else districts,
            municipalities=() if _is_region(districts) else self._municipalities(found, located),
            evidence=tuple(Evidence(place.start, place.end, key) for place in found for key in place.districts),
            candidates=tuple(self._candidate(sense) for sense in asked),
        )

    def _postcode_mentions(self, text: str) -> Iterator[PostcodeMention]:
        for match in _POSTCODE.finditer(text):
            postcode = self._postcodes.get(match.group())
            if postcode and not _AMOUNT.match(text, match.end()):
                yield PostcodeMention(match.start(), match.end(), postcode, match.start() >= signature_start(text))

    def _municipalities(self, found: tuple[Found, ...], located: Located) -> tuple[MunicipalityScore, ...]:
        best = dict.fromkeys(located.towns, LOCATED)
        for place in found:
            for ags in place.towns:
                best[ags] = max(best.get(ags, 0.0), place.probability)
        order = sorted(best, key=lambda ags: -best[ags])  # of equally probable ones, the first named
        return tuple(MunicipalityScore(ags, self._towns[ags].name, best[ags]) for ags in order)

    def _candidate(self, sense: Sense) -> Candidate:
        town = self._towns[str(sense.ags)]
        if sense.kind is SenseKind.LOCALITY:
            return Candidate(town.ags, f"{sense.name} ({town.name})", town.district)
        bare = town.official_name == town.name
        name = f"{town.name} ({self._districts[town.district]})" if bare else town.official_name
        return Candidate(town.ags, name, town.district)


def _is_region(districts: tuple[DistrictScore, ...]) -> bool:
    """Whether all of the region is meant, and none of the towns that were named on the way."""
    return any(score.key == REGION for score in districts)


def _compounds(gazetteer: Gazetteer) -> dict[str, Reading]:
    return {
        folded(stem): Reading(Form.ADJECTIVE, (Sense(SenseKind.DISTRICT, district.name, (district.key,)),))
        for district in gazetteer.districts
        for stem in district.compounds
    }
