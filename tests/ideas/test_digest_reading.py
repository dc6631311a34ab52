from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, insert, select

from services.ideas.catalogue import Catalogue
from services.ideas.digest_order import Section
from services.ideas.periods import Period
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import AssignmentRow, IdeaRow, NotificationRow
from services.ideas.work_tables import LedgerRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import CATCH_ALL_BODY, CHEMNITZ, admit, understood

DAY = timedelta(days=1)
MONDAY, TUESDAY = Period("2026-11-23", NOON), Period("2026-11-24", NOON + DAY)


async def test_a_draft_is_what_the_digest_says_then(register: Register, store: Store) -> None:
    """Same ideas, same numbers, same counts; and it marks nothing as told."""
    first = await admit(register, "1")
    await register.write_digest(CHEMNITZ, MONDAY, NOON)
    second = await admit(
        register, "2", understanding=understood(topics=(), districts=("14511",)), received_at=NOON + DAY
    )
    third = await admit(register, "3", received_at=NOON + DAY)
    draft = await register.digest_reading.draft(CHEMNITZ, None, NOON + DAY, NOON + DAY)
    await register.write_digest(CHEMNITZ, TUESDAY, NOON + DAY)
    async with store.reading() as session:
        mail = select(NotificationRow).where(NotificationRow.key == f"digest:{CHEMNITZ}:2026-11-24:0")
        digest = (await session.scalars(mail)).one().parameters["digest"]
    written = await register.digest_reading.of(digest, NOON + DAY)

    assert written is not None
    assert written.contents.entries == draft.contents.entries
    assert (written.contents.waiting, written.contents.overdue) == (draft.contents.waiting, draft.contents.overdue)
    found = [(entry.section, entry.reference, entry.topic, entry.district) for entry in written.contents.entries]
    assert found == [
        (Section.NEWS, second, "", "14511"),
        (Section.NEWS, third, "mobility", "14511"),
        (Section.WAITING, first, "mobility", "14511"),
    ]
    assert [entry.number for entry in written.contents.entries] == [1, 2, 3]
    assert written.contents.start == NOON
    assert await register.digest_reading.revoke(CHEMNITZ) == 4


@on_sqlite
async def test_a_time_has_what_a_body_heard_in_it(register: Register) -> None:
    """Told or not, and nothing of what merely waits."""
    first = await admit(register, "1")
    await register.write_digest(CHEMNITZ, MONDAY, NOON)
    await admit(register, "2", received_at=NOON + DAY)
    drafts = [
        await register.digest_reading.draft(CHEMNITZ, start, start + DAY, NOON + DAY) for start in (NOON - DAY, NOON)
    ]

    assert [[entry.reference for entry in draft.contents.entries] for draft in drafts] == [[], [first]]


@on_sqlite
async def test_what_was_not_urgent_begins_the_time_earlier(store: Store, catalogue: Catalogue) -> None:
    """A digest says of which days it tells; what waited for it is older than the digest before."""
    register = Register(store, catalogue, SECRET)
    await admit(register, "1")
    early = await register.write_digest(CHEMNITZ, Period("2026-11-22", NOON - DAY), NOON)
    draft = await register.digest_reading.draft(CHEMNITZ, None, NOON + 3 * DAY, NOON + 3 * DAY)

    assert early == 0
    assert (draft.contents.start, draft.contents.end) == (NOON, NOON + 3 * DAY)


@on_sqlite
async def test_all_that_waits_is_counted_and_two_hundred_are_named(register: Register, store: Store) -> None:
    """What has no number yet is counted as waiting, and as overdue."""
    await admit(register, "1")
    async with store.writing() as session:
        row = (await session.scalars(select(IdeaRow))).one()
        ideas = [
            {"reference": f"X-{n}", "channel": "email", "stage": row.stage, "model": "", "privacy_notice": ""}
            | {"understanding": row.understanding, "created_at": NOON}
            for n in range(250)
        ]
        await session.execute(insert(IdeaRow), ideas)
        numbers = await session.scalars(select(IdeaRow.id).where(IdeaRow.reference.like("X-%")))
        given = {"body": CHEMNITZ, "rule": "x", "assigned_at": NOON, "state": "open", "due_at": NOON}
        await session.execute(insert(AssignmentRow), [{"idea_id": number, **given} for number in numbers])
    draft = await register.digest_reading.draft(CHEMNITZ, None, NOON + DAY, NOON + DAY)

    assert (len(draft.contents.of(Section.NEWS)), len(draft.contents.of(Section.WAITING))) == (1, 199)
    assert (draft.contents.waiting, draft.contents.overdue, len(draft.items)) == (250, 250, 30)


@on_sqlite
async def test_who_watches_hears_where_it_lies(register: Register, store: Store) -> None:
    """The body that watches over all does not have the idea, and learns who has, since when."""
    await admit(register, "1")
    for days in (40, 80):
        await register.work.remind(NOON + days * DAY)
    draft = await register.digest_reading.draft(CATCH_ALL_BODY, None, NOON + 90 * DAY, NOON + 90 * DAY)
    async with store.reading() as session:
        raised = await session.scalar(select(func.count()).select_from(LedgerRow).where(LedgerRow.event == "raised"))

    assert raised == 1
    assert [(entry.section, entry.is_open) for entry in draft.contents.entries] == [(Section.NEWS, False)]


@on_sqlite
async def test_who_gets_no_more_digests_reads_the_old_ones_no_more(store: Store, catalogue: Catalogue) -> None:
    """A mailbox that was taken from a body, or whose body has left: the page would show what is written now."""
    register = Register(store, catalogue, SECRET)
    await admit(register, "1")
    await register.write_digest(CHEMNITZ, MONDAY, NOON)
    token = register.digest_reading.token(f"digest:{CHEMNITZ}:2026-11-23:0")
    others = {name: body for name, body in catalogue.bodies.items() if name != CHEMNITZ}
    moved = replace(catalogue.bodies[CHEMNITZ], email=("amt@stadt-chemnitz.example.org",))
    regions = [catalogue, replace(catalogue, bodies=others), replace(catalogue, bodies={**others, CHEMNITZ: moved})]
    links = [await Register(store, region, SECRET).digest_reading.link(token) for region in regions]

    assert [link is not None for link in links] == [True, False, False]
