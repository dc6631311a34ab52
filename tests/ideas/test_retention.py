"""Time goes by: what is erased by itself, when, and what stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from services.ideas.chat_tables import JoinCodeRow
from services.ideas.deeds import Accept, Deed, Doer, Find, Move, Verdict
from services.ideas.model import InboundMessage, LoggedMessage, Sender
from services.ideas.outbox import Outbox, Owed
from services.ideas.periods import Period
from services.ideas.readings import Held, HoldReason, Nothing, Presence
from services.ideas.register import Register
from services.ideas.retention import Expired, months_before
from services.ideas.store import Store
from services.ideas.tables import DigestRow, IdeaRow, InboundRow, NotificationRow, SubmitterRow
from services.ideas.work_tables import PendingDeedRow
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.dialogue.talk import Talk
from tests.ideas.samples import ANNA, CHEMNITZ, admit, logged, number_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The shipped settings: raw_days and contact_months.
RAW, CONTACT = 30 * DAY, 183 * DAY
CLARA = Sender("email", "clara@example.org", verified=True)


async def expire(register: Register, now: datetime) -> Expired:
    """All that is due, as the scheduler does it."""
    messages = people = codes = notifications = 0
    while expired := await register.personal_data.expire(now):
        messages, people = messages + expired.messages, people + expired.people
        codes, notifications = codes + expired.codes, notifications + expired.notifications
    return Expired(messages, people, codes, notifications)


async def raws(store: Store) -> list[tuple[bytes, bool]]:
    """The bytes of each message of the log, and whether it has an envelope."""
    async with store.reading() as session:
        rows = await session.scalars(select(InboundRow).order_by(InboundRow.id))
        return [(row.raw, bool(row.envelope)) for row in rows]


async def sent(register: Register, at: datetime = NOON) -> None:
    """Everything that is owed has left."""
    while claimed := await register.claim_notifications(at, DAY, 100):
        for notification in claimed:
            await register.sent(notification, at)


async def close(register: Register, reference: str, at: datetime = NOON) -> None:
    """The last step of an idea."""
    await register.change_stage(reference, "nicht-weiterverfolgt", "Es fehlt Geld.", "staff", at)


async def test_half_a_year_in_the_life_of_a_store(register: Register, store: Store) -> None:
    """Messages lose their bytes after 30 days, people are told of nothing old, and are forgotten after six months."""
    reference = await admit(register, "1", CLARA)
    await close(register, reference)
    await sent(register)
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    await sent(register)

    assert await expire(register, NOON + RAW - DAY) == Expired()
    assert await expire(register, NOON + RAW) == Expired(messages=1, notifications=2)
    assert await raws(store) == [(b"", False)]
    assert await expire(register, NOON + CONTACT - 3 * DAY) == Expired()
    assert await expire(register, NOON + CONTACT) == Expired(people=1)
    assert await expire(register, NOON + 10 * CONTACT) == Expired()

    assert await number_of(store, SubmitterRow) == 0
    assert (await register.idea(reference)).contributions[0].text == "Ein Radweg für alle."
    # What bodies are told keeps its key: a digest is never written twice.
    assert (await register.counts())["notifications"] == {"sent": 1}
    assert await register.digests_written(CHEMNITZ, ["2026-11-23"]) == {"2026-11-23"}


async def test_what_waits_for_a_person_waits_as_it_came(register: Register, store: Store) -> None:
    """Held and unreadable messages, and those that nobody has read yet, keep their bytes however old they are."""
    held, unreadable = await logged(register, "held"), await logged(register, "unreadable")
    await register.record(held, Held(HoldReason.NO_TOKEN), None)
    await register.reading_failed(unreadable, NOON, "it is broken", for_good=True)
    await logged(register, "unread")

    await expire(register, NOON + 10 * CONTACT)
    assert await raws(store) == [(b"Radweg", True)] * 3

    await register.holding_pen.dismiss(held.id, "staff")
    await expire(register, NOON + 10 * CONTACT)
    assert await raws(store) == [(b"", False), (b"Radweg", True), (b"Radweg", True)]


async def test_a_message_that_comes_again_later_is_still_known(register: Register) -> None:
    """Its identity outlives its bytes."""
    entry = await logged(register, "1")
    await register.record(entry, Nothing("empty"), None)
    await expire(register, NOON + 10 * CONTACT)

    (receipt,) = await register.log([entry.message])
    assert (receipt.id, receipt.new) == (entry.id, False)


@pytest.mark.parametrize(
    ("stage", "people"),
    [
        *((stage, 0) for stage in ("zugeordnet", "pruefung-regionalkonvent", "aufgenommen", "a stage of old")),
        *((stage, 1) for stage in ("umgesetzt", "nicht-weiterverfolgt", "zurueckgezogen")),
    ],
)
@on_sqlite
async def test_nobody_is_forgotten_while_an_idea_of_theirs_is_open(
    register: Register, store: Store, stage: str, people: int
) -> None:
    """An idea is over where its way ends, even if it may be taken up again."""
    reference = await admit(register, "1", CLARA)
    await admit(register, "2", ANNA)
    async with store.writing() as session:
        await session.execute(update(IdeaRow).where(IdeaRow.reference == reference).values(stage=stage))

    assert (await expire(register, NOON + CONTACT)).people == people


async def test_whoever_has_written_since_is_not_forgotten(register: Register, store: Store) -> None:
    """Whatever they wrote: another idea, or only a question about the old one."""
    ideas = [await admit(register, str(number), CLARA) for number in range(2)]
    for reference in ideas:
        await close(register, reference)
    talk = Talk(register, store, at=NOON)
    await talk.say("Bus")
    await talk.say("Schule", after=DAY)
    async with store.writing() as session:
        await session.execute(update(IdeaRow).values(stage="umgesetzt"))
    talk.at = NOON + 100 * DAY
    await talk.request("status")

    assert (await expire(register, NOON + CONTACT)).people == 1
    assert (await expire(register, NOON + 100 * DAY + CONTACT - 3 * DAY)).people == 0
    assert (await expire(register, NOON + 100 * DAY + CONTACT + 3 * DAY)).people == 1


async def test_a_joined_person_is_forgotten_as_a_whole(register: Register, store: Store) -> None:
    """As long as one of their channels is in use, none is forgotten."""
    await close(register, await admit(register, "1", CLARA))
    later = NOON + 60 * DAY
    await close(register, await admit(register, "2", ANNA, received_at=later), later)
    async with store.writing() as session:
        await session.execute(update(SubmitterRow).values(person="p"))

    assert (await expire(register, NOON + CONTACT)).people == 0
    assert (await expire(register, later + CONTACT)).people == 1
    assert await number_of(store, SubmitterRow) == 0


async def test_whoever_never_had_an_idea_is_forgotten_too(register: Register, store: Store) -> None:
    """Who has only said hello, months ago."""
    talk = Talk(register, store, at=NOON)
    await talk.request("welcome")

    assert (await expire(register, NOON + CONTACT + DAY)).people == 1


@on_sqlite
async def test_a_chat_that_is_nobodys_is_forgotten(register: Register, store: Store) -> None:
    """Who blocks the bot after they were erased leaves the number of their chat with that message alone."""
    blocked = InboundMessage("telegram", "1", {}, b"4711", NOON, "telegram:4711")
    (receipt,) = await register.log([blocked])
    gone = Presence(Sender("telegram", "4711", verified=True), is_present=False)
    await register.record(LoggedMessage(receipt.id, blocked, 1), gone, None)

    await expire(register, NOON + CONTACT)

    assert await number_of(store, InboundRow, InboundRow.conversation == "") == 1


@on_sqlite
async def test_a_farewell_that_could_not_be_sent_does_not_stay(register: Register, store: Store) -> None:
    """It would keep the chat's number of a person who wanted to be forgotten."""
    async with store.writing() as session:
        row = {"channel": "telegram", "template": "erased", "parameters": {}, "available_at": NOON, "created_at": NOON}
        session.add(NotificationRow(key="1", recipient="4711", state="withheld", **row))
        session.add(NotificationRow(key="2", recipient="4712", state="due", **row))

    assert await expire(register, NOON) == Expired(notifications=1)


