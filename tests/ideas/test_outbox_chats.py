"""Messages to chats: who still gets them, in which order, and to which of a person's addresses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from services.ideas.capability import Purpose, capability_token
from services.ideas.grants import idea_of, notification_of
from services.ideas.model import Notification, Sender
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import BounceReport
from services.ideas.register import Register
from services.ideas.store import Store
from services.ideas.submitters import submitter_of
from services.ideas.tables import NotificationRow, RoleMailboxRow, SubmitterRow
from services.ideas.undeliverable import reachable_again, resume, unreachable
from tests.conftest import NOON, SECRET, on_sqlite
from tests.ideas.samples import BEN, admit, logged, number_of

LEASE = timedelta(minutes=1)
NEXT_STAGE = "pruefung-regionalkonvent"
# The same person by mail.
BEN_BY_MAIL = Sender("email", "ben@example.org", verified=True)
OUTBOX = Outbox(SECRET)


async def owe(
    store: Store, template: str, *, key: str = "", sender: Sender = BEN, channel: str = "telegram", **parameters: Any
) -> None:
    """Owe a person a message."""
    async with store.writing() as session:
        submitter = await submitter_of(session, sender, NOON)
        owed = Owed(key or template, channel, template, parameters, submitter_id=submitter.id)
        await OUTBOX.owe(session, owed, NOON)


async def owe_group(store: Store, key: str, group: str, *, channel: str = "telegram", template: str = "digest") -> None:
    """Owe a group (or a role mailbox) a message."""
    async with store.writing() as session:
        await OUTBOX.owe(session, Owed(key, channel, template, {}, recipient=group), NOON)


async def change(store: Store, sender: Sender, **values: Any) -> None:
    """Set columns of a person's row."""
    async with store.writing() as session:
        submitter = await submitter_of(session, sender, NOON)
        for name, value in values.items():
            setattr(submitter, name, value)


async def join(store: Store) -> None:
    """Let Ben be the same person in both channels."""
    for sender in (BEN, BEN_BY_MAIL):
        await change(store, sender, person="b" * 32)


async def claim(register: Register, channel: str | None = None) -> list[Notification]:
    return list(await register.claim_notifications(NOON, LEASE, 50, channel))


async def states(store: Store) -> dict[str, tuple[str, str]]:
    async with store.reading() as session:
        rows = await session.scalars(select(NotificationRow))
        return {row.key: (row.state, row.last_error) for row in rows}


async def confirmed_idea(register: Register) -> str:
    """The reference of an idea of Ben's, whose confirmation has left."""
    reference = await admit(register, "1", BEN)
    for owed in await claim(register):
        await register.sent(owed, NOON)
    return reference


async def update(register: Register, reference: str) -> Notification | None:
    """The update that is owed after another step, whichever channel it goes to."""
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)
    return await next_update(register)


async def next_update(register: Register) -> Notification | None:
    """The update that is due; a sender may first have to find that it cannot go where it was to go."""
    for _ in range(2):
        for owed in await claim(register):
            if owed.template == "update":
                return owed
    return None


# Who has switched news off


@on_sqlite
async def test_whoever_wants_no_news_is_answered_all_the_same(register: Register, store: Store) -> None:
    """In a chat an answer is owed and handed out, and an update is not."""
    await change(store, BEN, unsubscribed_at=NOON)
    await owe(store, "added")
    await owe(store, "update")

    assert [owed.template for owed in await claim(register)] == ["added"]
    assert (await states(store))["update"] == ("withheld", "the person wants no mail")


@on_sqlite
async def test_switching_news_off_keeps_answers_that_are_owed(register: Register, store: Store) -> None:
    """What a person asked for before is still said to them."""
    await owe(store, "added")
    await change(store, BEN, unsubscribed_at=NOON)

    assert [owed.template for owed in await claim(register)] == ["added"]


@on_sqlite
async def test_a_chat_that_cannot_be_reached_gets_nothing(register: Register, store: Store) -> None:
    """Not even answers go to who has blocked the bot, neither those that are owed already nor new ones."""
    await owe(store, "added")
    async with store.writing() as session:
        submitter = await submitter_of(session, BEN, NOON)
        await unreachable(session, submitter, "the person has blocked the bot", NOON)
    await owe(store, "edited")

    assert await claim(register) == []
    assert set((await states(store)).values()) == {("withheld", "the bot may not write to this chat")}


