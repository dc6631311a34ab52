from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from nlp.understanding import Kind
from services.ideas.advice import advice
from services.ideas.bodies import Cadence, DigestPlan
from services.ideas.catalogue import Catalogue, District, Topic
from services.ideas.lifecycle import Stage
from services.ideas.routing import Route

TODAY = date(2026, 11, 26)
COUNCIL, MINISTRIES, DONE = "pruefung-regionalkonvent", "fachpruefung-imag", "umgesetzt"


def rule(name: str, *bodies: str, **conditions: set[str]) -> Route:
    asked = {key: frozenset(conditions.get(key, ())) for key in ("topics", "districts", "kinds", "stages")}
    return Route(name, bodies, **asked)


def with_rules(catalogue: Catalogue, *rules: Route) -> Catalogue:
    """The shipped rules, and these after them."""
    return replace(catalogue, routes=(*catalogue.routes, *rules))


def with_stage(catalogue: Catalogue, stage: Stage) -> Catalogue:
    lifecycle = catalogue.lifecycle
    return replace(catalogue, lifecycle=replace(lifecycle, stages={**lifecycle.stages, stage.id: stage}))


def with_digest(catalogue: Catalogue, plan: DigestPlan) -> Catalogue:
    body = replace(catalogue.bodies["imag"], digest=plan)
    return replace(catalogue, bodies={**catalogue.bodies, "imag": body})


def keys(catalogue: Catalogue) -> list[str]:
    return [f"{problem.file}: {problem.key}" for problem in advice(catalogue, TODAY)]


def test_the_shipped_configuration_needs_no_advice(catalogue: Catalogue) -> None:
    """Nothing in it is without effect, and nobody is forgotten."""
    assert advice(catalogue, TODAY) == ()


def test_a_rule_for_stages_that_no_idea_comes_to_is_named(catalogue: Catalogue) -> None:
    """What its submitter took back is given to nobody."""
    assert keys(with_rules(catalogue, rule("never", "imag", stages={"zurueckgezogen"}))) == [
        "bodies.toml: route.never.stages"
    ]


def test_a_rule_for_topics_of_talk_is_named(catalogue: Catalogue) -> None:
    """Small talk and advertising have no topic, so that a rule for both is met by nothing."""
    talk = {Kind.OTHER.value, Kind.SPAM.value}

    assert keys(with_rules(catalogue, rule("never", "smil", topics={"mobility"}, kinds=talk))) == [
        "bodies.toml: route.never.kinds"
    ]
    assert keys(with_rules(catalogue, rule("spam", "smil", kinds=talk))) == []


@pytest.mark.parametrize(
    "needless",
    [
        rule("more", "stadt-chemnitz", districts={"14511"}, kinds={"idea"}, topics={"energy"}),
        rule("same", "stadt-chemnitz", districts={"14511"}, kinds={"idea", "complaint", "question"}),
        rule("leads", "imag", stages={MINISTRIES}, topics={"energy"}),
        rule("two", "smil", "imag", stages={MINISTRIES}, topics={"housing"}),
    ],
    ids=lambda each: each.id,
)
def test_a_rule_that_changes_nothing_is_named(catalogue: Catalogue, needless: Route) -> None:
    """Its bodies get the same ideas anyway, by a wider rule, or because they lead the stage."""
    assert keys(with_rules(catalogue, needless)) == [f"bodies.toml: route.{needless.id}.bodies"]


@pytest.mark.parametrize(
    "useful",
    [
        rule("another-body", "stadt-chemnitz", "smil", districts={"14511"}, kinds={"idea"}),
        rule("more-kinds", "stadt-chemnitz", districts={"14511"}, kinds={"idea", "spam"}),
        rule("later", "stadt-chemnitz", districts={"14511"}, kinds={"idea"}, stages={COUNCIL}),
        rule("elsewhere", "imag", stages={MINISTRIES, COUNCIL}),
    ],
    ids=lambda each: each.id,
)
def test_a_rule_that_changes_something_is_not_named(catalogue: Catalogue, useful: Route) -> None:
    """Another body, another kind, a later stage, one that the body does not lead."""
    assert keys(with_rules(catalogue, useful)) == []


def test_who_leads_the_stage_of_new_ideas_needs_a_rule(catalogue: Catalogue) -> None:
    """The program gives new ideas by rules alone."""
    led = replace(catalogue.lifecycle.stages["zugeordnet"], body="sk")

    assert keys(with_rules(with_stage(catalogue, led), rule("new", "sk", stages={"zugeordnet"}))) == []


