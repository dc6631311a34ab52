"""What staff can do with an idea, each as a value, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from nlp.understanding import Understanding


class Verdict(StrEnum):
    """What an examination found of one question."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"


@dataclass(frozen=True, slots=True)
class Doer:
    """Who does something: a person's or a role's name for the record, and the body in whose name.

    `body` is "" for whoever looks after the installation: nobody's consent is waited for then.
    """

    name: str
    body: str = ""


@dataclass(frozen=True, slots=True)
class Accept:
    """Yes: the idea goes on to where its stage says. Of several bodies that have it, the last one moves it."""

    note: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """The idea comes to this stage; the submitter reads the note."""

    stage: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PassOn:
    """Other bodies get the idea in place of this one; with several it is split. Who names itself keeps a part."""

    bodies: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class GiveBack:
    """It is not this body's: the rules find another one."""

    reason: str


@dataclass(frozen=True, slots=True)
class Ask:
    """The submitter is asked something, and answers in the idea's conversation."""

    text: str


@dataclass(frozen=True, slots=True)
class Find:
    """One of the questions of the stage is answered."""

    name: str
    verdict: Verdict
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bundle:
    """The idea becomes part of the measure with this reference."""

    measure: str


@dataclass(frozen=True, slots=True)
class NameTopic:
    """The idea is about this topic (id)."""

    topic: str


@dataclass(frozen=True, slots=True)
class NamePlace:
    """The idea means this place, as the model has read its `name`."""

    name: str
    place: Understanding


Deed = Accept | Move | PassOn | GiveBack | Ask | Find | Bundle | NameTopic | NamePlace


class DeedKind(StrEnum):
    """The kinds of acts in the record."""

    MOVE = "move"
    STATE = "state"  # a body has done its part, and others have not yet
    PASS = "pass"  # noqa: S105 - an idea is passed on
    RETURN = "return"
    ASK = "ask"
    FIND = "find"
    BUNDLE = "bundle"
    UNBUNDLE = "unbundle"  # it is no part of a measure any more
    CARRY = "carry"  # its measure has brought it to another stage
    TOPIC = "topic"
    PLACE = "place"


# A better label stays until there is one that is better still: it is corrected again as easily as it would be undone.
CORRECTIONS = frozenset({DeedKind.TOPIC, DeedKind.PLACE})


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a deed.

    `stage` (id) is where the idea stands now, `bodies` (ids) have it now. `undo_until` is None where it cannot be
    undone. `told`: its submitter will be told.
    """

    reference: str
    act: int
    kind: DeedKind
    stage: str
    bodies: tuple[str, ...]
    undo_until: datetime | None
    told: bool
