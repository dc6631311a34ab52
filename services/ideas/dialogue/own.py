"""A person's own ideas, as a turn of their dialogue works with them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, func, select

from services.ideas.chat_tables import ChatMessageRow
from services.ideas.dialogue.turn import Turn
from services.ideas.tables import ContributionRow, IdeaRow, SubmitterRow


async def own_idea(turn: Turn, reference: str) -> IdeaRow | None:
    """The person's idea of this number, or the one it was merged into; None where it is nobody's or somebody else's."""
    numbered = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(IdeaRow.reference == reference)
    found: IdeaRow | None = await turn.session.scalar(_own(turn).where(IdeaRow.id.in_(numbered)).with_for_update())
    return found


async def latest_idea(turn: Turn, *, since: datetime | None = None) -> IdeaRow | None:
    """The idea of this chat that was written to last, if that was not before `since`; a withdrawn one is over."""
    last = _own(turn).join(ContributionRow, ContributionRow.idea_id == IdeaRow.id)
    last = last.where(
        IdeaRow.submitter_id == turn.submitter.id,
        IdeaRow.stage != turn.admission.catalogue.lifecycle.withdrawn,
    )
    if since is not None:
        last = last.where(ContributionRow.created_at >= since)
    newest = last.order_by(ContributionRow.created_at.desc(), ContributionRow.id.desc()).limit(1)
    found: IdeaRow | None = await turn.session.scalar(newest.with_for_update(of=IdeaRow))
    return found


async def previous_idea(turn: Turn, idea: IdeaRow, *, since: datetime) -> IdeaRow | None:
    """The idea of this chat before this one, if it was written to since then and nobody has moved it."""
    lifecycle = turn.admission.catalogue.lifecycle
    earlier = (
        _own(turn)
        .join(ContributionRow, ContributionRow.idea_id == IdeaRow.id)
        .where(
            IdeaRow.submitter_id == turn.submitter.id,
            IdeaRow.id != idea.id,
            IdeaRow.stage.in_((lifecycle.initial, lifecycle.routed)),
            ContributionRow.created_at >= since,
        )
        .order_by(ContributionRow.created_at.desc(), ContributionRow.id.desc())
        .limit(1)
    )
    found: IdeaRow | None = await turn.session.scalar(earlier)
    return found


async def contribution_of(turn: Turn, number: int) -> ContributionRow | None:
    """What the message of this number in this chat has become."""
    found: ContributionRow | None = await turn.session.scalar(
        select(ContributionRow)
        .join(ChatMessageRow, ChatMessageRow.contribution_id == ContributionRow.id)
        .where(
            ChatMessageRow.channel == turn.submitter.channel,
            ChatMessageRow.chat == turn.submitter.address,
            ChatMessageRow.number == number,
        )
    )
    return found


async def idea_with(turn: Turn, contribution: ContributionRow) -> IdeaRow | None:
    """The idea that a contribution belongs to, if it is the person's own."""
    found: IdeaRow | None = await turn.session.scalar(
        _own(turn).where(IdeaRow.id == contribution.idea_id).with_for_update()
    )
    return found


async def idea_asked_about(turn: Turn, idea_id: int | None) -> IdeaRow | None:
    """The person's idea with this id, or the one it was merged into; None where it is gone."""
    if idea_id is None:
        return None
    numbered = select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id)).where(IdeaRow.id == idea_id)
    found: IdeaRow | None = await turn.session.scalar(_own(turn).where(IdeaRow.id.in_(numbered)).with_for_update())
    return found


async def number_of_ideas(turn: Turn) -> int:
    """How many ideas the person has, in all their channels."""
    return await turn.session.scalar(select(func.count()).select_from(_own(turn).subquery())) or 0


def _own(turn: Turn) -> Select[IdeaRow]:
    person = turn.submitter.person
    # Most are known in one channel alone, and this is asked several times in each turn.
    is_theirs = (
        IdeaRow.submitter_id == turn.submitter.id
        if person is None
        else IdeaRow.submitter_id.in_(select(SubmitterRow.id).where(SubmitterRow.person == person))
    )
    return select(IdeaRow).where(is_theirs, IdeaRow.locked_at.is_(None), IdeaRow.merged_into_id.is_(None))
