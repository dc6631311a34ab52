"""The tables of the bodies' work: what they did and why, what they are told, and what becomes of ideas together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.ideas.columns import Key, Table


class ActRow(Table):
    """One thing that staff did with an idea: who, when, why, and how it stood `before` and `after`, to be undone.

    `body` is in whose name it was done, "" where in nobody's. `reason` is for staff; what the submitter reads stands
    with the stage change or the inquiry that came of it.
    """

    __tablename__ = "act"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    body: Mapped[str] = mapped_column(String(64), default="")
    kind: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(Text, default="")
    detail: Mapped[dict[str, Any]]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(String(64), default="")


class LedgerRow(Table):
    """What a body is to hear of an idea, once: `digest_id` says in which digest it was told.

    `occurrence` tells events of one kind apart; the unique key keeps one from being written twice.
    """

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("body", "idea_id", "event", "occurrence"),
        Index("ix_ledger_untold", "body", "digest_id", "at"),
        Index("ix_ledger_idea_id", "idea_id"),
        Index("ix_ledger_digest_id", "digest_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    body: Mapped[str] = mapped_column(String(64))
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    event: Mapped[str] = mapped_column(String(16))
    occurrence: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id", ondelete="SET NULL"), index=True)
    digest_id: Mapped[int | None] = mapped_column(ForeignKey("digest.id"))


class DigestItemRow(Table):
    """The number by which a digest names an idea, from 1: staff answer by it."""

    __tablename__ = "digest_item"
    __table_args__ = (UniqueConstraint("digest_id", "idea_id"), Index("ix_digest_item_idea_id", "idea_id"))

    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))


class InquiryRow(Table):
    """What a body asks the submitter of an idea."""

    __tablename__ = "inquiry"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class FindingRow(Table):
    """What an examination found, by the name that the stage gives it; of several with one name the latest counts."""

    __tablename__ = "finding"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    act_id: Mapped[int] = mapped_column(ForeignKey("act.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64))
    verdict: Mapped[str] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]


class MeasureRow(Table):
    """A measure of the Masterplan, which several ideas may become."""

    __tablename__ = "measure"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    stage: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class MeasureIdeaRow(Table):
    """An idea is part of a measure; of one at a time."""

    __tablename__ = "measure_idea"

    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), primary_key=True)
    measure_id: Mapped[int] = mapped_column(ForeignKey("measure.id", ondelete="CASCADE"), index=True)


class PendingDeedRow(Table):
    """A line of a staff answer that waits until the body's mailbox confirms it, by its number in a digest."""

    __tablename__ = "pending_deed"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    # The notification that asks for it, by its key; whoever answers that one with "Ja" confirms.
    receipt: Mapped[str] = mapped_column(String(160), index=True)
    digest_id: Mapped[int] = mapped_column(ForeignKey("digest.id", ondelete="CASCADE"))
    number: Mapped[int]
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    deed: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class OutboxControlRow(Table):
    """One row (id 1): whether sending is paused, since when and why, and a mark that each written delivery raises.

    `mark` only grows, with the time; a store whose mark is behind what its senders saw is an older copy of itself.
    """

    __tablename__ = "outbox_control"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    paused_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(200), default="")
    mark: Mapped[int] = mapped_column(Key, default=0)
