from __future__ import annotations

from dataclasses import replace

import pytest

from services.ideas.assigning import GIVEN_BACK, HANDED_ON, LEADS
from services.ideas.catalogue import Catalogue
from services.ideas.deeds import Doer, GiveBack, PassOn
from services.ideas.model import AssignmentState
from services.ideas.register import Register
from services.ideas.rerouting import Balance, Rerouted, Standing, balances, rerouted
from services.ideas.routing import CATCH_ALL
from services.ideas.store import Store
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, statements_of, understood

OPEN, DONE, PASSED, RETURNED = AssignmentState
ZWICKAU, MINISTRIES = "landratsamt-zwickau", "fachpruefung-imag"
RULE = "ort-chemnitz"


def standing(stage: str = "zugeordnet", *, abstained: bool = False, **bodies: tuple[AssignmentState, str]) -> Standing:
    """An idea about mobility in Chemnitz; a body's underscores stand for hyphens."""
    given = {body.replace("_", "-"): each for body, each in bodies.items()}
    states = {body: state for body, (state, _) in given.items()}
    rules = {body: rule for body, (_, rule) in given.items()}
    return Standing(1, "SWS-2026-0001-9", stage, understood(abstained=abstained), states, rules)


def to_zwickau(catalogue: Catalogue) -> Catalogue:
    """The shipped rules, but for that of Chemnitz, which leads to another body."""
    rules = (replace(rule, bodies=(ZWICKAU,)) if rule.id == RULE else rule for rule in catalogue.routes)
    return replace(catalogue, routes=tuple(rules))


def without_rule(catalogue: Catalogue) -> Catalogue:
    return replace(catalogue, routes=tuple(rule for rule in catalogue.routes if rule.id != RULE))


def fate(catalogue: Catalogue, idea: Standing) -> tuple[set[str], set[str], set[str]]:
    found = rerouted(catalogue, idea)
    return set(found.come), set(found.go), set(found.stay)


def test_the_rules_that_hold_change_nothing(catalogue: Catalogue) -> None:
    """Whom a rule gave the idea keeps it."""
    assert fate(catalogue, standing(stadt_chemnitz=(OPEN, RULE))) == (set(), set(), {CHEMNITZ})


def test_a_rule_that_leads_elsewhere_gives_and_takes(catalogue: Catalogue) -> None:
    """Another body would get the idea in place of the one that has it."""
    found = fate(to_zwickau(catalogue), standing(stadt_chemnitz=(OPEN, RULE)))

    assert found == ({ZWICKAU}, {CHEMNITZ}, set())


def test_without_its_rule_an_idea_goes_to_the_catch_all_body(catalogue: Catalogue) -> None:
    """Nobody is left, so that a person has to look."""
    found = fate(without_rule(catalogue), standing(stadt_chemnitz=(OPEN, RULE)))

    assert found == ({CATCH_ALL_BODY}, {CHEMNITZ}, set())


def test_what_the_model_abstained_on_waits_where_it_waits(catalogue: Catalogue) -> None:
    """Rules by place and topic do not concern it."""
    waits = standing("eingegangen", abstained=True, regionalkonvent=(OPEN, CATCH_ALL))

    assert fate(to_zwickau(catalogue), waits) == (set(), set(), {CATCH_ALL_BODY})


def test_what_people_handed_on_stays(catalogue: Catalogue) -> None:
    """No rule takes an idea from whom a person gave it, and whoever passed it on does not get it again."""
    handed = standing(stadt_chemnitz=(PASSED, RULE), smk=(OPEN, HANDED_ON))

    assert fate(catalogue, handed) == (set(), set(), {"smk"})
    assert fate(without_rule(catalogue), handed) == (set(), set(), {"smk"})


@pytest.mark.parametrize("state", [DONE, PASSED, RETURNED])
def test_who_is_done_with_an_idea_does_not_get_it_again(catalogue: Catalogue, state: AssignmentState) -> None:
    """It said its part, passed it on, or said that it is not its own."""
    idea = standing(stadt_chemnitz=(state, RULE), regionalkonvent=(OPEN, GIVEN_BACK))

    assert fate(catalogue, idea) == (set(), set(), {CATCH_ALL_BODY})


