"""Measures: ideas that become one together, and what their authors hear of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from services.ideas.deeds import Ask, Bundle, DeedKind, Doer, NameTopic
from services.ideas.errors import DeedRefused, IdeaNotFound
from services.ideas.ledger import Event
from services.ideas.model import NotificationState
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, NotificationRow
from services.ideas.work_tables import LedgerRow, MeasureIdeaRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, CATCH_ALL_BODY, CHEMNITZ, admit, number_of, understood
from tests.submissions import CLARA

OPERATOR = Doer("j.weber")
MINUTE = timedelta(minutes=1)
PLANNED, BUILT, REFUSED, TAKEN_BACK = "aufgenommen", "umgesetzt", "nicht-weiterverfolgt", "zurueckgezogen"

pytestmark = on_sqlite


@pytest.fixture
def register(store: Store) -> Register:
    """A register of a region whose staff can take back what they did within ten minutes."""
    return Register(store, shipped.catalogue(CONFIG, {"IDEENKANAL_WORK_UNDO_MINUTES": "10"}), SECRET)


async def measure_of(register: Register, *ideas: str) -> str:
    """The number of a measure with these ideas, whose authors have been told that they are part of it."""
    measure = await register.measures.create("Radweg durch das Tal", NOON)
    for reference in ideas:
        await register.work.act(reference, Bundle(measure.reference), OPERATOR, NOON)
    return measure.reference


async def updates(store: Store, state: NotificationState = NotificationState.DUE) -> list[NotificationRow]:
    async with store.reading() as session:
        rows = select(NotificationRow).where(NotificationRow.template == "update", NotificationRow.state == state)
        return list(await session.scalars(rows.order_by(NotificationRow.id)))


async def test_measures_are_numbered_one_after_the_other(register: Register) -> None:
    """A short number of its own, and no stage until somebody says one."""
    first = await register.measures.create("  Radweg\n im Tal ", NOON)
    second = await register.measures.create("Nachtbus", NOON)

    assert (first.reference, first.title, first.stage) == ("SWS-M1", "Radweg im Tal", "")
    assert second.reference == "SWS-M2"
    assert [bundle.measure for bundle in await register.measures.all()] == [first, second]


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
async def test_a_measure_needs_a_title(register: Register, title: str) -> None:
    """Authors read it."""
    with pytest.raises(DeedRefused, match="höchstens 200 Zeichen"):
        await register.measures.create(title, NOON)


async def test_a_step_is_taken_back_whatever_becomes_of_one_of_its_ideas(register: Register, store: Store) -> None:
    """One was withdrawn meanwhile and stays so, the topic of another one was corrected and stays so."""
    withdrawn, corrected = await admit(register, "1", BEN), await admit(register, "2", CLARA)
    number = await measure_of(register, withdrawn, corrected)
    await register.measures.move(number, PLANNED, "Gern.", OPERATOR, NOON)
    async with store.writing() as session:
        await session.execute(update(IdeaRow).where(IdeaRow.reference == withdrawn).values(stage=TAKEN_BACK))
    await register.work.act(corrected, NameTopic("housing"), OPERATOR, NOON + MINUTE)
    carried = await register.measures.undo(number, OPERATOR, NOON + 2 * MINUTE)

    assert (carried.moved, carried.left, carried.measure.stage) == ((corrected,), (withdrawn,), "")
    assert [(await register.idea(each)).stage for each in (withdrawn, corrected)] == [TAKEN_BACK, "zugeordnet"]


async def test_every_idea_comes_along_wherever_its_own_way_leads(register: Register) -> None:
    """A new idea and one that the council has come to the measure's stage, with its note, as acts of their own."""
    new = await admit(register, "1", BEN, understood(abstained=True))
    routed = await admit(register, "2", CLARA)
    number = await measure_of(register, new, routed)
    carried = await register.measures.move(number, BUILT, "Seit Mai befahrbar.", OPERATOR, NOON)

    assert (carried.moved, carried.left, carried.told) == ((new, routed), (), 2)
    assert (carried.measure.stage, carried.undo_until) == (BUILT, NOON + 10 * MINUTE)
    for reference in (new, routed):
        dossier = await register.dossier(reference)
        assert (dossier.idea.stage, dossier.idea.stages[-1].note) == (BUILT, "Seit Mai befahrbar.")
        assert not any(each.is_open for each in dossier.idea.assignments)
        assert dossier.acts[-1].kind is DeedKind.CARRY
        assert dossier.measure == carried.measure


