"""What the model made of a message: values only, so that everyone may import them without loading spaCy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol, Self

REGION = "region"
OUTSIDE = "outside"

# A message has at most so many topics.
TOPICS_AT_MOST = 3


class Kind(StrEnum):
    """What a message is (TAXONOMY: a proposal, one broken thing, a question, small talk, advertising)."""

    IDEA = "idea"
    COMPLAINT = "complaint"
    QUESTION = "question"
    OTHER = "other"
    SPAM = "spam"


@dataclass(frozen=True, slots=True)
class TopicScore:
    """A topic id of `config/topics.toml` with its probability (0 to 1)."""

    id: str
    probability: float


@dataclass(frozen=True, slots=True)
class DistrictScore:
    """A five-digit district key, or "region" (all of it), or "outside" (none of it), with its probability."""

    key: str
    probability: float


@dataclass(frozen=True, slots=True)
class MunicipalityScore:
    """A municipality by its eight-digit AGS with its probability."""

    ags: str
    name: str
    probability: float


@dataclass(frozen=True, slots=True)
class Point:
    """A position that the submitter shared: degrees of WGS 84, north and east positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a label comes from: character offsets into `Understanding.source(subject, text)`, end exclusive.

    `weight` is the share (0 to 1) of what speaks for the label that these characters bring.
    """

    start: int
    end: int
    label: str
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One of several places that bear the same name and among which the submitter would be asked."""

    ags: str
    name: str
    district: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """The model's reading of one message.

    `topics` and `districts` hold only what the program would act on, best first; `suggestions` are the three best
    topics whatever their probability. `abstained` says that no topic was certain enough: a person decides.
    """

    kind: Kind
    topics: tuple[TopicScore, ...]
    suggestions: tuple[TopicScore, ...]
    districts: tuple[DistrictScore, ...]
    municipalities: tuple[MunicipalityScore, ...]
    evidence: tuple[Evidence, ...]
    candidates: tuple[Candidate, ...]
    abstained: bool
    model: str

    @staticmethod
    def source(subject: str, text: str) -> str:
        """The string that is read and that evidence offsets count in: the subject, a line break, the text."""
        return f"{subject}\n{text}" if subject else text

    @classmethod
    def nothing(cls) -> Self:
        """The understanding of a message that no model has read: everything is left to a person."""
        return cls(Kind.IDEA, (), (), (), (), (), (), abstained=True, model=NO_MODEL)

    def to_json(self) -> dict[str, Any]:
        """A JSON object with the keys of the `ideenkanal understand` contract (all but "id")."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """The inverse of `to_json`; raises KeyError or TypeError for anything else."""
        return cls(
            kind=Kind(data["kind"]),
            topics=tuple(TopicScore(**item) for item in data["topics"]),
            suggestions=tuple(TopicScore(**item) for item in data["suggestions"]),
            districts=tuple(DistrictScore(**item) for item in data["districts"]),
            municipalities=tuple(MunicipalityScore(**item) for item in data["municipalities"]),
            evidence=tuple(Evidence(**item) for item in data["evidence"]),
            candidates=tuple(Candidate(**item) for item in data["candidates"]),
            abstained=data["abstained"],
            model=data["model"],
        )


NO_MODEL = "none"


class Classifier(Protocol):
    """Reads one German message. Synchronous and bounded; callers keep it off the event loop."""

    def understand(self, subject: str, text: str, points: tuple[Point, ...] = ()) -> Understanding:
        """The understanding of one message and the positions shared with it; never raises for any text or point."""
        ...

    def place(self, text: str) -> Understanding:
        """The place that somebody names who was asked for one; no topics, and no places where none is recognised."""
        ...
