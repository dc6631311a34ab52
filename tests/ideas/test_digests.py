from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import update

from services.ideas import digests
from services.ideas.bodies import Body, Cadence, StaffGroup, Urgency
from services.ideas.catalogue import Catalogue
from services.ideas.conversation import idea_numbered
from services.ideas.deeds import Accept, Doer
from services.ideas.ledger import Event, enter, tell_again
from services.ideas.outbox import Outbox
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import DigestRow, IdeaRow
from services.ideas.work_tables import DigestItemRow, LedgerRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.locks import comes_to_wait
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, logged, number_of, understood
from tests.ideas.told import mails, told, untold

LEASE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST, SECOND = Period("2026-11-23", NOON), Period("2026-11-24", NOON + DAY)
FOLDER = Period("sitting 2026-12-07", NOON, date(2026, 12, 7))
on_postgresql = pytest.mark.parametrize("store_url", ["postgresql"], indirect=True)

Changed = Callable[..., Register]


@pytest.fixture
def changed(store: Store, catalogue: Catalogue) -> Changed:
    """Makes a register of a configuration in which one body, or the plan of its digest, is another."""

    def make(body: str = CHEMNITZ, *, of_body: dict[str, Any] | None = None, **of_plan: Any) -> Register:
        present = catalogue.bodies[body]
        plan = replace(present.digest, **of_plan)
        other: Body = replace(present, digest=plan, **(of_body or {}))
        return Register(store, replace(catalogue, bodies={**catalogue.bodies, body: other}), SECRET)

    return make


async def test_a_digest_tells_what_a_body_has_not_been_told(register: Register, store: Store) -> None:
    """All ideas of the body, and no other's, in the order in which they came."""
    own = [await admit(register, str(number)) for number in range(3)]
    await admit(register, "zwickau", understanding=understood(districts=("14524",)))

    assert await register.write_digest(CHEMNITZ, FIRST, NOON) == 3
    assert await told(store, CHEMNITZ) == {FIRST.key: [(reference, Event.NEW) for reference in own]}


async def test_a_digest_goes_to_each_role_mailbox_by_itself(changed: Changed) -> None:
    """Two mailboxes get a mail each, under keys of their own, so that no address sees the other."""
    register = changed(of_body={"email": ("eins@example.org", "zwei@example.org")})
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    claimed = await register.claim_notifications(NOON, LEASE, 5)

    assert {(each.key, each.recipient) for each in claimed if each.template == "digest"} == {
        (f"digest:{CHEMNITZ}:2026-11-23:0", "eins@example.org"),
        (f"digest:{CHEMNITZ}:2026-11-23:1", "zwei@example.org"),
    }


@on_sqlite
@pytest.mark.parametrize("channels", [{"email"}, {"telegram"}, {"email", "telegram"}])
async def test_a_digest_goes_to_the_channels_that_are_wanted(
    changed: Changed, store: Store, channels: set[str]
) -> None:
    """To the mailbox, to the Telegram group, or to both."""
    register = changed(of_body={"telegram": StaffGroup(-1001234567890, alerts=False)}, channels=frozenset(channels))
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)

    keys = {"email": f"digest:{CHEMNITZ}:2026-11-23:0", "telegram": f"digest:{CHEMNITZ}:2026-11-23:telegram"}
    assert {mail.key for mail in await mails(store)} == {keys[channel] for channel in channels}


async def test_four_that_write_a_digest_at_once_write_one(register: Register, store: Store) -> None:
    """However many schedulers run, a period has one digest and each mailbox one mail."""
    await admit(register, "1")
    found = await asyncio.gather(*(register.write_digest(CHEMNITZ, FIRST, NOON) for _ in range(4)))

    assert sorted(found, key=str) == [1, None, None, None]
    assert await number_of(store, DigestRow) == 1
    assert len(await mails(store)) == 1


async def test_a_period_is_digested_once(register: Register, store: Store) -> None:
    """What is heard of after the digest of a period was written waits for the next, whenever it happened."""
    one = await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    other = await admit(register, "2")

    assert await register.write_digest(CHEMNITZ, FIRST, NOON) is None
    assert await register.write_digest(CHEMNITZ, SECOND, NOON + DAY) == 1
    assert await told(store, CHEMNITZ) == {FIRST.key: [(one, Event.NEW)], SECOND.key: [(other, Event.NEW)]}


@on_sqlite
async def test_a_digest_holds_exactly_its_period(register: Register, store: Store) -> None:
    """However late it is written, what came after the period's end belongs to the next; one at the end is still in."""
    within = [await admit(register, str(n), received_at=NOON - n * HOUR) for n in range(2)]
    after = await admit(register, "after", received_at=NOON + timedelta(microseconds=1))

    assert await register.write_digest(CHEMNITZ, FIRST, NOON + 5 * HOUR) == 2
    assert await register.write_digest(CHEMNITZ, SECOND, NOON + DAY) == 1
    assert [[idea for idea, _ in ideas] for ideas in (await told(store, CHEMNITZ)).values()] == [within, [after]]


