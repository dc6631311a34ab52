"""An idea in the words that people read: labels for ids, names for keys."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.understanding import OUTSIDE, REGION, Candidate
from services.ideas.catalogue import Catalogue
from services.ideas.model import Idea


@dataclass(frozen=True, slots=True)
class Description:
    """Labels of an idea. `candidates` are the places among which its submitter would be asked."""

    kind: str
    stage: str
    topics: tuple[str, ...]
    places: tuple[str, ...]
    candidates: tuple[str, ...]
    bodies: tuple[str, ...]


def describe(catalogue: Catalogue, idea: Idea, language: str = "de") -> Description:
    """The labels of an idea; an id that the configuration no longer knows stands for itself."""
    words = catalogue.texts.words(language)
    stage = catalogue.lifecycle.stages.get(idea.stage)
    understanding = idea.understanding
    topics = tuple(
        catalogue.topics[topic.id].label if topic.id in catalogue.topics else topic.id for topic in understanding.topics
    )
    candidates = tuple(_told_apart(catalogue, place) for place in understanding.candidates)
    bodies = tuple(
        catalogue.bodies[item.body].name if item.body in catalogue.bodies else item.body for item in idea.assignments
    )
    return Description(
        kind=words.kinds[understanding.kind],
        stage=stage.label if stage else idea.stage,
        topics=topics,
        places=_places(catalogue, idea, words.whole_region, words.outside),
        candidates=candidates,
        bodies=bodies,
    )


def _places(catalogue: Catalogue, idea: Idea, whole_region: str, outside: str) -> tuple[str, ...]:
    named = [municipality.name for municipality in idea.understanding.municipalities]
    covered = {municipality.ags[:5] for municipality in idea.understanding.municipalities}
    special = {REGION: whole_region, OUTSIDE: outside}
    rest = [district.key for district in idea.understanding.districts if district.key not in covered]
    return (*named, *(special.get(key) or _district(catalogue, key) for key in rest))


def _told_apart(catalogue: Catalogue, place: Candidate) -> str:
    # Some official names tell themselves apart already: "Auerbach (Zwickau)".
    return place.name if "(" in place.name else f"{place.name} ({_district(catalogue, place.district)})"


def _district(catalogue: Catalogue, key: str) -> str:
    return catalogue.districts[key].name if key in catalogue.districts else key
