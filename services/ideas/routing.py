"""Which bodies an idea goes to: the rules of `config/bodies.toml`, applied to an understanding and a stage."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from nlp.understanding import Understanding

CATCH_ALL = "catch-all"


class Aspect(StrEnum):
    """What a rule can ask about an idea, as `config/bodies.toml` calls it."""

    TOPICS = "topics"
    DISTRICTS = "districts"
    KINDS = "kinds"
    STAGES = "stages"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a rule: one of `wanted` is enough, and these of them an idea has."""

    aspect: Aspect
    wanted: frozenset[str]
    met_by: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether the idea has one of them."""
        return bool(self.met_by)


@dataclass(frozen=True, slots=True)
class Route:
    """A rule: an empty condition is met by everything."""

    id: str
    bodies: tuple[str, ...]
    topics: frozenset[str]
    districts: frozenset[str]
    kinds: frozenset[str]
    stages: frozenset[str]

    def asks(self) -> tuple[tuple[Aspect, frozenset[str]], ...]:
        """What the rule asks about an idea: the values of which one has to be there, for each condition it names."""
        every = (
            (Aspect.TOPICS, self.topics),
            (Aspect.DISTRICTS, self.districts),
            (Aspect.KINDS, self.kinds),
            (Aspect.STAGES, self.stages),
        )
        return tuple(each for each in every if each[1])

    def is_asked(self, *, abstained: bool) -> bool:
        """Whether the rule counts for what the model abstained from: a person has to have moved such an idea."""
        return bool(self.stages) or not abstained


@dataclass(frozen=True, slots=True)
class Destination:
    """A body and the rule that leads to it."""

    body: str
    rule: str


@dataclass(frozen=True, slots=True)
class Finding:
    """How one rule fares with an idea. `left_out` are its bodies that have said that the idea is not theirs."""

    rule: Route
    conditions: tuple[Condition, ...]
    is_asked: bool
    left_out: tuple[str, ...]

    @property
    def is_met(self) -> bool:
        """Whether the rule counts: it is asked, and every condition that it names is met."""
        return self.is_asked and all(condition.is_met for condition in self.conditions)


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an idea goes where it goes: each rule, in their order, and the bodies that come of them all."""

    stage: str
    findings: tuple[Finding, ...]
    destinations: tuple[Destination, ...]

    @property
    def is_caught(self) -> bool:
        """Whether no rule leads anywhere, so that the catch-all body gets it."""
        return all(destination.rule == CATCH_ALL for destination in self.destinations)


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
    return explain(routes, catch_all, understanding, stage, without).destinations


def explain(
    routes: Sequence[Route],
    catch_all: str,
    understanding: Understanding,
    stage: str,
    without: Collection[str] = (),
) -> Explanation:
    """What `route` decides, with everything that it was decided by."""
    aspects = _aspects(understanding, stage)
    refused = frozenset(without) - {catch_all}
    findings = tuple(
        Finding(
            rule,
            _conditions(rule, aspects),
            rule.is_asked(abstained=understanding.abstained),
            tuple(body for body in rule.bodies if body in refused),
        )
        for rule in routes
    )
    found: dict[str, str] = {}
    for finding in findings:
        for body in finding.rule.bodies if finding.is_met else ():
            if body not in refused:
                found.setdefault(body, finding.rule.id)
    destinations = tuple(Destination(body, rule) for body, rule in found.items())
    return Explanation(stage, findings, destinations or (Destination(catch_all, CATCH_ALL),))


def _aspects(understanding: Understanding, stage: str) -> Mapping[Aspect, tuple[str, ...]]:
    return {
        Aspect.TOPICS: tuple(topic.id for topic in understanding.topics),
        Aspect.DISTRICTS: tuple(district.key for district in understanding.districts),
        Aspect.KINDS: (understanding.kind.value,),
        Aspect.STAGES: (stage,),
    }


def _conditions(rule: Route, has: Mapping[Aspect, tuple[str, ...]]) -> tuple[Condition, ...]:
    return tuple(
        Condition(aspect, wanted, tuple(each for each in has[aspect] if each in wanted))
        for aspect, wanted in rule.asks()
    )
