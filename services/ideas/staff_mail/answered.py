"""The mail of ours that staff answer: a digest, or the receipt for an answer to one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.ideas.bodies import Body
from services.ideas.capability import Purpose
from services.ideas.catalogue import Catalogue
from services.ideas.channels import EMAIL
from services.ideas.deeds import Doer
from services.ideas.grants import notification_of
from services.ideas.staff_mail.caution import (
    ANSWERED_WITHIN,
    CONFIRMED_WITHIN,
    MOST_AN_HOUR,
    MOST_NOTICES_AN_HOUR,
    MOST_WRONG_ANSWERS,
)
from services.ideas.tables import DigestRow, IdeaRow, NotificationRow
from services.ideas.work_tables import DigestItemRow, PendingDeedRow

DIGEST, RECEIPT = "digest", "receipt"
_HOUR = timedelta(hours=1)
_LONGEST_ACTOR = 64
_BY_MAIL = ", per Mail"


@dataclass(frozen=True, slots=True)
class Answered:
    """What was answered: by its key, which digest it is about, whose mailbox got it, and when both were written."""

    key: str
    is_receipt: bool
    mailbox: str
    body: Body
    digest: int
    digest_at: datetime
    at: datetime

    @property
    def doer(self) -> Doer:
        """In whose name its answers act. The record names the role's mailbox, and no person."""
        return Doer(self.mailbox[: _LONGEST_ACTOR - len(_BY_MAIL)] + _BY_MAIL, self.body.id)

    def is_late(self, now: datetime) -> bool:
        """Whether the digest is too old to be answered."""
        return now > self.digest_at + ANSWERED_WITHIN

    def can_confirm(self, now: datetime) -> bool:
        """Whether what waits for a yes to this can still get it."""
        return self.is_receipt and now <= self.at + CONFIRMED_WITHIN


async def answered_mail(session: AsyncSession, catalogue: Catalogue, token: str) -> Answered | None:
    """What was sent with this reply address; None for other mail, and where the mailbox is no longer the body's."""
    sent = await notification_of(session, token, Purpose.REPLY)
    if sent is None or sent.template not in (DIGEST, RECEIPT):
        return None
    # Whoever answers the same digest meanwhile waits here: none overlooks what the other does.
    row = await session.scalar(
        select(DigestRow).where(DigestRow.id == sent.parameters["digest"]).with_for_update(key_share=True)
    )
    body = catalogue.bodies.get(sent.parameters["body"])
    if row is None or body is None or sent.recipient not in body.email:
        return None
    return Answered(sent.key, sent.template == RECEIPT, sent.recipient, body, row.id, row.created_at, sent.created_at)


async def items_of(session: AsyncSession, digest: int) -> dict[int, tuple[int, str]]:
    """What a digest names: by number the idea's id (of one that was merged, the other's) and its reference."""
    found = (
        select(DigestItemRow.number, func.coalesce(IdeaRow.merged_into_id, IdeaRow.id), IdeaRow.reference)
        .join(IdeaRow, IdeaRow.id == DigestItemRow.idea_id)
        .where(DigestItemRow.digest_id == digest)
    )
    return {number: (idea, reference) for number, idea, reference in await session.execute(found)}


async def has_room(session: AsyncSession, answered: Answered, now: datetime, *, for_notice: bool) -> bool:
    """Whether the mailbox may get another receipt about this digest within the hour."""
    sent = select(NotificationRow.parameters).where(
        NotificationRow.channel == EMAIL,
        NotificationRow.template == RECEIPT,
        NotificationRow.created_at > now - _HOUR,
        NotificationRow.recipient == answered.mailbox,
    )
    written = [each for each in await session.scalars(sent) if each["digest"] == answered.digest]
    notices = [each for each in written if each["notice"]]
    return len(written) < MOST_AN_HOUR and not (for_notice and len(notices) >= MOST_NOTICES_AN_HOUR)


async def count_wrong(session: AsyncSession, answered: Answered) -> None:
    """Count an answer to a receipt that was none; after some of them nothing of it can be confirmed any more."""
    if not answered.is_receipt:
        return
    row = await session.scalar(select(NotificationRow).where(NotificationRow.key == answered.key))
    if row is None:
        return
    wrong = row.parameters.get("wrong", 0) + 1
    row.parameters = {**row.parameters, "wrong": wrong}
    if wrong >= MOST_WRONG_ANSWERS:
        await session.execute(delete(PendingDeedRow).where(PendingDeedRow.receipt == answered.key))


async def waiting_for(session: AsyncSession, answered: Answered, numbers: Sequence[int]) -> list[PendingDeedRow]:
    """What waits for a yes to this mail: of these items, or of all where none is named."""
    found = select(PendingDeedRow).where(PendingDeedRow.receipt == answered.key).order_by(PendingDeedRow.id)
    if numbers:
        found = found.where(PendingDeedRow.number.in_(numbers))
    return list(await session.scalars(found.with_for_update()))
