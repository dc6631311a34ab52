"""Which bodies an idea goes to: the rules of `config/bodies.toml`, applied to an understanding and a stage."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nlp.understanding import Understanding

CATCH_ALL = "catch-all"


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


def route(
    routes: Sequence[Route],
    catch_all: str,
    understanding: Understanding,
    stage: str,
    without: Collection[str] = (),
) -> tuple[Destination, ...]:
    """Every body that a rule names, in the order of the rules and each once; without any, the catch-all body.

    Bodies in `without` have said that it is not theirs, and are left out; the catch-all body never is.

    An understanding that abstained is routed by stage alone, and before that it goes to the catch-all body, where a
    person decides: a guessed topic or place would send it to people whom it does not concern.
    """
    found: dict[str, str] = {}
    for rule in routes:
        if (rule.stages or not understanding.abstained) and rule.matches(understanding, stage):
            for body in rule.bodies:
                if body == catch_all or body not in without:
                    found.setdefault(body, rule.id)
    if not found:
        return (Destination(catch_all, CATCH_ALL),)
    return tuple(Destination(body, rule) for body, rule in found.items())
