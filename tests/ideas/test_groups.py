"""Groups of bodies' people: where they stand in the configuration, what they are told, and where they move to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from services.ideas.bodies import StaffGroup
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue, read_catalogue
from services.ideas.deeds import Doer, GiveBack
from services.ideas.errors import ConfigurationError
from services.ideas.groups import Groups, alert
from services.ideas.ledger import Event
from services.ideas.model import Notification
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import IdeaRow, NotificationRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET, on_sqlite
from tests.ideas.samples import ANNA, CHEMNITZ, admit, logged

Change = Callable[[str, str, str], None]
LEASE = timedelta(minutes=1)
GROUP = -1001234567890
EMAIL = 'email = ["ideen@stadt-chemnitz.example.org"]'
OTHER = 'email = ["ideen@imag.example.org"]'
OUTBOX = Outbox(SECRET)


def region_with(catalogue: Catalogue, group: StaffGroup | None) -> Catalogue:
    """The same region with this group at Chemnitz."""
    body = replace(catalogue.bodies[CHEMNITZ], telegram=group)
    return replace(catalogue, bodies={**catalogue.bodies, CHEMNITZ: body})


async def tell(store: Store, catalogue: Catalogue, event: Event, *, after: timedelta = timedelta()) -> None:
    """Tell Chemnitz of the one idea that there is."""
    async with store.writing() as session:
        idea = (await session.scalars(select(IdeaRow))).one()
        await alert(session, OUTBOX, catalogue, idea, CHEMNITZ, event, NOON + after)


async def alerts(store: Store) -> list[NotificationRow]:
    async with store.reading() as session:
        rows = select(NotificationRow).where(NotificationRow.template == "alert").order_by(NotificationRow.id)
        return list(await session.scalars(rows))


# In the configuration


def test_a_body_may_have_a_group(region: Path, change: Change) -> None:
    """The group gets digests and alerts unless the configuration says otherwise."""
    change("bodies.toml", EMAIL, f"{EMAIL}\ntelegram = {{ group = {GROUP} }}")
    change("bodies.toml", OTHER, f"{OTHER}\ntelegram = {{ group = -17, alerts = false }}")
    bodies = read_catalogue(region, {}).bodies

    assert bodies[CHEMNITZ].telegram == StaffGroup(GROUP, alerts=True)
    assert bodies["imag"].telegram == StaffGroup(-17, alerts=False)
    assert bodies["lenkungskreis"].telegram is None


@pytest.mark.parametrize("group", ["4711", "0", "-99999999999999999999", "true"])
def test_a_group_has_a_negative_number(region: Path, change: Change, group: str) -> None:
    """A person's chat is refused: what bodies are told goes to no single phone."""
    change("bodies.toml", EMAIL, f"{EMAIL}\ntelegram = {{ group = {group} }}")
    with pytest.raises(ConfigurationError) as refused:
        read_catalogue(region, {})

    (problem,) = refused.value.problems
    place = list(shipped.catalogue(CONFIG, {}).bodies).index(CHEMNITZ)
    assert (problem.file, problem.key) == ("bodies.toml", f"body.{place}.telegram.group")


def test_a_group_is_one_bodys_own(region: Path, change: Change) -> None:
    """Two bodies in one group would not know who is meant."""
    for email in (EMAIL, OTHER):
        change("bodies.toml", email, f"{email}\ntelegram = {{ group = {GROUP} }}")
    with pytest.raises(ConfigurationError) as refused:
        read_catalogue(region, {})

    (problem,) = refused.value.problems
    assert (problem.file, problem.key) == ("bodies.toml", f"body.telegram.group.{GROUP}")


# What is told


@on_sqlite
async def test_a_group_is_told_of_each_event(store: Store, catalogue: Catalogue, register: Register) -> None:
    """Each event is a message of its own, and what happens to an idea more than once within an hour is told once."""
    reference = await admit(register, "1")
    region = region_with(catalogue, StaffGroup(GROUP, alerts=True))
    for event, minutes in (
        (Event.NEW, 0),
        (Event.ADDED, 1),
        (Event.ADDED, 59),
        (Event.ADDED, 60),
        (Event.WITHDRAWN, 61),
    ):
        await tell(store, region, event, after=timedelta(minutes=minutes))

    told = await alerts(store)
    assert [row.parameters["event"] for row in told] == ["new", "added", "added", "withdrawn"]
    assert {(row.channel, row.recipient, row.parameters["reference"], row.parameters["body"]) for row in told} == {
        ("telegram", str(GROUP), reference, CHEMNITZ)
    }


@on_sqlite
@pytest.mark.parametrize("group", [None, StaffGroup(GROUP, alerts=False)])
async def test_who_wants_no_alerts_gets_none(
    store: Store, catalogue: Catalogue, register: Register, group: StaffGroup | None
) -> None:
    """A body without a group, or with one that waits for the digest, is not told at once."""
    await admit(register, "1")
    await tell(store, region_with(catalogue, group), Event.NEW)

    assert await alerts(store) == []


# Where a group moves to


@on_sqlite
async def test_who_gave_an_idea_back_hears_no_more_of_it(store: Store, catalogue: Catalogue) -> None:
    """Neither in a digest nor in the group."""
    register = Register(store, region_with(catalogue, StaffGroup(GROUP, alerts=True)), SECRET)
    reference = await admit(register, "1")
    await register.work.act(reference, GiveBack("Landesstraße."), Doer("x", CHEMNITZ), NOON)
    before = len(await alerts(store))
    reply = Submission(ANNA, "", "Noch etwas.", thread=register.token(Purpose.REPLY, reference))
    await register.record(await logged(register, "answer"), reply, None)

    assert len(await alerts(store)) == before


async def owed_to(register: Register) -> list[Notification]:
    return list(await register.claim_notifications(NOON, LEASE, 50, "telegram"))


async def test_what_is_owed_moves_with_the_group(store: Store, catalogue: Catalogue, register: Register) -> None:
    """What waits and what comes later goes to the new number, whichever one the configuration names."""
    groups = Groups(store, catalogue)
    for key in ("before", "after"):
        async with store.writing() as session:
            await OUTBOX.owe(session, Owed(key, "telegram", "digest", {}, recipient="-1"), NOON)
        await groups.migrated("-1", "-2")
    first = await owed_to(register)
    await register.sent(first[0], NOON)
    second = await owed_to(register)

    assert [(owed.key, owed.recipient) for owed in (*first, *second)] == [("before", "-2"), ("after", "-2")]


@on_sqlite
async def test_a_group_that_moves_twice_is_found(store: Store, catalogue: Catalogue) -> None:
    """The first number leads to the last one."""
    region = region_with(catalogue, StaffGroup(-1, alerts=True))
    groups = Groups(store, region)
    await groups.migrated("-1", "-2")
    await groups.migrated("-2", "-3")

    assert [body and body.id for body in [await groups.body(each) for each in ("-1", "-3", "-4")]] == [
        CHEMNITZ,
        CHEMNITZ,
        None,
    ]


@on_sqlite
async def test_a_group_that_moves_to_itself_stays(store: Store, catalogue: Catalogue, register: Register) -> None:
    """A number that leads to itself leads nowhere else."""
    groups = Groups(store, catalogue)
    await groups.migrated("-1", "-1")
    async with store.writing() as session:
        await OUTBOX.owe(session, Owed("key", "telegram", "digest", {}, recipient="-1"), NOON)

    assert [owed.recipient for owed in await owed_to(register)] == ["-1"]
