"""The way into a dialogue: who speaks, what they must be told first, and what they said."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.admission import Admission
from services.ideas.dialogue.editing import edit
from services.ideas.dialogue.saying import say
from services.ideas.dialogue.turn import Turn, Understood
from services.ideas.dialogue.wishes import wish
from services.ideas.model import LoggedMessage
from services.ideas.outbox import Outbox, Owed
from services.ideas.readings import Asked, Edit, GroupRequest, Presence, Request, Submission
from services.ideas.submitters import submitter_of
from services.ideas.tables import SubmitterRow
from services.ideas.undeliverable import reachable_again, resume, unreachable

Said = Submission | Edit | Asked | Request
_BLOCKED = "the person has blocked the bot"
_WELCOME = "welcome"


async def converse(
    session: AsyncSession, admission: Admission, logged: LoggedMessage, said: Said, understood: Understood
) -> str | None:
    """Everything that one message of a chat changes; returns the reference of a new idea. Raises NotUnderstood."""
    now = logged.message.received_at
    submitter = await submitter_of(session, said.sender, now)
    reachable_again(submitter)
    pressed = said.pressed if isinstance(said, Asked) else None
    chat = None if isinstance(said, Request) else said.chat
    turn = Turn(session, admission, logged, submitter, understood, chat, pressed)
    await _show_notice(turn, said)
    match said:
        case Submission():
            return await say(turn, said)
        case Edit():
            return await edit(turn, said)
        case Asked():
            return await wish(turn, said)
        case Request():
            await turn.answer(said.template, said.parameters)
    return None


async def mark_presence(session: AsyncSession, presence: Presence, logged: LoggedMessage) -> None:
    """Stop all messages to who has blocked the bot, and go on where they let it back in."""
    sender, now = presence.sender, logged.message.received_at
    submitter = await session.scalar(
        select(SubmitterRow).where(SubmitterRow.channel == sender.channel, SubmitterRow.address == sender.address)
    )
    if submitter is None:
        return
    if presence.is_present:
        reachable_again(submitter)
    else:
        await unreachable(session, submitter, _BLOCKED, now)


async def answer_group(session: AsyncSession, outbox: Outbox, request: GroupRequest, logged: LoggedMessage) -> None:
    """Owe a group the answer to what happened in it; it can be written to again, wherever the bot had been removed."""
    message = logged.message
    await resume(session, request.group, message.received_at)
    owed = Owed(
        key=f"answer:{message.channel}:{message.external_id}",
        channel=request.channel,
        template=request.template,
        parameters={"group": request.group},
        recipient=request.group,
    )
    await outbox.owe(session, owed, message.received_at)


async def _show_notice(turn: Turn, said: Said) -> None:
    """Tell a person first what becomes of their words (Art. 13 GDPR), and again when the notice has changed."""
    version = turn.admission.catalogue.settings.privacy.notice_version
    if turn.submitter.privacy_notice == version:
        return
    turn.submitter.privacy_notice = version
    await turn.session.flush()
    if not (isinstance(said, Request) and said.template == _WELCOME):
        owed = Owed(
            key=f"notice:{turn.submitter.id}:{version}",
            channel=turn.submitter.channel,
            template="notice",
            parameters={},
            submitter_id=turn.submitter.id,
        )
        await Outbox(turn.admission.secret).owe(turn.session, owed, turn.now)
