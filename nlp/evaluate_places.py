"""Figures: how often places are read as a person of the region would, by what makes a case difficult."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.json_lines import read_json_lines
from nlp.understanding import Classifier, Understanding

_KEYS = ("id", "subject", "text", "districts", "municipalities", "candidates", "difficulty")


@dataclass(frozen=True, slots=True)
class PlaceCase:
    """A message with its places: district keys, AGS of municipalities, AGS of those among which one must ask."""

    id: str
    subject: str
    text: str
    districts: frozenset[str]
    municipalities: frozenset[str]
    candidates: frozenset[str]
    difficulty: str

    def has_districts(self, said: Understanding) -> bool:
        """Whether exactly the right districts are acted on."""
        return self.districts == {score.key for score in said.districts}

    def has_municipalities(self, said: Understanding) -> bool:
        """Whether exactly the right municipalities are acted on."""
        return self.municipalities == {score.ags for score in said.municipalities}

    def has_candidates(self, said: Understanding) -> bool:
        """Whether exactly the right places are asked about."""
        return self.candidates == {candidate.ags for candidate in said.candidates}

    def is_resolved_silently(self, said: Understanding) -> bool:
        """Whether one of several places with the same name is acted on though nothing decides between them."""
        acted = {score.key for score in said.districts} - self.districts
        return bool(self.candidates) and bool(acted or {score.ags for score in said.municipalities})


@dataclass(frozen=True, slots=True)
class PlaceFigures:
    """Shares from 0 to 1 over `cases` messages; a share of nothing is None.

    districts: exactly the right ones. municipalities: exactly the right ones, where one is meant. candidates: exactly
    the right ones, where one must ask. silent: how many homonyms were resolved though nothing decides.
    """

    cases: int
    districts: float | None
    municipalities: float | None
    candidates: float | None
    silent: int


@dataclass(frozen=True, slots=True)
class PlaceEvaluation:
    """The figures over all cases, and for each kind of difficulty."""

    overall: PlaceFigures
    difficulties: Mapping[str, PlaceFigures]


def read_place_cases(path: Path) -> tuple[PlaceCase, ...]:
    """The cases of a file of JSON lines; raises CorpusError with all its defects."""
    return read_json_lines(path, f"a JSON object with the keys {', '.join(_KEYS)}", _case)


def evaluate_places(classifier: Classifier, cases: Iterable[PlaceCase]) -> PlaceEvaluation:
    """Compare what the classifier makes of each case with its labels."""
    pairs = [(case, classifier.understand(case.subject, case.text)) for case in cases]
    difficulties = sorted({case.difficulty for case, _ in pairs})
    return PlaceEvaluation(
        overall=_figures(pairs),
        difficulties={
            difficulty: _figures([pair for pair in pairs if pair[0].difficulty == difficulty])
            for difficulty in difficulties
        },
    )


_Pairs = Sequence[tuple[PlaceCase, Understanding]]


def _case(data: Any) -> PlaceCase:
    sets = {key: frozenset(data[key]) for key in ("districts", "municipalities", "candidates")}
    return PlaceCase(**{key: data[key] for key in _KEYS} | sets)


def _figures(pairs: _Pairs) -> PlaceFigures:
    return PlaceFigures(
        cases=len(pairs),
        districts=_share(pairs, PlaceCase.has_districts),
        municipalities=_share([pair for pair in pairs if pair[0].municipalities], PlaceCase.has_municipalities),
        candidates=_share([pair for pair in pairs if pair[0].candidates], PlaceCase.has_candidates),
        silent=sum(case.is_resolved_silently(said) for case, said in pairs),
    )


def _share(pairs: _Pairs, right: Callable[[PlaceCase, Understanding], bool]) -> float | None:
    return round(sum(right(case, said) for case, said in pairs) / len(pairs), 4) if pairs else None