@on_sqlite
async def test_old_codes_are_deleted(register: Register, store: Store) -> None:
    """An hour after they were given."""
    await admit(register, "1", CLARA)
    async with store.writing() as session:
        session.add(JoinCodeRow(code_hash="a", submitter_id=1, expires_at=NOON))

    assert await expire(register, NOON) == Expired(codes=1)


@on_sqlite
async def test_much_is_done_in_pieces(register: Register, store: Store) -> None:
    """No transaction takes more than a piece, and none is left over."""
    await register.log([InboundMessage("email", str(number), {}, b"x", NOON) for number in range(1200)])
    for number in range(45):
        await admit(register, f"idea {number}", replace(CLARA, address=f"person{number}@example.org"))
    async with store.writing() as session:
        await session.execute(update(InboundRow).values(state="read"))
        await session.execute(update(IdeaRow).values(stage="umgesetzt"))

    first = await register.personal_data.expire(NOON + CONTACT)
    assert (first.messages, first.people) == (500, 20)
    rest = await expire(register, NOON + CONTACT)
    assert rest.people == 25
    assert set(await raws(store)) == {(b"", False)}


@pytest.mark.parametrize(
    ("moment", "months", "earlier"),
    [
        (datetime(2026, 11, 23, tzinfo=UTC), 6, datetime(2026, 5, 23, tzinfo=UTC)),
        (datetime(2027, 8, 31, tzinfo=UTC), 6, datetime(2027, 2, 28, tzinfo=UTC)),
        (datetime(2028, 8, 30, tzinfo=UTC), 6, datetime(2028, 2, 29, tzinfo=UTC)),
        (datetime(2027, 3, 1, tzinfo=UTC), 15, datetime(2025, 12, 1, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(moment: datetime, months: int, earlier: datetime) -> None:
    """The same day, or the last one of a shorter month."""
    assert months_before(moment, months) == earlier


@on_sqlite
async def test_what_staff_wrote_by_mail_is_forgotten(register: Register, store: Store) -> None:
    """A line that nobody confirmed after a day, a receipt with the raw messages; digests keep their keys."""
    await admit(register, "1", CLARA)
    async with store.writing() as session:
        session.add(DigestRow(id=1, body=CHEMNITZ, period="p", until=NOON, created_at=NOON))
        session.add(
            PendingDeedRow(receipt="r", digest_id=1, number=1, idea_id=1, deed={}, actor="j.weber", created_at=NOON)
        )
        for template in ("receipt", "digest"):
            await Outbox(SECRET).owe(session, Owed(template, "email", template, {}, recipient="a@example.org"), NOON)
    await sent(register)

    assert [(await expire(register, NOON + after)).codes for after in (DAY - HOUR, DAY)] == [0, 1]
    assert (await expire(register, NOON + RAW)).notifications == 2  # with the confirmation
    assert (await register.counts())["notifications"] == {"sent": 1}


@on_sqlite
async def test_who_says_nothing_for_years_is_told_the_end(register: Register, store: Store) -> None:
    """Each step of a way of three years reaches a person who has only ever sent one mail, and then they are forgotten.

    That the mail was theirs was clear from its signature alone (DMARC).
    """
    reference = await admit(register, "1", CLARA)
    told = []
    for months, deed in WAY.items():
        at = NOON + months * 30 * DAY
        await expire(register, at)
        await register.work.act(reference, deed, Doer("j.weber"), at)
        for owed in await register.claim_notifications(at + HOUR, DAY, 9, "email"):
            told += [(owed.recipient, owed.parameters["acts"])] if owed.template == "update" else []
            await register.sent(owed, at + HOUR)

    assert told == [(CLARA.address, [act]) for act in (1, 2, 5, 6, 7)]
    end = NOON + 36 * 30 * DAY
    assert (await expire(register, end + CONTACT - 3 * DAY)).people == 0
    assert (await expire(register, end + CONTACT + 3 * DAY)).people == 1
    assert await number_of(store, SubmitterRow) == 0


# What staff do with an idea, so many months after it came.
WAY: Mapping[int, Deed] = {
    3: Accept(),
    10: Accept(),
    11: Find("Umsetzbarkeit", Verdict.YES),
    12: Find("Finanzierbarkeit", Verdict.PARTLY),
    14: Accept(),
    20: Accept("Wir bauen ihn."),
    36: Move("umgesetzt"),
}