async def test_each_author_hears_once_what_becomes_of_the_measure(register: Register, store: Store) -> None:
    """That their idea is part of it and what became of it is one update while the first one has not left."""
    ideas = [await admit(register, "1", BEN), await admit(register, "2", CLARA)]
    number = await measure_of(register, *ideas)
    await register.measures.move(number, PLANNED, "Der Bau ist beschlossen.", OPERATOR, NOON + MINUTE)

    owed = await updates(store)
    assert [row.parameters["reference"] for row in owed] == ideas
    for row in owed:
        news = await register.news(row.parameters["reference"], row.parameters["acts"])
        assert news is not None
        assert [(step.stage, step.note) for step in news.steps] == [(PLANNED, "Der Bau ist beschlossen.")]
        assert news.measure is not None
        assert news.measure.title == "Radweg durch das Tal"


async def test_what_is_over_stays_as_it_is(register: Register, store: Store) -> None:
    """Nobody who was told an end, or who took their idea back, is told another one."""
    refused, gone, open_ = [await admit(register, str(number), BEN) for number in range(3)]
    number = await measure_of(register, refused, gone, open_)
    await register.change_stage(refused, REFUSED, "Zu teuer.", "staff", NOON)
    async with store.writing() as session:
        await session.execute(update(IdeaRow).where(IdeaRow.reference == gone).values(stage=TAKEN_BACK))
    carried = await register.measures.move(number, PLANNED, "", OPERATOR, NOON)

    assert (carried.moved, carried.left) == ((open_,), (refused, gone))
    assert (await register.idea(refused)).stage == REFUSED


async def test_the_body_that_leads_the_stage_gets_the_ideas(register: Register, store: Store) -> None:
    """As where they had come there on their own; whoever had them hears that they are settled."""
    reference = await admit(register, "1", BEN)
    await register.measures.move(await measure_of(register, reference), PLANNED, "", OPERATOR, NOON)
    idea = await register.idea(reference)

    assert [each.body for each in idea.assignments if each.is_open] == [CATCH_ALL_BODY]
    assert [each.body for each in idea.assignments if not each.is_open] == [CHEMNITZ]
    async with store.reading() as session:
        heard = await session.scalars(select(LedgerRow.event).where(LedgerRow.body == CHEMNITZ).order_by(LedgerRow.id))
        assert list(heard) == [Event.NEW, Event.STATEMENT]


async def test_a_step_of_a_measure_can_be_taken_back(register: Register, store: Store) -> None:
    """Within the window all of it: ideas, who has them, the measure, and what their authors would have heard."""
    ideas = [await admit(register, "1", BEN), await admit(register, "2", CLARA)]
    number = await measure_of(register, *ideas)
    before = [await register.idea(reference) for reference in ideas]
    told = [row.parameters["acts"] for row in await updates(store)]
    await register.measures.move(number, BUILT, "", OPERATOR, NOON + MINUTE)
    undone = await register.measures.undo(number, OPERATOR, NOON + 2 * MINUTE)

    assert (undone.moved, undone.measure.stage) == (tuple(ideas), "")
    assert [await register.idea(reference) for reference in ideas] == before
    assert [row.parameters["acts"] for row in await updates(store)] == told
    with pytest.raises(DeedRefused, match="nichts, was Sie zurücknehmen können"):
        await register.measures.undo(number, OPERATOR, NOON + 2 * MINUTE)