async def test_a_digest_without_ideas_is_written_and_sent_to_nobody(register: Register, store: Store) -> None:
    """The period is done, also for an idea that comes a moment later, and no mailbox gets an empty mail."""
    assert await register.write_digest(CHEMNITZ, FIRST, NOON) == 0
    await admit(register, "1")

    assert await register.write_digest(CHEMNITZ, FIRST, NOON) is None
    assert await register.digests_written(CHEMNITZ, ["2026-11-23", "2026-11-24"]) == {"2026-11-23"}
    assert await mails(store) == []


async def test_each_idea_is_told_in_exactly_one_digest(register: Register, store: Store) -> None:
    """Ideas that come while digests of several periods are written are in one of them each: none twice, none lost."""
    periods = [Period(f"2026-11-{day}", NOON) for day in range(10, 14)]
    counting = asyncio.gather(*(register.write_digest(CHEMNITZ, period, NOON) for period in periods))
    references = await asyncio.gather(*(admit(register, str(number)) for number in range(6)))
    counts = await counting
    last = await register.write_digest(CHEMNITZ, FIRST, NOON)

    assert sum(number or 0 for number in [*counts, last]) == 6
    in_digests = [idea for ideas in (await told(store, CHEMNITZ)).values() for idea, _ in ideas]
    assert sorted(in_digests) == sorted(references)


async def test_two_periods_that_are_written_at_one_moment_share_nothing(register: Register, store: Store) -> None:
    """A process that is late with yesterday's digest and one that writes today's: each idea is in one of the two."""
    references = [await admit(register, str(number)) for number in range(5)]
    written = await asyncio.gather(
        register.write_digest(CHEMNITZ, FIRST, NOON + DAY), register.write_digest(CHEMNITZ, SECOND, NOON + DAY)
    )

    assert sorted(number or 0 for number in written) == [0, 5]
    assert [[idea for idea, _ in ideas] for ideas in (await told(store, CHEMNITZ)).values()] == [references]
    assert len(await mails(store)) == 1


@on_postgresql
async def test_what_is_committed_late_is_told_in_the_next(register: Register, store: Store) -> None:
    """What happened within a period, but was not yet committed when its digest was written, is not lost."""
    reference = await admit(register, "1")
    async with store.writing() as slow:
        await enter(slow, 1, [CHEMNITZ], Event.STATEMENT, NOON - HOUR, occurrence="slow")
        assert await register.write_digest(CHEMNITZ, FIRST, NOON) == 1

    assert await register.write_digest(CHEMNITZ, SECOND, NOON + DAY) == 1
    assert await told(store, CHEMNITZ) == {
        FIRST.key: [(reference, Event.NEW)],
        SECOND.key: [(reference, Event.STATEMENT)],
    }


@on_postgresql
async def test_an_addition_beside_a_digest_that_is_being_written_is_told(
    register: Register, store: Store, catalogue: Catalogue
) -> None:
    """Whoever adds something waits for the digest that takes the idea as new, and then it is news again."""
    reference = await admit(register, "1")

    async def adds() -> None:
        async with store.writing() as session:
            idea = await session.get_one(IdeaRow, 1)
            await tell_again(session, idea, Event.ADDED, NOON)

    async with store.writing() as session:
        await digests.write_digest(session, Outbox(SECRET), catalogue, body_id=CHEMNITZ, period=FIRST, now=NOON)
        adding = asyncio.create_task(adds())
        assert await comes_to_wait(adding, store)
    await adding

    assert await untold(store, CHEMNITZ) == [(reference, Event.ADDED)]


@on_postgresql
async def test_a_digest_and_a_change_do_not_wait_for_one_another(register: Register, store: Store) -> None:
    """Whoever has an idea in hand and then changes what is told of it is waited for, and waits for no digest."""
    reference = await admit(register, "1")
    async with store.writing() as session:
        idea = await idea_numbered(session, reference)
        assert idea is not None
        writing = asyncio.create_task(register.write_digest(CHEMNITZ, FIRST, NOON))
        assert await comes_to_wait(writing, store)
        await tell_again(session, idea, Event.ADDED, NOON)

    assert await writing == 1


async def test_periods_are_each_bodys_own(register: Register) -> None:
    """One body's digest does not count for another's."""
    await register.write_digest(CHEMNITZ, FIRST, NOON)

    assert await register.digests_written("landratsamt-zwickau", ["2026-11-23"]) == frozenset()


