"""Which bodies an idea goes to: the rules of `config/bodies.toml`, applied to an understanding and a stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from nlp.understanding import Understanding

CATCH_ALL = "catch-all"


@dataclass(frozen=True, slots=True)
class DigestPlan:
    """When a body gets its digest: `weekdays` as ISO numbers (1 is Monday), `hour` in the region's time zone."""

    weekdays: tuple[int, ...]
    hour: int


@dataclass(frozen=True, slots=True)
class StaffGroup:
    """A Telegram group of a body's people: its chat id, and whether it gets the digest and what just happened."""

    chat_id: int
    digest: bool
    alerts: bool


@dataclass(frozen=True, slots=True)
class Body:
    """A responsible body with the role mailboxes that its digest goes to, and the group where it has one."""

    id: str
    name: str
    email: tuple[str, ...]
    digest: DigestPlan
    telegram: StaffGroup | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """A rule: an empty condition is met by everything."""

    id: str
    bodies: tuple[str, ...]
    topics: frozenset[str]
    districts: frozenset[str]
    kinds: frozenset[str]
    stages: frozenset[str]

    def matches(self, understanding: Understanding, stage: str) -> bool:
        """Whether every condition that the rule names is met by what the model would act on."""
        topics = {topic.id for topic in understanding.topics}
        districts = {district.key for district in understanding.districts}
        return (
            (not self.topics or bool(self.topics & topics))
            and (not self.districts or bool(self.districts & districts))
            and (not self.kinds or understanding.kind.value in self.kinds)
            and (not self.stages or stage in self.stages)
        )


@dataclass(frozen=True, slots=True)
class Destination:
    """A body and the rule that leads to it."""

    body: str
    rule: str


def route(routes: Sequence[Route], catch_all: str, understanding: Understanding, stage: str) -> tuple[Destination, ...]:
    """Every body that a rule names, in the order of the rules and each once; without any, the catch-all body.

    An understanding that abstained is routed by stage alone, and before that it goes to the catch-all body, where a
    person decides: a guessed topic or place would send it to people whom it does not concern.
    """
    found: dict[str, str] = {}
    for rule in routes:
        if (rule.stages or not understanding.abstained) and rule.matches(understanding, stage):
            for body in rule.bodies:
                found.setdefault(body, rule.id)
    if not found:
        return (Destination(catch_all, CATCH_ALL),)
    return tuple(Destination(body, rule) for body, rule in found.items())
