"""An idea in the words that people read: labels for ids, names for keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.understanding import OUTSIDE, REGION, Candidate, MunicipalityScore
from services.ideas.catalogue import Catalogue
from services.ideas.model import Assignment, Idea
from services.ideas.texts import OWN_LANGUAGE

# Up to so many days ahead a date can be promised; beyond it is a month.
_LONGEST_TO_THE_DAY = 42


@dataclass(frozen=True, slots=True)
class Description:
    """Labels of an idea.

    `bodies` have it now, who leads its stage first. `candidates` are the places among which its submitter would be
    asked.
    """

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
        bodies=tuple(body_name(catalogue, item.body) for item in _holders(catalogue, idea)),
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


def outlook(catalogue: Catalogue, stage: str, language: str = OWN_LANGUAGE) -> str:
    """What comes after a stage; "" where nothing does, or nothing is known of it."""
    known = catalogue.texts.words(language).stages.get(stage) or catalogue.lifecycle.stages.get(stage)
    return known.outlook if known else ""


def due_at(catalogue: Catalogue, idea: Idea) -> datetime | None:
    """When the present stage should be over: when its leading body should be done, or else the last of all."""
    holders = _holders(catalogue, idea)
    if holders and _leads(catalogue, idea, holders[0]) and holders[0].due_at:
        return holders[0].due_at
    return max((item.due_at for item in holders if item.due_at), default=None)


def expected_by(catalogue: Catalogue, idea: Idea, now: datetime, language: str = OWN_LANGUAGE) -> str:
    """By when the present stage should be over, as precisely as can be said: a day, or only a month.

    "" where nobody knows, or where that time has passed.
    """
    due = due_at(catalogue, idea)
    if due is None or due <= now:
        return ""
    stage = catalogue.lifecycle.stages.get(idea.stage)
    local = due.astimezone(catalogue.settings.region.zone)
    is_near = stage is not None and (stage.expected_days or 0) <= _LONGEST_TO_THE_DAY
    return catalogue.texts.words(language).until.said(local.date(), to_the_day=is_near)


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


def _holders(catalogue: Catalogue, idea: Idea) -> Sequence[Assignment]:
    """Who has an idea now, the body that leads its stage first."""
    holders = (item for item in idea.assignments if item.is_open)
    return sorted(holders, key=lambda item: not _leads(catalogue, idea, item))


def _leads(catalogue: Catalogue, idea: Idea, item: Assignment) -> bool:
    stage = catalogue.lifecycle.stages.get(idea.stage)
    return stage is not None and item.body == stage.body


def _places(catalogue: Catalogue, idea: Idea, whole_region: str, outside: str) -> tuple[str, ...]:
    named = [town_label(catalogue, municipality) for municipality in idea.understanding.municipalities]
    covered = {municipality.ags[:5] for municipality in idea.understanding.municipalities}
    special = {REGION: whole_region, OUTSIDE: outside}
    rest = [district.key for district in idea.understanding.districts if district.key not in covered]
    return (*named, *(special.get(key) or _district(catalogue, key) for key in rest))


def _district(catalogue: Catalogue, key: str) -> str:
    return catalogue.districts[key].name if key in catalogue.districts else key