@on_sqlite
async def test_a_body_that_gets_an_idea_later_is_told_later(register: Register, store: Store) -> None:
    """An idea that moves on is new to the body that it comes to, and not to the first one again."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    await register.change_stage(reference, "pruefung-regionalkonvent", "", "staff", NOON)

    assert await register.write_digest(CATCH_ALL_BODY, SECOND, NOON + DAY) == 1
    await register.write_digest(CHEMNITZ, SECOND, NOON + DAY)
    assert (await told(store, CATCH_ALL_BODY))[SECOND.key] == [(reference, Event.NEW)]
    assert (reference, Event.NEW) not in (await told(store, CHEMNITZ)).get(SECOND.key, [])


@on_sqlite
async def test_what_is_told_at_once_leaves_no_trace_of_minutes_without_news(changed: Changed, store: Store) -> None:
    """A period of a minute is written down where there is something to tell."""
    register = changed(every=Cadence.IMMEDIATELY)
    assert await register.write_digest(CHEMNITZ, Period("2026-11-23T12:00Z", NOON), NOON) == 0
    await admit(register, "1")
    assert await register.write_digest(CHEMNITZ, Period("2026-11-23T12:01Z", NOON + LEASE), NOON + LEASE) == 1

    assert await number_of(store, DigestRow) == len(await mails(store)) == 1


@on_sqlite
async def test_what_is_less_urgent_waits_for_what_is(changed: Changed, store: Store) -> None:
    """A digest of urgent things alone leaves once there is one, and takes along what has waited."""
    register = changed(at_least=Urgency.HIGH)
    reference = await admit(register, "1")
    assert await register.write_digest(CHEMNITZ, FIRST, NOON) == 0
    assert await untold(store, CHEMNITZ) == [(reference, Event.NEW)]
    async with store.writing() as session:
        await enter(session, 1, [CHEMNITZ], Event.OVERDUE, NOON)

    assert await register.write_digest(CHEMNITZ, SECOND, NOON + DAY) == 1
    assert await told(store, CHEMNITZ) == {SECOND.key: [(reference, Event.NEW), (reference, Event.OVERDUE)]}
    assert len(await mails(store)) == 1


@on_sqlite
async def test_a_digest_that_leaves_in_any_case_holds_all(changed: Changed, store: Store) -> None:
    """Where empty ones are wanted too, one with nothing urgent tells what there is, and one with nothing says so."""
    register = changed(at_least=Urgency.HIGH, empty=True)
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    await register.write_digest(CHEMNITZ, SECOND, NOON + DAY)

    assert await told(store, CHEMNITZ) == {FIRST.key: [(reference, Event.NEW)]}
    assert len(await mails(store)) == 2


@on_sqlite
async def test_messages_that_only_a_person_can_place_make_a_digest_leave(register: Register, store: Store) -> None:
    """The body that gets what no rule names is told of them, also where it has no idea."""
    await logged(register, "1")
    (claimed,) = await register.claim_messages(NOON, LEASE, 1)
    await register.reading_failed(claimed, NOON, "unreadable", for_good=True)
    await register.write_digest(CATCH_ALL_BODY, FIRST, NOON)
    await register.write_digest(CHEMNITZ, FIRST, NOON)

    assert [mail.parameters["body"] for mail in await mails(store)] == [CATCH_ALL_BODY]


@on_sqlite
async def test_a_folder_for_a_sitting_holds_all_that_waits(changed: Changed, store: Store) -> None:
    """Also what an earlier digest has told, and where nothing is new."""
    register = changed(every=Cadence.SITTING, sittings=(date(2026, 12, 7),))
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("before", NOON - DAY), NOON)
    await register.write_digest(CHEMNITZ, Period("new", NOON), NOON)
    await register.write_digest(CHEMNITZ, FOLDER, NOON)

    assert [mail.parameters.get("sitting") for mail in await mails(store)] == [None, "2026-12-07"]
    assert await number_of(store, DigestItemRow) == 2


@on_sqlite
async def test_a_folder_for_a_sitting_that_is_over_holds_news_alone(changed: Changed, store: Store) -> None:
    """Whoever lists a day of the past, or was away on it, gets no folder for it; what nobody was told is not lost."""
    register = changed(every=Cadence.SITTING, sittings=(date(2026, 12, 7),))
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    assert await register.write_digest(CHEMNITZ, FOLDER, NOON + 15 * DAY) == 0
    await admit(register, "2")
    late = Period("sitting 2026-12-08", NOON, date(2026, 12, 8))

    assert await register.write_digest(CHEMNITZ, late, NOON + 16 * DAY) == 1
    assert len(await mails(store)) == 2


@on_sqlite
async def test_of_a_locked_idea_nobody_hears(register: Register, store: Store) -> None:
    """What was not told when its words were locked waits, and is no work of the body."""
    await admit(register, "1")
    async with store.writing() as session:
        await session.execute(update(IdeaRow).values(locked_at=NOON))

    assert await register.write_digest(CHEMNITZ, FIRST, NOON) == 0
    assert await number_of(store, LedgerRow, LedgerRow.digest_id.is_not(None)) == 0
    assert await mails(store) == []


@on_sqlite
async def test_what_a_body_did_itself_makes_no_digest_leave(register: Register, store: Store) -> None:
    """Its receipt has told it already; the next digest says it beside what is new."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, FIRST, NOON)
    await register.work.act(reference, Accept(), Doer("staff", CHEMNITZ), NOON)

    assert await register.write_digest(CHEMNITZ, SECOND, NOON + DAY) == 0
    assert await untold(store, CHEMNITZ) == [(reference, Event.DECIDED)]