def test_who_leads_a_stage_keeps_it(catalogue: Catalogue) -> None:
    """At later stages the stage's body and its rules count; rules by place add nobody who has done their part."""
    idea = standing(
        MINISTRIES,
        stadt_chemnitz=(DONE, RULE),
        imag=(OPEN, LEADS),
        smil=(OPEN, "fachpruefung-verkehr-wohnen"),
    )

    assert fate(catalogue, idea) == (set(), set(), {"imag", "smil"})
    assert fate(to_zwickau(catalogue), idea) == ({ZWICKAU}, set(), {"imag", "smil"})


def test_what_a_leader_gave_back_stays_with_whoever_got_it(catalogue: Catalogue) -> None:
    """At a later stage the catch-all body has what nobody else would take."""
    idea = standing("lenkungskreis", lenkungskreis=(RETURNED, LEADS), regionalkonvent=(OPEN, GIVEN_BACK))
    nobody = replace(catalogue, routes=tuple(rule for rule in catalogue.routes if rule.stages))

    assert fate(nobody, idea) == (set(), set(), {CATCH_ALL_BODY})


def test_who_triaged_an_idea_keeps_it_beside_whom_a_person_named(catalogue: Catalogue) -> None:
    """A topic that was said later takes it from nobody: the rules that hold change nothing, and new ones do."""
    corrected = standing(regionalkonvent=(OPEN, CATCH_ALL), stadt_chemnitz=(OPEN, RULE))

    assert fate(catalogue, corrected) == (set(), set(), {CATCH_ALL_BODY, CHEMNITZ})
    assert fate(to_zwickau(catalogue), corrected) == ({ZWICKAU}, {CATCH_ALL_BODY, CHEMNITZ}, set())


def test_of_an_idea_whose_way_is_over_the_first_step_counts(catalogue: Catalogue) -> None:
    """Whom the rules would have given it then; who led a later stage, or got it from a person, is not compared."""
    over = standing("umgesetzt", stadt_chemnitz=(DONE, RULE), imag=(DONE, LEADS), smk=(DONE, HANDED_ON))

    assert fate(catalogue, over) == (set(), set(), {CHEMNITZ})
    assert fate(to_zwickau(catalogue), over) == ({ZWICKAU}, {CHEMNITZ}, set())
    assert fate(without_rule(catalogue), over) == ({CATCH_ALL_BODY}, {CHEMNITZ}, set())


def test_a_body_that_left_the_configuration_loses_its_ideas(catalogue: Catalogue) -> None:
    """Also what people handed on to it: nobody would hear of it any more."""
    idea = standing(abolished=(OPEN, HANDED_ON))

    assert fate(catalogue, idea) == ({CHEMNITZ}, {"abolished"}, set())


def test_a_balance_counts_what_each_body_would_get_lose_and_keep() -> None:
    """In the order of the configuration; who is not concerned is left out."""
    changes = [Rerouted("1", ("b",), ("a",), ()), Rerouted("2", (), (), ("b", "gone"))]

    assert balances(changes, ["a", "b", "c"]) == [
        Balance("a", 0, 1, 0),
        Balance("b", 1, 0, 1),
        Balance("gone", 0, 0, 1),
    ]


@on_sqlite
async def test_ideas_are_read_in_batches(register: Register, store: Store, catalogue: Catalogue) -> None:
    """All, with who has them or had them, by which rule, and who refused; nothing is written."""
    first, over, last = [await admit(register, str(number)) for number in range(3)]
    await register.work.act(first, GiveBack("Staatsstraße."), Doer("staff", CHEMNITZ), NOON)
    await register.change_stage(over, "nicht-weiterverfolgt", "Zu teuer.", "staff", NOON)
    await register.work.act(last, PassOn((ZWICKAU,), "Liegt dort."), Doer("staff", CHEMNITZ), NOON)
    other = Register(store, to_zwickau(catalogue), SECRET).rerouting

    with statements_of() as statements:
        assert await other.number() == 3
        (one,) = await other.batch(0, 1)
        ended, two = await other.batch(one.id, 5)
        assert await other.batch(two.id, 5) == ()

    assert {each.split()[0] for each in statements} <= {"BEGIN", "SELECT"}
    assert (one.reference, ended.reference, two.reference) == (first, over, last)
    assert (one.states, one.rules[CHEMNITZ]) == ({CHEMNITZ: RETURNED, CATCH_ALL_BODY: OPEN}, RULE)
    assert rerouted(to_zwickau(catalogue), one).come == (ZWICKAU,)
    assert (two.states, two.rules[ZWICKAU]) == ({CHEMNITZ: PASSED, ZWICKAU: OPEN}, HANDED_ON)
    assert not rerouted(to_zwickau(catalogue), two).is_changed
