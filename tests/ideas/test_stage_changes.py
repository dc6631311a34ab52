from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.ideas.catalogue import Catalogue
from services.ideas.errors import IdeaNotFound, StageRefused
from services.ideas.model import Idea
from services.ideas.register import Register
from services.ideas.routing import Route
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, NotificationRow, StageChangeRow
from tests.conftest import NOON, SECRET
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, logged, number_of, submission, understood

LATER = NOON + timedelta(hours=1)
COUNCIL, MINISTRIES, REFUSED = "pruefung-regionalkonvent", "fachpruefung-imag", "nicht-weiterverfolgt"


def bodies(idea: Idea) -> dict[str, str]:
    return {assignment.body: assignment.rule for assignment in idea.assignments}


def holders(idea: Idea) -> set[str]:
    return {assignment.body for assignment in idea.assignments if assignment.is_open}


async def owed(store: Store, template: str) -> list[NotificationRow]:
    async with store.reading() as session:
        rows = select(NotificationRow).where(NotificationRow.template == template).order_by(NotificationRow.id)
        return list(await session.scalars(rows))


async def unread(register: Register, external_id: str) -> str:
    """The reference of an idea that came while there was no model."""
    reference = await register.record(await logged(register, external_id), submission(), None)
    assert reference is not None
    return reference


async def test_staff_move_an_idea_on(register: Register) -> None:
    """The step is written down with its time, actor and note."""
    reference = await admit(register, "1")
    idea = await register.change_stage(reference, COUNCIL, "Am 3. Dezember.", "j.weber", LATER)
    last = idea.stages[-1]

    assert (idea.stage, last.stage, last.at, last.actor, last.note) == (
        COUNCIL,
        COUNCIL,
        LATER,
        "j.weber",
        "Am 3. Dezember.",
    )


async def test_the_bodies_of_the_new_stage_get_the_idea(register: Register) -> None:
    """Who leads the stage and whom its rules name have it now; whoever had it has done its part, also on a way back."""
    reference = await admit(register, "1")
    await register.change_stage(reference, COUNCIL, "", "staff", LATER)
    idea = await register.change_stage(reference, MINISTRIES, "", "staff", LATER)
    declined = await register.change_stage(reference, REFUSED, "Zu teuer.", "staff", LATER)
    back = await register.change_stage(reference, COUNCIL, "", "staff", LATER)

    assert bodies(idea) == {
        CHEMNITZ: "ort-chemnitz",
        "regionalkonvent": "stage",
        "regionalkonvent-sitzung": "stufe-regionalkonvent",
        "imag": "stage",
        "smil": "fachpruefung-verkehr-wohnen",
    }
    assert holders(idea) == {"imag", "smil"}
    assert holders(declined) == set()
    assert holders(back) == {"regionalkonvent", "regionalkonvent-sitzung"}


async def test_a_later_stage_without_a_route_adds_nobody(store: Store, catalogue: Catalogue) -> None:
    """The catch-all body sorts what is new; an idea that was sorted and is refused is not sent to it."""
    nothing: frozenset[str] = frozenset()
    only = Route("ort-chemnitz", (CHEMNITZ,), nothing, nothing, nothing, frozenset({"zugeordnet"}))
    register = Register(store, replace(catalogue, routes=(only,)), SECRET)
    reference = await admit(register, "1")
    idea = await register.change_stage(reference, REFUSED, "Zu teuer.", "staff", LATER)

    assert bodies(idea) == {CHEMNITZ: "ort-chemnitz"}


async def test_the_submitter_is_owed_an_update(register: Register, store: Store) -> None:
    """One update for each step that the stage tells of, which names the step."""
    reference = await admit(register, "1")
    await register.change_stage(reference, COUNCIL, "Bald.", "staff", LATER)
    (update_owed,) = await owed(store, "update")
    told = await register.news(reference, update_owed.parameters["acts"])

    assert update_owed.parameters["reference"] == reference
    assert told is not None
    assert [(step.stage, step.note) for step in told.steps] == [(COUNCIL, "Bald.")]


async def test_a_stage_that_tells_nothing_owes_no_update(register: Register, store: Store) -> None:
    """Sorting an idea by hand is no news to its submitter."""
    reference = await admit(register, "1", understanding=understood(abstained=True))
    await register.change_stage(reference, "zugeordnet", "", "staff", LATER)

    assert await owed(store, "update") == []


