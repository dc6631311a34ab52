"""An idea in the words that people read: labels for ids, names for keys."""

from __future__ import annotations

from dataclasses import dataclass

from nlp.understanding import OUTSIDE, REGION, Candidate, MunicipalityScore
from services.ideas.catalogue import Catalogue
from services.ideas.model import Idea
from services.ideas.texts import OWN_LANGUAGE


@dataclass(frozen=True, slots=True)
class Description:
    """Labels of an idea. `bodies` have it now; `candidates` are the places among which its submitter would be asked."""

    kind: str
    stage: str
    topics: tuple[str, ...]
    places: tuple[str, ...]
    candidates: tuple[str, ...]
    bodies: tuple[str, ...]


def describe(catalogue: Catalogue, idea: Idea, language: str = OWN_LANGUAGE) -> Description:
    """The labels of an idea; an id that the configuration no longer knows stands for itself."""
    words = catalogue.texts.words(language)
    understanding = idea.understanding
    return Description(
        kind=words.kinds[understanding.kind],
        stage=stage_words(catalogue, idea.stage, language)[0],
        topics=tuple(topic_label(catalogue, topic.id, language) for topic in understanding.topics),
        places=_places(catalogue, idea, words.whole_region, words.outside),
        candidates=tuple(place_label(catalogue, place) for place in understanding.candidates),
        bodies=tuple(body_name(catalogue, item.body) for item in idea.assignments if item.is_open),
    )


def topic_label(catalogue: Catalogue, topic: str, language: str = OWN_LANGUAGE) -> str:
    """What people read in place of a topic's id."""
    if label := catalogue.texts.words(language).topics.get(topic):
        return label
    return catalogue.topics[topic].label if topic in catalogue.topics else topic


def stage_words(catalogue: Catalogue, stage: str, language: str = OWN_LANGUAGE) -> tuple[str, str]:
    """Label and explanation of a stage; the id and "" where the configuration no longer knows it."""
    known = catalogue.texts.words(language).stages.get(stage) or catalogue.lifecycle.stages.get(stage)
    return (known.label, known.explanation) if known else (stage, "")


def body_name(catalogue: Catalogue, body: str) -> str:
    """What people call a body; the id where the configuration no longer knows it."""
    return catalogue.bodies[body].name if body in catalogue.bodies else body


def place_label(catalogue: Catalogue, place: Candidate) -> str:
    """The name of a place beside others of the same name."""
    # Some official names tell themselves apart already: "Auerbach (Zwickau)".
    return place.name if "(" in place.name else f"{place.name} ({_district(catalogue, place.district)})"


def town_label(catalogue: Catalogue, town: MunicipalityScore) -> str:
    """The name of a municipality, with what tells it apart where several of the region bear it."""
    return catalogue.namesakes.get(town.ags, town.name)


def percent(share: float) -> str:
    """A share (0 to 1) as people read it."""
    return f"{100 * share:.0f} %"


def _places(catalogue: Catalogue, idea: Idea, whole_region: str, outside: str) -> tuple[str, ...]:
    named = [town_label(catalogue, municipality) for municipality in idea.understanding.municipalities]
    covered = {municipality.ags[:5] for municipality in idea.understanding.municipalities}
    special = {REGION: whole_region, OUTSIDE: outside}
    rest = [district.key for district in idea.understanding.districts if district.key not in covered]
    return (*named, *(special.get(key) or _district(catalogue, key) for key in rest))


def _district(catalogue: Catalogue, key: str) -> str:
    return catalogue.districts[key].name if key in catalogue.districts else key