def test_of_two_rules_alike_the_earlier_one_stands(catalogue: Catalogue) -> None:
    """Else each would be named because of the other."""
    twin = rule("twin", "smil", topics={"energy"})

    assert keys(with_rules(catalogue, twin, replace(twin, id="other-twin"))) == ["bodies.toml: route.other-twin.bodies"]


def test_a_body_that_nothing_leads_to_is_named(catalogue: Catalogue) -> None:
    """Neither a route, nor a stage, nor the catch-all, nor the watch over what lies too long."""
    forgotten = replace(catalogue.bodies["imag"], id="forgotten")

    assert keys(replace(catalogue, bodies={**catalogue.bodies, "forgotten": forgotten})) == [
        "bodies.toml: body.forgotten"
    ]


def test_a_topic_that_no_rule_asks_for_is_named(catalogue: Catalogue) -> None:
    """It has no ministry; a region that goes by places alone is left in peace."""
    more = replace(catalogue, topics={**catalogue.topics, "new": Topic("new", "Neues")})
    by_place = replace(more, routes=tuple(each for each in more.routes if not each.topics))

    assert keys(more) == ["topics.toml: topic.new"]
    assert not [key for key in keys(by_place) if key.startswith("topics.toml")]


def test_a_district_without_a_body_is_named(catalogue: Catalogue) -> None:
    """Even an idea that was understood well would go to the catch-all body, for want of a rule."""
    more = replace(catalogue, districts={**catalogue.districts, "14999": District("14999", "Neuland")})
    (found,) = advice(more, TODAY)

    assert (found.file, found.key) == ("places/districts.toml", "district.14999")
    assert found.expected == "expected a route for this district: ideas from Neuland go to the catch-all body"


def test_a_district_with_a_body_for_some_topics_is_named_with_the_others(catalogue: Catalogue) -> None:
    """Whoever wrote a rule with too few topics reads which are missing."""
    routes = tuple(
        replace(each, topics=frozenset(catalogue.topics) - {"energy", "work"}) if each.id == "ort-chemnitz" else each
        for each in catalogue.routes
    )
    (found,) = advice(replace(catalogue, routes=routes), TODAY)

    assert found.key == "district.14511"
    assert found.expected.endswith("go to the catch-all body when they are about energy, work")


def test_a_stage_that_no_way_leads_to_is_named(catalogue: Catalogue) -> None:
    """An idea would never come there."""
    lonely = Stage("lonely", "einsam", "…", (DONE,), tells_submitter=False, needs_note=False)

    assert keys(with_stage(catalogue, lonely)) == ["stages.toml: stage.lonely"]


def test_a_stage_from_which_no_way_leads_to_an_end_is_named(catalogue: Catalogue) -> None:
    """An idea would never be done there, and its submitter would never hear the end."""
    before = replace(catalogue.lifecycle.stages[COUNCIL], next=("loop",), accept="loop")
    loop = Stage("loop", "Schleife", "…", (COUNCIL,), tells_submitter=False, needs_note=False)
    found = keys(with_stage(with_stage(catalogue, before), loop))

    assert {f"stages.toml: stage.{stage}.next" for stage in (COUNCIL, "loop")} <= set(found)


def test_findings_that_nobody_waits_for_are_named(catalogue: Catalogue) -> None:
    """Without a stage to which a yes leads nothing has to be found before."""
    stage = replace(catalogue.lifecycle.stages[MINISTRIES], accept="")

    assert keys(with_stage(catalogue, stage)) == [f"stages.toml: stage.{MINISTRIES}.accept"]


@pytest.mark.parametrize(
    ("plan", "key"),
    [
        (DigestPlan(Cadence.SITTING, sittings=(date(2026, 12, 1),), days_before=14), "sittings"),
        (DigestPlan(Cadence.DAILY, weekday=3), "weekday"),
        (DigestPlan(Cadence.WEEKLY, day=15), "day"),
        (DigestPlan(Cadence.WEEKLY, sittings=(date(2027, 3, 18),)), "sittings"),
    ],
)
def test_what_counts_for_nothing_in_a_digest_is_named(catalogue: Catalogue, plan: DigestPlan, key: str) -> None:
    """Sittings for which every folder should have left, and days that the cadence does not look at."""
    assert keys(with_digest(catalogue, plan)) == [f"bodies.toml: body.imag.digest.{key}"]


def test_a_sitting_whose_folder_leaves_today_is_to_come(catalogue: Catalogue) -> None:
    """The last folder may leave before the advice is asked for a new sitting."""
    plan = DigestPlan(Cadence.SITTING, sittings=(date(2026, 12, 10),), days_before=14)

    assert keys(with_digest(catalogue, plan)) == []
