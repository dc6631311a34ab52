"""What a body has asked a person in their chat: what they write next is the answer, as with the program's questions."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from services.ideas.dialogue.turn import Turn
from services.ideas.model import NotificationState
from services.ideas.tables import ContributionRow, IdeaRow, NotificationRow
from services.ideas.undeliverable import UPDATE
from services.ideas.work_tables import InquiryRow

# Later than this, people begin something new; a reply to the question, or its button, still answers it.
_HOLDS = timedelta(hours=24)


async def inquired_idea(turn: Turn) -> IdeaRow | None:
    """The idea of this chat about which a question came last, if the person has written nothing since."""
    sent = (
        select(NotificationRow)
        .where(
            NotificationRow.submitter_id == turn.submitter.id,
            NotificationRow.template == UPDATE,
            NotificationRow.state == NotificationState.SENT,
            NotificationRow.sent_at > turn.now - _HOLDS,
            NotificationRow.sent_at <= turn.now,
        )
        .order_by(NotificationRow.id.desc())
    )
    for told in await turn.session.scalars(sent):
        asked = select(IdeaRow).join(InquiryRow, InquiryRow.idea_id == IdeaRow.id)
        asked = asked.where(InquiryRow.act_id.in_(told.parameters["acts"]), IdeaRow.submitter_id == turn.submitter.id)
        idea: IdeaRow | None = await turn.session.scalar(asked.limit(1).with_for_update(of=IdeaRow))
        if idea is not None and told.sent_at is not None:
            written = await turn.session.scalar(
                select(func.max(ContributionRow.created_at))
                .join(IdeaRow, IdeaRow.id == ContributionRow.idea_id)
                .where(IdeaRow.submitter_id == turn.submitter.id)
            )
            return idea if written is None or written <= told.sent_at else None
    return None