async def test_a_step_that_was_told_is_not_taken_back(register: Register) -> None:
    """When the window is over nothing changes any more, for no idea."""
    reference = await admit(register, "1", BEN)
    number = await measure_of(register, reference)
    await register.measures.move(number, BUILT, "", OPERATOR, NOON)
    with pytest.raises(DeedRefused, match="zu spät"):
        await register.measures.undo(number, OPERATOR, NOON + 11 * MINUTE)

    assert (await register.measures.one(number)).measure.stage == BUILT
    assert (await register.idea(reference)).stage == BUILT


async def test_an_idea_with_which_more_was_done_is_not_put_back(register: Register) -> None:
    """What somebody has done since counts; the others go back."""
    asked, other = await admit(register, "1", BEN), await admit(register, "2", CLARA)
    number = await measure_of(register, asked, other)
    await register.measures.move(number, PLANNED, "", OPERATOR, NOON)
    await register.work.act(asked, Ask("Wo genau?"), OPERATOR, NOON)
    undone = await register.measures.undo(number, OPERATOR, NOON)

    assert (undone.moved, undone.left) == ((other,), (asked,))
    assert (await register.idea(asked)).stage == PLANNED


@pytest.mark.parametrize(("stage", "note"), [("eingegangen", ""), (REFUSED, ""), ("nirgends", "")])
async def test_a_step_that_is_refused_changes_nothing(register: Register, stage: str, note: str) -> None:
    """A stage of new ideas, one that needs a reason, and one that does not exist."""
    reference = await admit(register, "1", BEN)
    number = await measure_of(register, reference)
    before = await register.idea(reference)
    with pytest.raises(DeedRefused):
        await register.measures.move(number, stage, note, OPERATOR, NOON)

    assert await register.idea(reference) == before
    assert (await register.measures.one(number)).measure.stage == ""


async def test_an_idea_is_taken_out_again(register: Register, store: Store) -> None:
    """It is no part of the measure, its author hears neither, and undoing it puts it back."""
    reference = await admit(register, "1", BEN)
    number = await measure_of(register, reference)
    await register.measures.take_out(number, reference, OPERATOR, NOON)

    assert (await register.measures.one(number)).ideas == ()
    assert await updates(store) == []
    assert await register.work.undo(reference, OPERATOR, NOON) is DeedKind.UNBUNDLE
    assert (await register.measures.one(number)).ideas == (reference,)


async def test_what_is_not_in_a_measure_is_not_taken_out(register: Register) -> None:
    """An idea of another measure, a measure and an idea that do not exist: each is told."""
    reference = await admit(register, "1", BEN)
    number = await measure_of(register)
    with pytest.raises(DeedRefused, match="gehört nicht zur Maßnahme"):
        await register.measures.take_out(number, reference, OPERATOR, NOON)
    with pytest.raises(DeedRefused, match="Nummer SWS-M7 gibt es nicht"):
        await register.measures.take_out("SWS-M7", reference, OPERATOR, NOON)
    with pytest.raises(IdeaNotFound):
        await register.measures.take_out(number, "SWS-2026-0042-7", OPERATOR, NOON)


async def test_an_idea_that_was_merged_counts_as_the_other(register: Register, store: Store) -> None:
    """Two ideas of a measure that are one by now are carried once."""
    first, second = await admit(register, "1", BEN), await admit(register, "2", BEN)
    number = await measure_of(register, first, second)
    async with store.writing() as session:
        whole = select(IdeaRow.id).where(IdeaRow.reference == first).scalar_subquery()
        await session.execute(update(IdeaRow).where(IdeaRow.reference == second).values(merged_into_id=whole))

    assert await number_of(store, MeasureIdeaRow) == 2
    assert (await register.measures.one(number)).ideas == (first,)
    assert (await register.measures.move(number, PLANNED, "", OPERATOR, NOON)).moved == (first,)
