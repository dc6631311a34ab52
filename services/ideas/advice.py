"""Advice on a configuration that can be used and yet does not do what its author wants: what never happens in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from nlp.corpus import KINDS_WITHOUT_TOPIC
from nlp.understanding import DistrictScore, Kind, TopicScore, Understanding
from services.ideas.bodies import Body, Cadence, DigestPlan
from services.ideas.catalogue import Catalogue
from services.ideas.errors import Problem
from services.ideas.lifecycle import Lifecycle, Stage
from services.ideas.routing import CATCH_ALL, Route, route

_BODIES, _STAGES, _TOPICS, _DISTRICTS = "bodies.toml", "stages.toml", "topics.toml", "places/districts.toml"
_TALK = frozenset(kind.value for kind in KINDS_WITHOUT_TOPIC)


def advice(catalogue: Catalogue, today: date) -> tuple[Problem, ...]:
    """What a person should look at: rules, bodies, topics, districts, stages and digests that lead nowhere.

    `today` tells which sittings are past.
    """
    return (
        *_of_routes(catalogue),
        *_of_bodies(catalogue, today),
        *_of_topics(catalogue),
        *_of_districts(catalogue),
        *_of_stages(catalogue.lifecycle),
    )


def _of_routes(catalogue: Catalogue) -> Iterator[Problem]:
    reachable = _reachable(catalogue.lifecycle)
    for rule in catalogue.routes:
        place = f"route.{rule.id}"
        if rule.stages and not rule.stages & reachable:
            expected = f"expected a stage that an idea comes to, because no way leads to {_listed(rule.stages)}"
            yield Problem(_BODIES, f"{place}.stages", expected)
        elif rule.topics and rule.kinds and rule.kinds <= _TALK:
            expected = f"expected kinds that have topics, because {_listed(rule.kinds)} has none"
            yield Problem(_BODIES, f"{place}.kinds", expected)
        elif reason := _why_needless(catalogue, rule):
            yield Problem(_BODIES, f"{place}.bodies", f"expected a body that would not get the same ideas: {reason}")


def _why_needless(catalogue: Catalogue, rule: Route) -> str:
    """Why every body of a rule gets all that the rule gives it anyway; "" where some body would not."""
    reasons = [_who_else(catalogue, rule, body) for body in rule.bodies]
    return "; ".join(dict.fromkeys(reasons)) if all(reasons) else ""


def _who_else(catalogue: Catalogue, rule: Route, body: str) -> str:
    lifecycle = catalogue.lifecycle
    # Who leads the stage of new ideas gets none by the program: their rules alone do that.
    led = [stage for stage in rule.stages if lifecycle.stages[stage].body == body and not lifecycle.is_untouched(stage)]
    if rule.stages and len(led) == len(rule.stages):
        return f"{body} leads {_listed(rule.stages)}"
    order = {each.id: number for number, each in enumerate(catalogue.routes)}
    for other in catalogue.routes:
        # Of two rules that ask the same, the earlier one stands.
        stands = not _covers(rule, other) or order[other.id] < order[rule.id]
        if other is not rule and body in other.bodies and _covers(other, rule) and stands:
            return f"{other.id} leads to {body} whenever this rule is met"
    return ""


def _covers(wide: Route, narrow: Route) -> bool:
    """Whether the one rule is met whenever the other is."""
    asked = dict(narrow.asks())
    # Without `stages` a rule is not asked for what the model abstained from, and gives nobody a later stage.
    return bool(wide.stages) == bool(narrow.stages) and all(
        aspect in asked and asked[aspect] <= wanted for aspect, wanted in wide.asks()
    )


def _of_bodies(catalogue: Catalogue, today: date) -> Iterator[Problem]:
    lifecycle = catalogue.lifecycle
    led_to = {body for rule in catalogue.routes for body in rule.bodies}
    led_to |= {stage.body for stage in lifecycle.stages.values()} | {catalogue.catch_all, lifecycle.watches}
    for body in catalogue.bodies.values():
        if body.id not in led_to:
            yield Problem(_BODIES, f"body.{body.id}", "expected a route or a stage that leads to this body")
        yield from _of_digest(body, today)


def _of_digest(body: Body, today: date) -> Iterator[Problem]:
    plan, place = body.digest, f"body.{body.id}.digest"
    first = timedelta(days=plan.days_before)
    if plan.every is Cadence.SITTING and all(sitting - first < today for sitting in plan.sittings):
        yield Problem(_BODIES, f"{place}.sittings", "expected a sitting to come: no digest leaves any more")
    plain = DigestPlan()
    for name, cadence, is_set in (
        ("weekday", Cadence.WEEKLY, plan.weekday != plain.weekday),
        ("day", Cadence.MONTHLY, plan.day != plain.day),
        ("sittings", Cadence.SITTING, bool(plan.sittings)),
    ):
        if is_set and plan.every is not cadence:
            expected = f'expected every = "{cadence}", because it counts for nothing with every = "{plan.every}"'
            yield Problem(_BODIES, f"{place}.{name}", expected)


def _of_topics(catalogue: Catalogue) -> Iterator[Problem]:
    mentioned = {topic for rule in catalogue.routes for topic in rule.topics}
    # A region that goes by places alone names none.
    for topic in catalogue.topics.values() if mentioned else ():
        if topic.id not in mentioned:
            yield Problem(_TOPICS, f"topic.{topic.id}", "expected a route in bodies.toml that asks for this topic")


def _of_districts(catalogue: Catalogue) -> Iterator[Problem]:
    for district in catalogue.districts.values():
        lost = [topic for topic in catalogue.topics if _is_caught(catalogue, topic, district.key)]
        if lost:
            of = f" when they are about {_listed(lost)}" if len(lost) < len(catalogue.topics) else ""
            expected = f"expected a route for this district: ideas from {district.name} go to the catch-all body{of}"
            yield Problem(_DISTRICTS, f"district.{district.key}", expected)


def _is_caught(catalogue: Catalogue, topic: str, district: str) -> bool:
    """Whether even an idea that was understood well meets no rule."""
    topics, districts = (TopicScore(topic, 1.0),), (DistrictScore(district, 1.0),)
    clear = Understanding(Kind.IDEA, topics, topics, districts, (), (), (), abstained=False, model="")
    found = route(catalogue.routes, catalogue.catch_all, clear, catalogue.lifecycle.routed)
    return any(destination.rule == CATCH_ALL for destination in found)


def _of_stages(lifecycle: Lifecycle) -> Iterator[Problem]:
    reachable = _reachable(lifecycle) | {lifecycle.initial, lifecycle.withdrawn}
    for stage in lifecycle.stages.values():
        if stage.id not in reachable:
            yield Problem(_STAGES, f"stage.{stage.id}", "expected its id in the `next` of a stage that ideas come to")
        if not any(lifecycle.is_over(later) for later in lifecycle.reached_from(stage.id)):
            yield Problem(_STAGES, f"stage.{stage.id}.next", "expected a way to a stage at which an idea's way ends")
        yield from _of_answers(stage)


def _of_answers(stage: Stage) -> Iterator[Problem]:
    if stage.findings and not stage.accept:
        expected = "expected the stage to which a yes leads, because the findings are asked before it"
        yield Problem(_STAGES, f"stage.{stage.id}.accept", expected)


def _reachable(lifecycle: Lifecycle) -> frozenset[str]:
    """The stages at which rules are asked: those that ideas come to, and none that only its submitter chooses."""
    ways = lifecycle.reached_from(lifecycle.initial) | lifecycle.reached_from(lifecycle.routed)
    return ways - {lifecycle.withdrawn} - ({lifecycle.initial} - {lifecycle.routed})


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
