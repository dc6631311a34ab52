from __future__ import annotations

import asyncio
import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, event, select

from nlp.understanding import Kind, Understanding
from services.ideas.capability import Purpose, capability_hash
from services.ideas.inbound import STORED
from services.ideas.model import Assignment, Attachment, Sender
from services.ideas.readings import Nothing, Request
from services.ideas.reference import parse_reference, reference_number
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import (
    AssignmentRow,
    AttachmentRow,
    BlobRow,
    CapabilityRow,
    ContributionRow,
    IdeaRow,
    InboundRow,
    NotificationRow,
    ReferenceCounterRow,
    StageChangeRow,
    SubmitterRow,
)
from tests.conftest import NOON
from tests.ideas.samples import (
    ANNA,
    BEN,
    CATCH_ALL_BODY,
    CHEMNITZ,
    InjectedError,
    admit,
    failing_at,
    logged,
    number_of,
    submission,
    understood,
)

ALL_OF_AN_IDEA = (
    SubmitterRow,
    IdeaRow,
    ContributionRow,
    AttachmentRow,
    BlobRow,
    AssignmentRow,
    StageChangeRow,
    CapabilityRow,
    NotificationRow,
    ReferenceCounterRow,
)
MAP = Attachment("karte.png", "image/png", b"a map")


async def everything(store: Store) -> list[int]:
    return [await number_of(store, table) for table in ALL_OF_AN_IDEA]


