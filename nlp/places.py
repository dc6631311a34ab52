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
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.util import filter_spans

from nlp.gazetteer import Gazetteer, load_gazetteer
from nlp.place_answers import Answers
from nlp.place_contexts import Mention, answered, judged, signature_start
from nlp.place_forms import Form
from nlp.place_names import Reading, Sense, SenseKind, readings
from nlp.place_points import Located, Locator
from nlp.place_resolution import LOCATED, NO_PLACES, Found, PlaceReading, PostcodeMention, resolve, scored
from nlp.understanding import OUTSIDE, Candidate, DistrictScore, Evidence, MunicipalityScore

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.tokens import Token

__all__ = ["FACTORY", "NO_PLACES", "SPANS", "PlaceReading", "PlacesComponent", "answered_places", "attach_places"]

FACTORY = "ideenkanal_places"
SPANS = "places"
_POSTCODE = re.compile(r"(?<![\d.,])\d{5}(?![\d]|[.,]\d)")
_AMOUNT = re.compile(
    r"\s*(?:€|%|euro|eur|einwohner|menschen|leute|stück|km|m²|qm|unterschriften|tonnen|kwh|besucher)", re.IGNORECASE
)
_WORD = re.compile(r"[^\W_]+")
_STREETS = frozenset(
    {"straße", "strasse", "str", "weg", "allee", "platz", "ring", "gasse", "schule", "gymnasium", "oberschule"}
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
        """Take over the places of a region; takes about a second."""
        self._gazetteer = gazetteer
        self._readings = readings(gazetteer)
        self._given_names = gazetteer.words.given_names
        self._compounds = _compounds(gazetteer)
        self._postcodes = {postcode.code: postcode for postcode in gazetteer.postcodes}
        self._towns = {town.ags: town for town in gazetteer.municipalities}
        self._districts = {district.key: district.name for district in gazetteer.districts}
        self._locator = Locator(gazetteer.boundaries)
        self._answers = Answers(self._readings, gazetteer)
        self._matcher = PhraseMatcher(self._nlp.vocab, attr="LOWER")
        for spelled in self._readings:
            # With a full stop the tokens may depend on capitals: "St. Egidien" has two tokens, "st. egidien" three.
            written = {spelled, spelled.title()} if "." in spelled else {spelled}
            self._matcher.add(spelled, [self._nlp.make_doc(text) for text in sorted(written)])

    def __call__(self, doc: Doc) -> Doc:
        """Read one message; raises RuntimeError when no places were loaded."""
        words = self._known.words
        mentions = judged(doc.text, tuple(self._mentions(doc)), words)
        located = self._locator.locate(doc._.points)
        found, asked = resolve(doc.text, mentions, tuple(self._postcode_mentions(doc.text)), located)
        doc._.places = self._reading(found, asked, located)
        spans = (doc.char_span(p.start, p.end, label=p.districts[0], alignment_mode="expand") for p in found)
        doc.spans[SPANS] = [span for span in spans if span is not None]
        return doc

    def answer(self, doc: Doc) -> PlaceReading:
        """The places in the answer of somebody who was asked for one; raises RuntimeError when none were loaded."""
        words = self._known.words
        postcodes = tuple(self._postcode_mentions(doc.text))
        named = self._answers.named(doc.text)
        mentions = (named,) if named else answered(doc.text, tuple(self._mentions(doc)), words)
        if not (mentions or postcodes):
            misspelt = self._answers.misspelt(doc.text)
            mentions = (misspelt,) if misspelt else ()
        return self._reading(*resolve(doc.text, mentions, postcodes, Located()), Located())

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
            municipalities=self._municipalities(found, located),
            evidence=tuple(Evidence(place.start, place.end, key) for place in found for key in place.districts),
            candidates=tuple(self._candidate(sense) for sense in asked),
        )

    def _mentions(self, doc: Doc) -> Iterator[Mention]:
        covered: set[int] = set()
        for span in filter_spans(self._matcher(doc, as_spans=True)):
            covered.update(range(span.start, span.end))
            reading = self._readings[span.label_]
            if all(sense.kind is not SenseKind.NOTHING for sense in reading.senses):
                yield Mention(span.start_char, span.end_char, reading)
        for token in doc:
            if token.i not in covered and token.text[:1].isalnum() and not (token.like_url or token.like_email):
                yield from self._inside(token)

    def _inside(self, token: Token) -> Iterator[Mention]:
        """Names inside one token: "Zwickau-Mosel", "Plauen's", "Vogtlandbahn"."""
        lowered = token.lower_
        for stem, district in self._compounds:
            if lowered.startswith(stem) and len(lowered) > len(stem) + 2:
                yield Mention(token.idx, token.idx + len(token), district)
                return
        yield from self._parts(token)

    def _parts(self, token: Token) -> Iterator[Mention]:
        parts = list(_WORD.finditer(token.text))
        words = [part.group().lower() for part in parts]
        if len(parts) < 2 or words[-1] in _STREETS or self._given_names.intersection(words):
            return
        position = 0
        while position < len(parts):
            size = next((n for n in (3, 2, 1) if "-".join(words[position : position + n]) in self._readings), 1)
            reading = self._readings.get("-".join(words[position : position + size]))
            if reading and all(sense.kind is not SenseKind.NOTHING for sense in reading.senses):
                end = parts[min(position + size, len(parts)) - 1].end()
                yield Mention(token.idx + parts[position].start(), token.idx + end, reading)
            position += size

    def _postcode_mentions(self, text: str) -> Iterator[PostcodeMention]:
        signature = signature_start(text)
        for match in _POSTCODE.finditer(text):
            postcode = self._postcodes.get(match.group())
            if postcode and not _AMOUNT.match(text, match.end()):
                yield PostcodeMention(match.start(), match.end(), postcode, match.start() >= signature)

    def _municipalities(self, found: tuple[Found, ...], located: Located) -> tuple[MunicipalityScore, ...]:
        best = dict.fromkeys(located.towns, LOCATED)
        for place in found:
            if place.ags:
                best[place.ags] = max(best.get(place.ags, 0.0), place.probability)
        order = sorted(best, key=lambda ags: (-best[ags], ags))
        return tuple(MunicipalityScore(ags, self._towns[ags].name, best[ags]) for ags in order)

    def _candidate(self, sense: Sense) -> Candidate:
        town = self._towns[str(sense.ags)]
        if sense.kind is SenseKind.LOCALITY:
            return Candidate(town.ags, f"{sense.name} ({town.name})", town.district)
        bare = town.official_name == town.name
        name = f"{town.name} ({self._districts[town.district]})" if bare else town.official_name
        return Candidate(town.ags, name, town.district)


def _compounds(gazetteer: Gazetteer) -> tuple[tuple[str, Reading], ...]:
    return tuple(
        (stem.lower(), Reading(Form.ADJECTIVE, (Sense(SenseKind.DISTRICT, district.name, (district.key,)),)))
        for district in gazetteer.districts
        for stem in district.compounds
    )
