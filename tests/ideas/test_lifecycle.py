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