async def confirmations(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as session:
        rows = await session.scalars(select(NotificationRow).order_by(NotificationRow.id))
        return [(row.key.partition(":")[0], row.state) for row in rows]


async def test_a_message_becomes_an_idea(register: Register) -> None:
    """What was said, when, by which channel, and what the model made of it can be read by the reference."""
    entry = await logged(register, "1")
    reference = await register.record(entry, submission(ANNA, MAP), understood())
    assert reference is not None
    idea = await register.idea(reference)

    assert idea.reference == reference_number("SWS", 2026, 1)
    assert (idea.channel, idea.created_at, idea.understanding) == ("email", NOON, understood())
    assert [(each.subject, each.text, each.at, each.attachments) for each in idea.contributions] == [
        ("Radweg", "Ein Radweg für alle.", NOON, ("karte.png",))
    ]


async def test_an_idea_is_given_to_the_bodies_of_its_routes(register: Register) -> None:
    """Where a rule is met the idea goes on to the routed stage, and both steps are written down."""
    idea = await register.idea(await admit(register, "1"))

    assert idea.assignments == (Assignment(CHEMNITZ, "ort-chemnitz", NOON, due_at=NOON + timedelta(days=28)),)
    assert [(change.stage, change.actor) for change in idea.stages] == [
        ("eingegangen", "program"),
        ("zugeordnet", "program"),
    ]
    assert idea.stage == "zugeordnet"


async def test_an_idea_that_no_rule_names_waits_with_the_catch_all_body(register: Register) -> None:
    """It stays at the first stage, where a person reads it."""
    idea = await register.idea(await admit(register, "1", understanding=understood(abstained=True)))

    assert idea.assignments == (Assignment(CATCH_ALL_BODY, "catch-all", NOON, due_at=NOON + timedelta(days=14)),)
    assert (idea.stage, len(idea.stages)) == ("eingegangen", 1)


async def test_without_a_model_an_idea_is_kept_for_a_person(register: Register) -> None:
    """An outage of the model delays nobody's idea."""
    entry = await logged(register, "1")
    reference = await register.record(entry, submission(), None)
    assert reference is not None

    assert (await register.idea(reference)).understanding == Understanding.nothing()
    assert [idea.reference for idea in await register.not_understood(5)] == [reference]


async def test_an_idea_owes_one_confirmation_and_opens_one_page(register: Register, store: Store) -> None:
    """One confirmation with the reference in its key, and a capability for the page, of which the hash is kept."""
    reference = await admit(register, "1")
    async with store.reading() as session:
        owed = list(await session.scalars(select(NotificationRow)))
        capabilities = list(await session.scalars(select(CapabilityRow)))
    token = register.token(Purpose.STATUS_PAGE, reference)

    assert [(each.key, each.state, each.parameters) for each in owed] == [
        (f"confirmation:{reference}", "due", {"reference": reference, "too_large": 0, "too_many": 0})
    ]
    assert (capability_hash(token), "status-page") in [(each.token_hash, each.purpose) for each in capabilities]


async def test_the_same_file_is_kept_once(register: Register, store: Store) -> None:
    """Whoever sends it, under whatever name: each idea names it, and its bytes are there once."""
    same = replace(MAP, filename="plan.png")
    for external_id, files in (("1", (MAP, same)), ("2", (same,))):
        await register.record(await logged(register, external_id), submission(ANNA, *files), understood())
    async with store.reading() as session:
        blobs = list(await session.scalars(select(BlobRow)))
        names = list(await session.scalars(select(AttachmentRow.filename).order_by(AttachmentRow.id)))

    assert [(blob.sha256, blob.content) for blob in blobs] == [(hashlib.sha256(b"a map").hexdigest(), b"a map")]
    assert names == ["karte.png", "plan.png", "plan.png"]


async def test_the_same_person_is_one_submitter_in_a_channel(register: Register, store: Store) -> None:
    """Two ideas of one address have one submitter; the same address in another channel is somebody else."""
    await admit(register, "1")
    await admit(register, "2")
    await admit(register, "3", replace(BEN, address=ANNA.address))

    assert await number_of(store, SubmitterRow) == 2


async def test_recording_a_message_twice_makes_one_idea(register: Register, store: Store) -> None:
    """The second time nothing changes, and no reference is given."""
    entry = await logged(register, "1")
    first = await register.record(entry, submission(ANNA, MAP), understood())
    before = await everything(store)

    assert first is not None
    assert await register.record(entry, submission(ANNA, MAP), understood()) is None
    assert await everything(store) == before


async def test_recording_a_message_from_ten_tasks_makes_one_idea(register: Register, store: Store) -> None:
    """Of ten readers that have the same message at once, one makes the idea."""
    entry = await logged(register, "1")
    found = await asyncio.gather(*(register.record(entry, submission(), understood()) for _ in range(10)))

    assert len([reference for reference in found if reference]) == 1
    assert await number_of(store, IdeaRow) == 1
    assert await confirmations(store) == [("confirmation", "due")]


async def test_a_fault_at_any_statement_leaves_nothing_half_stored(register: Register, store: Store) -> None:
    """Whichever statement fails, nothing of the idea is there, its message waits, and the next try makes it whole."""
    entry = await logged(register, "1")
    for statement in itertools.count(1):
        try:
            with failing_at(statement):
                await register.record(entry, submission(ANNA, MAP), understood())
        except InjectedError:
            assert await everything(store) == [0] * len(ALL_OF_AN_IDEA)
            assert await number_of(store, InboundRow, InboundRow.state == STORED) == 1
        else:
            break

    assert statement > len(ALL_OF_AN_IDEA)
    assert await everything(store) == [1, 1, 1, 1, 1, 1, 2, 5, 1, 1]


async def test_a_fault_at_the_commit_leaves_nothing_half_stored(register: Register, store: Store) -> None:
    """Until the commit has succeeded nothing is there, and the next try makes the idea with the first number."""
    entry = await logged(register, "1")

    def fail(*_: object) -> None:
        raise InjectedError

    event.listen(Engine, "commit", fail)
    try:
        with pytest.raises(InjectedError):
            await register.record(entry, submission(ANNA, MAP), understood())
    finally:
        event.remove(Engine, "commit", fail)

    assert await everything(store) == [0] * len(ALL_OF_AN_IDEA)
    assert "-0001-" in str(await register.record(entry, submission(ANNA, MAP), understood()))


async def test_references_follow_one_another_under_load(register: Register) -> None:
    """Fifty ideas recorded at once have fifty consecutive numbers with valid check digits."""
    entries = [await logged(register, str(number)) for number in range(50)]
    people = [Sender("telegram", str(number), verified=True) for number in range(50)]
    found = await asyncio.gather(
        *(
            register.record(entry, submission(person), understood())
            for entry, person in zip(entries, people, strict=True)
        )
    )
    references = sorted(str(reference) for reference in found)

    assert [int(reference.split("-")[2]) for reference in references] == list(range(1, 51))
    assert [parse_reference(reference) for reference in references] == references


@pytest.mark.parametrize(
    ("received_at", "year"),
    [
        (datetime(2026, 12, 31, 22, 59, 59, tzinfo=UTC), "2026"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "2027"),
    ],
)
async def test_the_year_of_a_reference_is_that_of_the_region(
    register: Register, received_at: datetime, year: str
) -> None:
    """The new year begins at midnight in Europe/Berlin."""
    reference = await admit(register, "1", received_at=received_at)

    assert reference.startswith(f"SWS-{year}-0001-")


async def test_each_year_counts_from_one(register: Register) -> None:
    """Late messages of the old year take its next number."""
    old, new = NOON, NOON + timedelta(days=60)
    found = [await admit(register, str(number), received_at=at) for number, at in enumerate((old, new, old, new))]

    assert [reference[4:13] for reference in found] == ["2026-0001", "2027-0001", "2026-0002", "2027-0002"]


async def test_numbers_are_not_used_again(register: Register, store: Store) -> None:
    """When an idea is deleted its number stays with it."""
    reference = await admit(register, "1")
    async with store.writing() as session:
        await session.execute(delete(IdeaRow))

    assert await admit(register, "2") != reference


@pytest.mark.parametrize("sender", [ANNA, BEN])
async def test_advertising_is_not_confirmed(register: Register, store: Store, sender: Sender) -> None:
    """Spam is kept for a person to see, and its sender gets no answer; an idea after it gets one."""
    await admit(register, "1", sender, understood(kind=Kind.SPAM))
    await admit(register, "2", sender)

    assert await confirmations(store) == [("confirmation", "withheld"), ("confirmation", "due")]


async def test_a_request_is_answered_and_is_no_idea(register: Register, store: Store) -> None:
    """What the program itself was asked is answered once, with the template and parameters of its reading."""
    entry = await logged(register, "77", channel="telegram")
    help_wanted = Request(BEN, "help", {"asked": "x"})
    assert await register.record(entry, help_wanted, None) is None
    assert await register.record(entry, help_wanted, None) is None
    async with store.reading() as session:
        owed = list(await session.scalars(select(NotificationRow).where(NotificationRow.template != "notice")))

    assert [(each.key, each.template, each.parameters) for each in owed] == [
        ("answer:telegram:77", "help", {"asked": "x"})
    ]
    assert await number_of(store, IdeaRow) == 0


async def test_nothing_is_neither_an_idea_nor_answered(register: Register, store: Store) -> None:
    """A bounce or an auto-reply leaves only its message, with the reason."""
    await register.record(await logged(register, "1"), Nothing("auto-reply"), None)

    assert await everything(store) == [0] * len(ALL_OF_AN_IDEA)


async def test_a_submitter_sees_their_own_ideas_newest_first(register: Register) -> None:
    """Others' ideas and those of the same address in another channel are not among them."""
    own = [await admit(register, str(number), BEN) for number in range(3)]
    await admit(register, "4", replace(BEN, address="4712"))
    await admit(register, "5", replace(ANNA, address=BEN.address))

    assert [idea.reference for idea in await register.ideas_of("telegram", BEN.address, 2)] == own[:0:-1]


async def test_erasing_a_submitter_keeps_the_ideas(register: Register, store: Store) -> None:
    """The person is forgotten with all that was owed to them; what they proposed stays, and staff may go on with it."""
    reference = await admit(register, "1")
    await admit(register, "2", BEN)
    async with store.writing() as session:
        await session.execute(delete(SubmitterRow).where(SubmitterRow.address == ANNA.address))
    moved = await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)

    assert moved.contributions[0].text == "Ein Radweg für alle."
    assert await register.ideas_of("email", ANNA.address, 5) == ()
    async with store.reading() as session:
        assert list(await session.scalars(select(NotificationRow.channel))) == ["telegram"]
