"""What a message that came to a secret address changes, and what one without the secret does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.capability import Purpose
from services.ideas.inbound import HELD, READ
from services.ideas.model import Attachment
from services.ideas.periods import Period
from services.ideas.readings import Held, HoldReason, Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import ContributionRow, IdeaRow, InboundRow, NotificationRow
from tests.conftest import NOON
from tests.ideas.samples import ANNA, BEN, CHEMNITZ, admit, logged, number_of, understood

LATER = NOON + timedelta(hours=1)
CLARA = replace(ANNA, address="clara@example.net")


async def reply(
    register: Register, token: str, *, external_id: str = "reply", sender: object = ANNA, text: str = "Am Ostufer."
) -> None:
    """A message that came to the reply address with this token."""
    answer = Submission(sender, "Re: Ihre Nachricht", text, full_text=f"{text}\n\n> Guten Tag", thread=token)  # type: ignore[arg-type]
    await register.record(await logged(register, external_id, received_at=LATER), answer, understood())


async def inbound_states(store: Store) -> list[tuple[str, str]]:
    async with store.reading() as session:
        rows = await session.scalars(select(InboundRow).order_by(InboundRow.id))
        return [(row.state, row.outcome) for row in rows]


async def test_a_reply_with_the_secret_extends_the_idea(register: Register, store: Store) -> None:
    """It becomes the second message of the same idea, with its whole text beside what was written now."""
    reference = await admit(register, "1")
    await reply(register, register.token(Purpose.REPLY, reference))
    idea = await register.idea(reference)

    assert [(each.text, each.full_text) for each in idea.contributions] == [
        ("Ein Radweg für alle.", ""),
        ("Am Ostufer.", "Am Ostufer.\n\n> Guten Tag"),
    ]
    assert await number_of(store, IdeaRow) == 1
    assert await inbound_states(store) == [(READ, "idea"), (READ, "reply")]


async def test_a_reply_is_not_confirmed(register: Register, store: Store) -> None:
    """Only the first message is answered: whoever answers an answer begins a loop."""
    reference = await admit(register, "1")
    await reply(register, register.token(Purpose.REPLY, reference))

    assert await number_of(store, NotificationRow) == 1


async def test_a_reply_brings_the_idea_into_the_next_digest(register: Register) -> None:
    """The body that was told of the idea is told again, because there is something new to read."""
    reference = await admit(register, "1")
    assert await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON) == 1
    assert await register.write_digest(CHEMNITZ, Period("2026-11-24", NOON), NOON) == 0
    for owed in await register.claim_notifications(NOON, timedelta(minutes=1), 10):
        await register.sent(owed, NOON)
    await reply(register, register.token(Purpose.REPLY, reference))

    assert await register.write_digest(CHEMNITZ, Period("2026-11-25", LATER), LATER) == 1


async def test_a_reply_verifies_the_address_that_our_mail_went_to(register: Register) -> None:
    """Whoever answers to the secret address from there has received what we sent there."""
    reference = await admit(register, "1")
    assert not (await register.mailboxes.by_reference(reference)).verified
    await reply(register, register.token(Purpose.REPLY, reference))

    assert (await register.mailboxes.by_reference(reference)).verified


async def test_a_forged_reply_verifies_nothing(register: Register) -> None:
    """Who has seen the secret in a copy and writes in the submitter's name speaks to the idea, and no more."""
    reference = await admit(register, "1")
    answer = Submission(ANNA, "", "Hm.", thread=register.token(Purpose.REPLY, reference), answerable=False)
    await register.record(await logged(register, "2"), answer, None)

    assert len((await register.idea(reference)).contributions) == 2
    assert not (await register.mailboxes.by_reference(reference)).verified


async def test_a_reply_before_the_digest_is_written_is_told_with_the_idea(register: Register) -> None:
    """A body that hears of the idea for the first time need not hear of the answer besides."""
    reference = await admit(register, "1")
    await reply(register, register.token(Purpose.REPLY, reference))

    assert await register.write_digest(CHEMNITZ, Period("2026-11-23", LATER), LATER) == 1
    assert await register.write_digest(CHEMNITZ, Period("2026-11-24", LATER), LATER) == 0


async def test_a_reply_while_the_digest_is_under_way_is_told_in_the_next(register: Register) -> None:
    """What a digest tells is settled when it is written, whenever it leaves."""
    reference = await admit(register, "1")
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    await reply(register, register.token(Purpose.REPLY, reference))

    assert await register.write_digest(CHEMNITZ, Period("2026-11-24", LATER), LATER) == 1


async def test_a_reply_from_elsewhere_verifies_nothing(register: Register) -> None:
    """The secret lets somebody else speak to the idea, but says nothing about the submitter's address."""
    reference = await admit(register, "1")
    await reply(register, register.token(Purpose.REPLY, reference), sender=CLARA)

    assert len((await register.idea(reference)).contributions) == 2
    assert not (await register.mailboxes.by_reference(reference)).verified


@pytest.mark.parametrize("purpose", [purpose for purpose in Purpose if purpose is not Purpose.REPLY])
async def test_no_other_capability_lets_anybody_reply(register: Register, store: Store, purpose: Purpose) -> None:
    """A token opens its own purpose alone: with the page's link nobody writes into the conversation."""
    reference = await admit(register, "1")
    await reply(register, register.token(purpose, reference))

    assert len((await register.idea(reference)).contributions) == 1
    assert await inbound_states(store) == [(READ, "idea"), (HELD, "unknown-token")]


async def test_a_number_opens_nothing(register: Register) -> None:
    """Tokens that somebody guesses from a number hit nothing, and wait for a person."""
    reference = await admit(register, "1")
    for number in range(100):
        await reply(register, f"{reference.lower()}{number}", external_id=f"guess {number}")

    assert len((await register.idea(reference)).contributions) == 1
    assert await register.holding_pen.number() == 100


async def test_a_message_that_names_a_number_alone_changes_nothing(register: Register, store: Store) -> None:
    """It waits for a person; the idea, its submitter and the outbox are as before."""
    reference = await admit(register, "1")
    before = await register.idea(reference)
    await register.record(await logged(register, "forged"), Held(HoldReason.NO_TOKEN), None)

    assert await register.idea(reference) == before
    assert await number_of(store, NotificationRow) == 1
    assert await inbound_states(store) == [(READ, "idea"), (HELD, "no-token")]


async def test_an_answer_to_a_digest_waits_for_a_person(register: Register, store: Store) -> None:
    """A digest is about many ideas, so nobody but a person can say which one is meant."""
    await admit(register, "1", BEN)
    await register.write_digest(CHEMNITZ, Period("2026-11-23", NOON), NOON)
    digests = await register.claim_notifications(NOON, timedelta(minutes=1), 10, "email")
    await reply(register, digests[0].reply_token)

    assert (await inbound_states(store))[-1] == (HELD, "to-digest")
    assert await number_of(store, ContributionRow) == 1


async def test_files_of_a_reply_belong_to_it(register: Register) -> None:
    """Each message of a conversation names its own."""
    reference = await admit(register, "1")
    photo = Attachment("ufer.jpg", "image/jpeg", b"a photo")
    answer = Submission(ANNA, "", "Anbei.", (photo,), thread=register.token(Purpose.REPLY, reference))
    await register.record(await logged(register, "2"), answer, None)

    assert [each.attachments for each in (await register.idea(reference)).contributions] == [(), ("ufer.jpg",)]
