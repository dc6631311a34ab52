from __future__ import annotations

import pytest

from services.ideas.errors import StageRefused
from services.ideas.lifecycle import Lifecycle, Stage


def stage(name: str, *following: str, needs_note: bool = False) -> Stage:
    return Stage(name, name, name, following, tells_submitter=True, needs_note=needs_note)


LIFECYCLE = Lifecycle(
    {
        "new": stage("new", "open"),
        "open": stage("open", "done", "refused"),
        "done": stage("done"),
        "refused": stage("refused", needs_note=True),
        "gone": stage("gone"),
    },
    initial="new",
    routed="open",
    withdrawn="gone",
    declined="refused",
    watches="council",
    raised_after_days=14,
)


def test_a_step_that_the_stages_allow_is_taken() -> None:
    """The step gives the stage that was wanted."""
    assert LIFECYCLE.step("open", "done", "") == LIFECYCLE.stages["done"]


def test_a_step_that_the_stages_do_not_allow_is_refused_with_those_they_do() -> None:
    """The sentence names where the way leads from here."""
    with pytest.raises(StageRefused, match=r"Von „new“ führt kein Weg nach „done“\. Möglich sind: open\."):
        LIFECYCLE.step("new", "done", "")


def test_an_end_says_that_nothing_follows() -> None:
    """From a last stage no stage is possible, not even itself, and the sentence says so."""
    with pytest.raises(StageRefused, match=r"Möglich sind: keine weiteren Stufen\."):
        LIFECYCLE.step("done", "done", "")


def test_an_unknown_stage_is_refused_with_all_known_ones() -> None:
    """A misspelt stage is answered with the list of stages."""
    with pytest.raises(StageRefused, match=r"„doen“ gibt es nicht\. Möglich sind: new, open, done, refused, gone\."):
        LIFECYCLE.step("open", "doen", "")


@pytest.mark.parametrize("note", ["", "  \n"])
def test_a_stage_that_needs_a_reason_is_refused_without_one(note: str) -> None:
    """Blanks are no reason."""
    with pytest.raises(StageRefused, match="braucht eine Begründung"):
        LIFECYCLE.step("open", "refused", note)


def test_a_stage_that_needs_a_reason_is_taken_with_one() -> None:
    """With a note the step is taken."""
    assert LIFECYCLE.step("open", "refused", "Zu teuer.").id == "refused"


def test_an_idea_in_a_stage_that_was_deleted_is_not_stuck() -> None:
    """From a stage that the configuration no longer knows, every known one can be reached."""
    assert LIFECYCLE.step("deleted", "open", "").id == "open"


@pytest.mark.parametrize(("stage", "asked"), [("new", "open"), ("open", "open"), ("done", "done")])
def test_rules_are_asked_for_new_ideas_as_if_they_were_sorted(stage: str, asked: str) -> None:
    """A rule that is met moves a new idea on at once."""
    assert LIFECYCLE.asked_at(stage) == asked


def test_a_stage_reaches_itself_and_all_that_follows() -> None:
    """Every way counts, also over several steps."""
    assert LIFECYCLE.reached_from("new") == {"new", "open", "done", "refused"}


def test_a_measure_keeps_to_no_way() -> None:
    """A measure is planned elsewhere: it may come to a stage to which no way leads."""
    assert LIFECYCLE.carried_to("", "done", "").id == "done"


@pytest.mark.parametrize(
    ("wanted", "note", "told"),
    [
        ("new", "", "Auf die Stufe „new“ kann eine Maßnahme nicht kommen"),
        ("open", "", "kann eine Maßnahme nicht kommen"),
        ("gone", "", "kann eine Maßnahme nicht kommen"),
        ("refused", " ", "braucht eine Begründung"),
        ("done", "", "schon auf der Stufe „done“"),
        ("doen", "", "gibt es nicht"),
    ],
)
def test_a_stage_that_is_none_of_a_measure_is_refused(wanted: str, note: str, told: str) -> None:
    """What is new, was taken back, lacks its reason or is reached already."""
    with pytest.raises(StageRefused, match=told):
        LIFECYCLE.carried_to("done", wanted, note)
