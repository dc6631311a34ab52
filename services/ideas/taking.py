"""What the different readings of a message change in the register."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from nlp.understanding import Understanding
from services.ideas import inbound
from services.ideas.admission import Admission
from services.ideas.chat import ChatMessage
from services.ideas.dialogue.conversing import answer_group, converse, mark_presence
from services.ideas.dialogue.turn import Understood
from services.ideas.groups import migrated
from services.ideas.join_mail import join_by_mail
from services.ideas.model import LoggedMessage
from services.ideas.outbox import Outbox
from services.ideas.readings import (
    Asked,
    BounceReport,
    Edit,
    GroupMigrated,
    GroupRequest,
    Held,
    HoldReason,
    JoinMail,
    Nothing,
    Presence,
    Reading,
    Request,
    Submission,
)
from services.ideas.staff_mail.acting import take_answer
from services.ideas.undeliverable import record_bounce


async def take(  # noqa: C901 - one case for each reading
    session: AsyncSession, admission: Admission, logged: LoggedMessage, reading: Reading, understood: Understood
) -> str | None:
    """Everything that a message changes, by what it turned out to be; returns the reference of a new idea."""
    match reading:
        case Submission(chat=ChatMessage()) | Edit() | Asked() | Request():
            return await converse(session, admission, logged, reading, understood)
        case Submission(thread=None):
            understanding = understood.get(reading.source, Understanding.nothing())
            return await admission.admit(session, logged, reading, understanding)
        case Submission(thread=str(token)):
            reason = await admission.reply(session, logged, reading, token)
            if reason is HoldReason.TO_DIGEST:
                reason = await take_answer(session, admission, logged, reading, token, understood)
            if reason is not None:
                await inbound.hold(session, logged.id, reason)
        case Held(reason):
            await inbound.hold(session, logged.id, reason)
        case BounceReport():
            await record_bounce(session, reading, logged.message.received_at)
        case JoinMail():
            await join_by_mail(session, admission, reading, logged)
        case Presence():
            await mark_presence(session, reading, logged)
        case GroupRequest():
            await answer_group(session, Outbox(admission.secret), reading, logged)
        case GroupMigrated(old, new):
            await migrated(session, old, new)
    return None


def outcome(reading: Reading) -> str:  # noqa: PLR0911 - one for each reading
    """What the inbound log says a message was, for staff."""
    match reading:
        case Submission(thread=None):
            return "idea"
        case Submission():
            return "reply"
        case Request(template=template) | GroupRequest(template=template):
            return f"request:{template}"
        case Asked(button=button):
            return f"wish:{button.wish.name.lower()}"
        case Edit() | JoinMail() | Presence() | GroupMigrated():
            return type(reading).__name__.lower()
        case BounceReport():
            return "bounce"
        case Held(reason) | Nothing(reason):
            return reason
