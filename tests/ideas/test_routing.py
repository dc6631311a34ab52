from __future__ import annotations

from nlp.understanding import Kind, Understanding
from services.ideas.routing import CATCH_ALL, Aspect, Destination, Explanation, Finding, Route, explain, route
from tests.ideas.samples import understood


def rule(name: str, *bodies: str, **conditions: frozenset[str]) -> Route:
    empty: frozenset[str] = frozenset()
    return Route(
        id=name,
        bodies=bodies,
        topics=conditions.get("topics", empty),
        districts=conditions.get("districts", empty),
        kinds=conditions.get("kinds", empty),
        stages=conditions.get("stages", empty),
    )


CITY = rule("city", "city-hall", districts=frozenset({"14511"}))
TRAFFIC = rule("traffic", "ministry", "city-hall", topics=frozenset({"mobility"}))
COUNCIL = rule("council", "council", stages=frozenset({"council"}))


def bodies(rules: list[Route], understanding: Understanding, stage: str = "open") -> list[str]:
    return [destination.body for destination in route(rules, "office", understanding, stage)]


def test_what_no_rule_names_goes_to_the_catch_all_body() -> None:
    """An idea is never without a body."""
    assert route([CITY], "office", understood(districts=()), "open") == (Destination("office", CATCH_ALL),)


def test_all_rules_that_are_met_count() -> None:
    """The bodies of all rules that are met get the idea, in the order of the rules."""
    assert bodies([CITY, TRAFFIC], understood()) == ["city-hall", "ministry"]


def test_each_body_is_named_once_with_its_first_rule() -> None:
    """A body that two rules name gets the idea once, by the first of them."""
    found = route([CITY, TRAFFIC], "office", understood(), "open")

    assert found == (Destination("city-hall", "city"), Destination("ministry", "traffic"))


def test_a_rule_needs_all_its_conditions() -> None:
    """A rule with a topic and a place is not met by the topic alone."""
    both = rule("both", "city-hall", topics=frozenset({"mobility"}), districts=frozenset({"14511"}))

    assert bodies([both], understood(districts=("14524",))) == ["office"]


def test_one_value_of_a_condition_is_enough() -> None:
    """A rule for two districts is met by either."""
    either = rule("either", "both-halls", districts=frozenset({"14511", "14524"}))

    assert bodies([either], understood(districts=("14524",))) == ["both-halls"]


def test_a_kind_that_a_rule_does_not_name_does_not_meet_it() -> None:
    """Advertising does not meet a rule for ideas."""
    ideas = rule("ideas", "city-hall", kinds=frozenset({"idea"}))

    assert bodies([ideas], understood(kind=Kind.SPAM)) == ["office"]


def test_a_rule_without_conditions_is_met_by_everything() -> None:
    """What a rule does not name does not matter."""
    assert bodies([rule("all", "everyone")], understood((), (), Kind.OTHER)) == ["everyone"]


def test_what_the_model_abstained_from_goes_to_the_catch_all_body() -> None:
    """A guessed place sends an idea to nobody, not even by a rule without conditions."""
    assert bodies([CITY, TRAFFIC, rule("all", "everyone")], understood(abstained=True)) == ["office"]


def test_rules_by_stage_count_for_what_the_model_abstained_from() -> None:
    """A person has moved it to this stage, so its bodies get it whatever the model knew."""
    assert bodies([CITY, COUNCIL], understood(abstained=True), "council") == ["council"]


def test_a_rule_by_stage_is_not_met_at_another_stage() -> None:
    """The council hears of an idea when it is its turn."""
    assert bodies([COUNCIL], understood(), "open") == ["office"]


def test_a_body_that_refused_is_left_out_and_the_others_of_the_rule_stay() -> None:
    """The next route leaves out who said that it is not theirs."""
    found = route([CITY, TRAFFIC], "office", understood(), "open", without=["city-hall"])

    assert found == (Destination("ministry", "traffic"),)


def test_the_catch_all_body_cannot_refuse() -> None:
    """Where everybody has refused, it gets the idea, also by a rule that names it."""
    everybody = ["city-hall", "office"]
    named = rule("region", "office", topics=frozenset({"mobility"}))

    assert route([CITY], "office", understood(), "open", everybody) == (Destination("office", CATCH_ALL),)
    assert route([CITY, named], "office", understood(), "open", everybody) == (Destination("office", "region"),)


def explained(*rules: Route, abstained: bool = False, without: tuple[str, ...] = ()) -> Explanation:
    return explain(rules, "office", understood(abstained=abstained), "open", without)


def test_an_explanation_names_every_rule_with_what_was_met() -> None:
    """Each condition says what it wanted and which of that the idea has; what a rule does not ask is not named."""
    both = rule("both", "city-hall", topics=frozenset({"mobility", "energy"}), districts=frozenset({"14524"}))
    (found,) = explained(both).findings

    assert [(each.aspect, each.wanted, each.met_by, each.is_met) for each in found.conditions] == [
        (Aspect.TOPICS, frozenset({"mobility", "energy"}), ("mobility",), True),
        (Aspect.DISTRICTS, frozenset({"14524"}), (), False),
    ]
    assert not found.is_met


def test_an_explanation_says_which_rules_are_not_asked_in_doubt() -> None:
    """What the model abstained from meets no rule without a stage, although its conditions may be met."""
    city, council = explained(CITY, COUNCIL, abstained=True).findings

    assert (city.is_asked, city.conditions[0].is_met, city.is_met) == (False, True, False)
    assert council.is_asked


def test_an_explanation_names_who_was_left_out() -> None:
    """The rule is met all the same, so that a reader sees why its body has not got the idea."""
    found = explained(CITY, without=("city-hall", "elsewhere"))

    assert found.findings == (Finding(CITY, found.findings[0].conditions, is_asked=True, left_out=("city-hall",)),)
    assert found.findings[0].is_met
    assert found.is_caught


def test_an_explanation_ends_where_the_route_ends() -> None:
    """It holds the very destinations that the idea gets."""
    found = explained(CITY, TRAFFIC)

    assert found.destinations == route([CITY, TRAFFIC], "office", understood(), "open")
    assert not found.is_caught
