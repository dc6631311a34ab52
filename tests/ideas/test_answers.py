"""Which mail is answered by the program itself, and how often."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from services.ideas.answers import mailbox_of
from services.ideas.capability import Purpose
from services.ideas.model import Refused, Sender
from services.ideas.readings import Submission
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.tables import ContributionRow, NotificationRow
from tests import shipped
from tests.conftest import CONFIG, NOON, SECRET
from tests.ideas.samples import ANNA, BEN, admit, logged, number_of, submission, understood

VERIFIED = replace(ANNA, verified=True)


async def answers(store: Store) -> list[tuple[str, str, str]]:
    """Template, state and reason of every answer, in the order in which they were written."""
    async with store.reading() as session:
        rows = await session.scalars(select(NotificationRow).order_by(NotificationRow.id))
        return [(row.template, row.state, row.last_error) for row in rows]


async def states(store: Store) -> list[str]:
    return [state for _, state, _ in await answers(store)]


@pytest.mark.parametrize("sender", [ANNA, VERIFIED])
async def test_a_mail_address_gets_one_confirmation_a_day(register: Register, store: Store, sender: Sender) -> None:
    """Whoever writes in somebody's name makes us send them one mail in 24 hours; all ideas are kept."""
    for hours in (0, 1, 23, 24):
        await admit(register, str(hours), sender, received_at=NOON + timedelta(hours=hours))

    assert await states(store) == ["due", "withheld", "withheld", "due"]


async def test_all_spellings_of_a_mailbox_share_its_limit(register: Register, store: Store) -> None:
    """A plus sign, or capital letters, make no new mailbox."""
    for number, address in enumerate(("anna@example.org", "anna+1@example.org", "Anna+Zwei@Example.org")):
        await admit(register, str(number), replace(ANNA, address=address))

    assert await states(store) == ["due", "withheld", "withheld"]


async def test_many_recorded_at_once_get_one_confirmation(register: Register, store: Store) -> None:
    """Several readers that record mails in one name at the same moment send it one confirmation together."""
    entries = [await logged(register, str(number)) for number in range(10)]
    await asyncio.gather(*(register.record(entry, submission(), understood()) for entry in entries))

    assert (await states(store)).count("due") == 1


async def test_other_addresses_are_confirmed_meanwhile(register: Register, store: Store) -> None:
    """The limit is each address's own."""
    await admit(register, "1")
    await admit(register, "2", replace(ANNA, address="clara@example.org"))

    assert await states(store) == ["due", "due"]


async def test_a_chat_gets_every_confirmation(register: Register, store: Store) -> None:
    """Telegram vouches for its senders, so each idea is confirmed at once."""
    for number in range(3):
        await admit(register, str(number), BEN)

    assert await states(store) == ["due"] * 3


async def test_a_forged_mail_is_not_answered(register: Register, store: Store) -> None:
    """What fails its domain's own policy makes an idea, and nobody gets a mail for it."""
    entry = await logged(register, "1")
    await register.record(entry, replace(submission(), answerable=False), understood())

    assert await answers(store) == [("confirmation", "withheld", "the sender is probably forged")]


async def test_all_people_together_get_no_more_than_the_cap(store: Store) -> None:
    """A flood from many addresses is kept and not answered beyond it; an hour later answers go out again."""
    catalogue = shipped.catalogue(CONFIG, {"IDEENKANAL_EMAIL_MOST_ANSWERS_PER_HOUR": "3"})
    register = Register(store, catalogue, SECRET)
    for number in range(5):
        await admit(register, str(number), replace(ANNA, address=f"person{number}@example.org"))
    await admit(register, "later", ANNA, received_at=NOON + timedelta(hours=1))

    assert await states(store) == ["due"] * 3 + ["withheld"] * 2 + ["due"]


async def test_a_hundred_forged_mails_make_one_answer(register: Register, store: Store) -> None:
    """A hundred mails in one name within an hour are a hundred messages and one mail to the name's owner."""
    for number in range(100):
        await admit(register, str(number), received_at=NOON + timedelta(seconds=30 * number))

    assert (await states(store)).count("due") == 1
    assert await number_of(store, ContributionRow) == 100


async def test_refused_attachments_of_a_reply_are_told_twice_an_hour_at_most(register: Register, store: Store) -> None:
    """The confirmation counts as well, and so a robot that answers with large files gets two mails and no third."""
    reference = await admit(register, "1")
    token = register.token(Purpose.REPLY, reference)
    for number in range(30):
        at = NOON + timedelta(minutes=number)
        answer = Submission(ANNA, "Re: Radweg", "Anbei.", refused=Refused(too_large=1), thread=token)
        await register.record(await logged(register, f"reply {number}", received_at=at), answer, None)

    sent = [template for template, state, _ in await answers(store) if state == "due"]
    assert sent == ["confirmation", "attachments"]
    assert await number_of(store, ContributionRow) == 31


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("Anna@Example.ORG", "anna@example.org"),
        ("anna+ideen+2@example.org", "anna@example.org"),
        ("4711", "4711"),
    ],
)
def test_a_mailbox_is_its_address_without_what_follows_a_plus(address: str, mailbox: str) -> None:
    """RFC 5233 subaddresses lead to one mailbox; what is no mail address stays as it is."""
    assert mailbox_of(address) == mailbox
