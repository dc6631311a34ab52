"""What a body has asked a person in their chat: what they write next is the answer, as with the program's questions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, or_, select

from services.ideas.dialogue.own import idea_asked_about
from services.ideas.dialogue.turn import Turn
from services.ideas.model import NotificationState
from services.ideas.tables import ContributionRow, IdeaRow, NotificationRow
from services.ideas.undeliverable import UPDATE
from services.ideas.work_tables import InquiryRow

# Later than this, people begin something new; a reply to the question, or its button, still answers it.
_HOLDS = timedelta(hours=24)
# Whoever is quick answers before the sender has written down that the question has left.
_LEFT = (NotificationState.SENDING, NotificationState.SENT)


async def inquired_idea(turn: Turn) -> IdeaRow | None:
    """The idea of this chat about which a question came last, if the person has written nothing since."""
    sent = (
        select(NotificationRow)
        .where(
            NotificationRow.submitter_id == turn.submitter.id,
            NotificationRow.template == UPDATE,
            NotificationRow.state.in_(_LEFT),
            or_(NotificationRow.sent_at.is_(None), NotificationRow.sent_at > turn.now - _HOLDS),
        )
        .order_by(NotificationRow.id.desc())
    )
    for told in await turn.session.scalars(sent):
        asked = select(InquiryRow).where(InquiryRow.act_id.in_(told.parameters["acts"]))
        inquiry = await turn.session.scalar(asked.order_by(InquiryRow.id.desc()).limit(1))
        if inquiry is not None:
            return None if await _has_written_since(turn, inquiry) else await idea_asked_about(turn, inquiry.idea_id)
    return None


async def _has_written_since(turn: Turn, inquiry: InquiryRow) -> bool:
    own = select(func.max(ContributionRow.created_at)).join(IdeaRow, IdeaRow.id == ContributionRow.idea_id)
    last = await turn.session.scalar(own.where(IdeaRow.submitter_id == turn.submitter.id))
    return last is not None and last > inquiry.at + turn.admission.updates.window
