"""Capabilities in the store: what the bearer of a token may do, found by the token's hash alone."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.capability import Purpose, capability_hash
from services.ideas.store import insert_into
from services.ideas.tables import CapabilityRow, IdeaRow, NotificationRow


async def grant(
    session: AsyncSession,
    token: str,
    purpose: Purpose,
    *,
    idea_id: int | None = None,
    notification_id: int | None = None,
) -> None:
    """Let the bearer of a token do one thing; granting it again changes nothing."""
    insert = insert_into(session, CapabilityRow).values(
        token_hash=capability_hash(token), purpose=purpose.value, idea_id=idea_id, notification_id=notification_id
    )
    await session.execute(insert.on_conflict_do_nothing(index_elements=["token_hash"]))


async def idea_of(session: AsyncSession, token: str, purpose: Purpose) -> IdeaRow | None:
    """The idea that a token opens for this purpose, or the one that it was merged into; None for any other token."""
    opened = (
        select(func.coalesce(IdeaRow.merged_into_id, IdeaRow.id))
        .join(CapabilityRow, CapabilityRow.idea_id == IdeaRow.id)
        .where(CapabilityRow.token_hash == capability_hash(token), CapabilityRow.purpose == purpose.value)
    )
    found: IdeaRow | None = await session.scalar(select(IdeaRow).where(IdeaRow.id.in_(opened)))
    return found


async def notification_of(session: AsyncSession, token: str, purpose: Purpose) -> NotificationRow | None:
    """The notification that a token stands for, or None."""
    found: NotificationRow | None = await session.scalar(
        select(NotificationRow)
        .join(CapabilityRow, CapabilityRow.notification_id == NotificationRow.id)
        .where(CapabilityRow.token_hash == capability_hash(token), CapabilityRow.purpose == purpose.value)
    )
    return found