@on_sqlite
async def test_who_writes_again_can_be_reached_again(register: Register, store: Store) -> None:
    """What was withheld stays withheld; new answers leave."""
    await change(store, BEN, undeliverable_at=NOON, undeliverable_reason="blocked")
    await owe(store, "added")
    async with store.writing() as session:
        reachable_again(await submitter_of(session, BEN, NOON))
    await owe(store, "edited")

    assert [owed.template for owed in await claim(register)] == ["edited"]


# One person in two channels


@on_sqlite
@pytest.mark.parametrize("how", ["undeliverable_at", "unsubscribed_at"])
async def test_news_go_to_the_same_person_elsewhere(register: Register, store: Store, how: str) -> None:
    """Where the chat gets no news, they are owed to the mailbox that the person joined, as any mail is."""
    reference = await confirmed_idea(register)
    await join(store)
    await change(store, BEN, **{how: NOON})
    owed = await update(register, reference)

    assert owed is not None
    assert (owed.channel, owed.recipient) == ("email", "ben@example.org")
    await assert_granted(store, owed, reference)
    assert (await register.idea(reference)).channel == "telegram"


@pytest.mark.parametrize("how", ["undeliverable_at", "unsubscribed_at"])
async def test_news_that_are_owed_already_go_elsewhere_as_well(register: Register, store: Store, how: str) -> None:
    """What the sender of the chat finds that it may not send goes to the sender of mail."""
    reference = await confirmed_idea(register)
    await join(store)
    await register.change_stage(reference, NEXT_STAGE, "", "staff", NOON)
    await change(store, BEN, **{how: NOON})

    assert await claim(register, "telegram") == []
    (owed,) = await claim(register, "email")
    assert owed.recipient == "ben@example.org"
    await assert_granted(store, owed, reference)


async def test_news_that_a_chat_refuses_go_elsewhere(register: Register, store: Store) -> None:
    """The very update by which it shows that the bot is blocked is not lost."""
    reference = await confirmed_idea(register)
    await join(store)
    refused = await update(register, reference)
    assert refused is not None
    await register.give_up(refused, "blocked", NOON, undeliverable=True)
    owed = await next_update(register)

    assert owed is not None
    assert (refused.recipient, owed.recipient, owed.key) == ("4711", "ben@example.org", refused.key)


@on_sqlite
async def test_news_that_come_back_go_to_the_chat(register: Register, store: Store) -> None:
    """A mailbox that no longer exists is made up for by the chat."""
    reference = await confirmed_idea(register)
    await join(store)
    await change(store, BEN, unsubscribed_at=NOON)
    mail = await update(register, reference)
    assert mail is not None
    await register.sent(mail, NOON)
    await change(store, BEN, unsubscribed_at=None)
    await register.record(
        await logged(register, "bounce"), BounceReport(mail.return_token, permanent=True, status="5.1.1"), None
    )
    owed = await next_update(register)

    assert owed is not None
    assert (owed.channel, owed.recipient) == ("telegram", "4711")


@on_sqlite
@pytest.mark.parametrize("how", ["undeliverable_at", "unsubscribed_at"])
async def test_news_go_nowhere_where_the_person_is_nowhere_to_be_reached(
    register: Register, store: Store, how: str
) -> None:
    """Neither address is used against what is known of it."""
    reference = await confirmed_idea(register)
    await join(store)
    await change(store, BEN, unsubscribed_at=NOON)
    await change(store, BEN_BY_MAIL, **{how: NOON})

    assert await update(register, reference) is None


@on_sqlite
async def test_answers_stay_in_their_channel(register: Register, store: Store) -> None:
    """What was said in a chat that is gone is not answered by mail."""
    await join(store)
    await change(store, BEN, undeliverable_at=NOON)
    await owe(store, "added")

    assert await claim(register) == []


@on_sqlite
async def test_strangers_get_no_one_elses_news(register: Register, store: Store) -> None:
    """Without having joined, another address is another person's."""
    reference = await confirmed_idea(register)
    await change(store, BEN_BY_MAIL, person="other")
    await change(store, BEN, undeliverable_at=NOON)

    assert await update(register, reference) is None