@pytest.mark.parametrize(
    ("stage", "note"), [("lenkungskreis", ""), ("umgesetzt2", ""), (REFUSED, ""), (REFUSED, "  "), ("zugeordnet", "")]
)
async def test_a_refused_step_changes_nothing(register: Register, store: Store, stage: str, note: str) -> None:
    """A stage that is unknown, not next, or lacks its note is refused, and the idea stays as it was."""
    reference = await admit(register, "1")
    before = await register.idea(reference)
    with pytest.raises(StageRefused):
        await register.change_stage(reference, stage, note, "staff", LATER)

    assert await register.idea(reference) == before
    assert await owed(store, "update") == []


async def test_an_unknown_reference_is_told(register: Register) -> None:
    """Staff who mistype a number read that there is no such idea."""
    with pytest.raises(IdeaNotFound, match="SWS-2026-0042-7 gibt es nicht"):
        await register.change_stage("SWS-2026-0042-7", COUNCIL, "", "staff", LATER)
    with pytest.raises(IdeaNotFound, match="SWS-2026-0042-7 gibt es nicht"):
        await register.idea("SWS-2026-0042-7")


async def test_the_same_step_by_fifty_at_once_is_taken_once(register: Register, store: Store) -> None:
    """One of them moves the idea, the others are refused, and the submitter hears of it once."""
    reference = await admit(register, "1")
    steps = (register.change_stage(reference, COUNCIL, "", "staff", LATER) for _ in range(50))
    found = await asyncio.gather(*steps, return_exceptions=True)

    assert sorted(type(each).__name__ for each in found) == ["Idea"] + ["StageRefused"] * 49
    assert await number_of(store, StageChangeRow, StageChangeRow.stage == COUNCIL) == 1
    assert len(await owed(store, "update")) == 1


async def test_an_idea_in_a_deleted_stage_can_be_moved_on(register: Register, store: Store) -> None:
    """A region that deletes a stage does not lose the ideas that stood there."""
    reference = await admit(register, "1")
    async with store.writing() as session:
        await session.execute(update(IdeaRow).values(stage="abgeschafft"))

    assert (await register.change_stage(reference, COUNCIL, "", "staff", LATER)).stage == COUNCIL


async def test_an_idea_is_understood_later(register: Register) -> None:
    """Once a model has read it, it is routed as if it came now, and is not read again."""
    reference = await unread(register, "1")
    await register.understand_again(reference, understood(), LATER)
    idea = await register.idea(reference)

    assert bodies(idea) == {CATCH_ALL_BODY: "catch-all", CHEMNITZ: "ort-chemnitz"}
    assert (idea.stage, idea.understanding) == ("zugeordnet", understood())
    assert await register.not_understood(5) == ()


async def test_a_model_that_abstains_leaves_the_idea_where_it_is(register: Register) -> None:
    """Nothing new is known, so the person with the catch-all body decides."""
    reference = await unread(register, "1")
    await register.understand_again(reference, understood(abstained=True), LATER)
    idea = await register.idea(reference)

    assert (idea.stage, bodies(idea)) == ("eingegangen", {CATCH_ALL_BODY: "catch-all"})


async def test_what_a_person_has_decided_meanwhile_stays(register: Register) -> None:
    """An idea that staff moved on before the model read it keeps its stage."""
    reference = await unread(register, "1")
    await register.change_stage(reference, COUNCIL, "", "staff", NOON)
    await register.understand_again(reference, understood(), LATER)
    idea = await register.idea(reference)

    assert (idea.stage, holders(idea)) == (COUNCIL, {CATCH_ALL_BODY, "regionalkonvent-sitzung", CHEMNITZ})


async def test_understanding_again_at_once_and_twice_routes_once(register: Register) -> None:
    """Several readers that do it at the same time give each body the idea once, and the first understanding stays."""
    reference = await unread(register, "1")
    await asyncio.gather(*(register.understand_again(reference, understood(), LATER) for _ in range(5)))
    await register.understand_again(reference, understood(districts=("14524",)), LATER)

    assert bodies(await register.idea(reference)) == {CATCH_ALL_BODY: "catch-all", CHEMNITZ: "ort-chemnitz"}


async def test_the_ideas_that_came_first_are_understood_first(register: Register) -> None:
    """As many as are asked for, in the order in which they came."""
    found = [await unread(register, str(number)) for number in range(3)]

    assert [idea.reference for idea in await register.not_understood(2)] == found[:2]
