"""Joining by mail, where anybody can write in anybody's name: a mail alone joins nothing that is not proven."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.admission import Admission
from services.ideas.answers import JOIN_CODE, Answers, mailbox_of
from services.ideas.capability import Purpose
from services.ideas.grants import idea_of
from services.ideas.joining import JOINED, give_code, redeem
from services.ideas.model import LoggedMessage
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import JoinMail
from services.ideas.submitters import submitter_of
from services.ideas.tables import SubmitterRow


async def join_by_mail(session: AsyncSession, admission: Admission, mail: JoinMail, logged: LoggedMessage) -> None:
    """Join whoever is proven to have sent the mail; anybody else is sent a code, which is to come back by a chat.

    Who gets that mail can read it, and the chat says who sends it: so both are proven, whoever wrote the first mail.
    """
    sender = await _proven(session, mail, logged)
    giver = await redeem(session, sender, mail.code, logged.message.received_at) if sender and mail.code else None
    if sender is not None and giver is not None:
        for each in (sender, giver):
            await tell_joined(session, admission, each, logged)
    elif admission.catalogue.settings.telegram.is_on:
        await _send_code(session, admission, mail, logged)


async def tell_joined(
    session: AsyncSession, admission: Admission, submitter: SubmitterRow, logged: LoggedMessage
) -> None:
    """Tell a person in one of their channels that it belongs together with another one now."""
    message = logged.message
    owed = Owed(
        key=f"{JOINED}:{message.channel}:{message.external_id}:{submitter.channel}",
        channel=submitter.channel,
        template=JOINED,
        parameters={},
        submitter_id=submitter.id,
    )
    await Outbox(admission.secret).owe(session, owed, message.received_at)


async def _proven(session: AsyncSession, mail: JoinMail, logged: LoggedMessage) -> SubmitterRow | None:
    """Who sent a mail: the domain vouches for them, or they know the secret address of an idea of their own."""
    now = logged.message.received_at
    if not mail.answerable:
        return None
    if mail.sender.verified:
        return await submitter_of(session, mail.sender, now)
    idea = await idea_of(session, mail.thread, Purpose.REPLY) if mail.thread else None
    owner = await session.get(SubmitterRow, idea.submitter_id) if idea and idea.submitter_id is not None else None
    is_own = owner is not None and (owner.channel, owner.mailbox) == (mail.sender.channel, _mailbox(mail))
    return owner if is_own else None


def _mailbox(mail: JoinMail) -> str:
    return mailbox_of(mail.sender.address)


async def _send_code(session: AsyncSession, admission: Admission, mail: JoinMail, logged: LoggedMessage) -> None:
    message = logged.message
    outbox = Outbox(admission.secret)
    submitter = await submitter_of(session, mail.sender, message.received_at)
    answers = Answers(outbox, admission.catalogue.settings.email.most_answers_per_hour)
    withheld = "" if mail.answerable else "the sender is probably forged"
    withheld = withheld or await answers.reason_against(session, submitter.mailbox, JOIN_CODE, message.received_at)
    nonce = "" if withheld else await give_code(session, admission.secret, submitter, message.received_at)
    owed = Owed(
        key=f"answer:{message.channel}:{message.external_id}",
        channel=submitter.channel,
        template=JOIN_CODE,
        parameters={"nonce": nonce},
        submitter_id=submitter.id,
        withheld=withheld,
    )
    await outbox.owe(session, owed, message.received_at)