async def assert_granted(store: Store, mail: Notification, reference: str) -> None:
    """Whoever gets the mail can answer it, unsubscribe, and have it come back."""
    async with store.reading() as session:
        for purpose in (Purpose.REPLY, Purpose.UNSUBSCRIBE, Purpose.VERIFY_ADDRESS):
            opened = await idea_of(session, capability_token(SECRET, purpose, reference), purpose)
            assert opened is not None
        returned = await notification_of(session, mail.return_token, Purpose.RETURN_PATH)
    assert returned is not None
    assert returned.key == mail.key


# Groups


async def test_messages_to_a_group_keep_their_order(register: Register, store: Store) -> None:
    """One at a time, while other groups do not wait."""
    for key, group in (("1", "-1"), ("2", "-1"), ("3", "-2")):
        await owe_group(store, key, group)
    first = await claim(register)
    await register.send_again(first[0], NOON + LEASE, "429", NOON)

    assert [owed.key for owed in first] == ["1", "3"]
    assert await claim(register) == []


async def test_mail_to_a_mailbox_keeps_its_order(register: Register, store: Store) -> None:
    """What comes after a digest that was greylisted waits for it, and no longer than until it is given up."""
    for key, mailbox in (("1", "bauamt"), ("2", "bauamt"), ("3", "umweltamt")):
        await owe_group(store, key, f"{mailbox}@example.org", channel="email")
    first = await claim(register)
    await register.send_again(first[0], NOON, "451", NOON)
    (again,) = await claim(register)
    await register.give_up(again, "451", NOON)

    assert [owed.key for owed in first] == ["1", "3"]
    assert again.key == "1"
    assert [owed.key for owed in await claim(register)] == ["2"]


@on_sqlite
async def test_a_group_that_removed_the_bot_gets_nothing_until_it_is_back(register: Register, store: Store) -> None:
    """What it missed of digests follows, and nothing else."""
    for key, template in (("digest", "digest"), ("alert", "alert")):
        await owe_group(store, key, "-1", template=template)
    (owed,) = await claim(register)
    await register.give_up(owed, "kicked", NOON, undeliverable=True)
    gone = await claim(register)
    async with store.writing() as session:
        is_back = await resume(session, "-1", NOON)

    assert (gone, is_back) == ([], True)
    assert [owed.key for owed in await claim(register)] == ["digest"]


# The last word


async def farewell(store: Store) -> None:
    async with store.writing() as session:
        parameters = {"language": "en", "everything": True, "is_archived": False}
        await OUTBOX.owe(session, Owed("bye", "telegram", "erased", parameters, recipient="4711"), NOON)


@on_sqlite
async def test_the_last_word_is_in_the_persons_language(register: Register, store: Store) -> None:
    """Their row is gone, so that the language comes with the message."""
    await farewell(store)
    (owed,) = await claim(register)

    assert (owed.recipient, owed.language) == ("4711", "en")


@pytest.mark.parametrize("how", ["sent", "given up", "blocked"])
async def test_nothing_stays_of_the_last_word(register: Register, store: Store, how: str) -> None:
    """However it ends, the chat's number is in no table afterwards."""
    await farewell(store)
    (owed,) = await claim(register)
    if how == "sent":
        await register.sent(owed, NOON)
    else:
        await register.give_up(owed, how, NOON, undeliverable=how == "blocked")

    assert [await number_of(store, table) for table in (NotificationRow, RoleMailboxRow, SubmitterRow)] == [0, 0, 0]


@on_sqlite
async def test_the_last_word_is_tried_again(register: Register, store: Store) -> None:
    """A fault of the moment does not end it."""
    await farewell(store)
    (owed,) = await claim(register)
    await register.send_again(owed, NOON, "502", NOON)

    assert [again.attempt for again in await claim(register)] == [2]


@on_sqlite
async def test_a_late_sender_does_not_delete_the_last_word(register: Register, store: Store) -> None:
    """Whose lease ran out while another sender has it is not heard."""
    await farewell(store)
    (late,) = await claim(register)
    await register.claim_notifications(NOON + 2 * LEASE, LEASE, 50)
    await register.sent(replace(late), NOON)

    assert await number_of(store, NotificationRow) == 1
