"""The tables, in SQLAlchemy's typed ORM; the same on SQLite and PostgreSQL. Migrations follow them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Double, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from nlp.understanding import Point
from services.ideas.columns import Key, Table


class InboundRow(Table):
    """A raw message and how far its reading has come (state: stored, read, held, quarantined)."""

    __tablename__ = "inbound_message"
    __table_args__ = (
        UniqueConstraint("channel", "external_id"),
        Index("ix_inbound_message_waiting", "state", "available_at", "id"),
        Index("ix_inbound_message_conversation", "conversation", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    external_id: Mapped[str] = mapped_column(String(128))
    conversation: Mapped[str] = mapped_column(String(64), default="")
    envelope: Mapped[dict[str, Any]]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16))
    available_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    outcome: Mapped[str] = mapped_column(String(200), default="")


class SubmitterRow(Table):
    """The person behind ideas: the only row with an address. Erasing it forgets the person.

    `mailbox` is the address without what follows a plus sign: limits count for all spellings of one mailbox together.
    Rows of one `person` (a random value) are the same person in several channels. `privacy_notice` is the version of
    the notice that they were shown.
    """

    __tablename__ = "submitter"
    __table_args__ = (UniqueConstraint("channel", "address"), Index("ix_submitter_mailbox", "channel", "mailbox"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    address: Mapped[str] = mapped_column(String(320))
    mailbox: Mapped[str] = mapped_column(String(320))
    language: Mapped[str] = mapped_column(String(16))
    person: Mapped[str | None] = mapped_column(String(32), index=True)
    privacy_notice: Mapped[str] = mapped_column(String(16), default="")
    created_at: Mapped[datetime]
    verified_at: Mapped[datetime | None]
    unsubscribed_at: Mapped[datetime | None]
    undeliverable_at: Mapped[datetime | None]
    undeliverable_reason: Mapped[str] = mapped_column(String(200), default="")


class RoleMailboxRow(Table):
    """A body's mailbox that mail cannot be delivered to, since when, and why."""

    __tablename__ = "role_mailbox"

    address: Mapped[str] = mapped_column(String(320), primary_key=True)
    undeliverable_at: Mapped[datetime]
    undeliverable_reason: Mapped[str] = mapped_column(String(200))


class IdeaRow(Table):
    """One proposal, its stage and the latest understanding of it, a person's corrections included.

    What was said of an idea that was merged is found with the other; a locked one is shown to nobody.
    """

    __tablename__ = "idea"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("submitter.id", ondelete="SET NULL"), index=True)
    channel: Mapped[str] = mapped_column(String(32))
    stage: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(64), index=True)
    understanding: Mapped[dict[str, Any]]
    privacy_notice: Mapped[str] = mapped_column(String(16), default="")
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="SET NULL"), index=True)
    locked_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    contributions: Mapped[list[ContributionRow]] = relationship(order_by="ContributionRow.id")
    assignments: Mapped[list[AssignmentRow]] = relationship(order_by="AssignmentRow.id")
    stages: Mapped[list[StageChangeRow]] = relationship(order_by="StageChangeRow.id")


class ContributionRow(Table):
    """One message of an idea's conversation; an inbound message contributes once.

    `full_text` has quotes and signature too, and is empty where that is the same text. `album` is common to messages
    that were sent as one; the place that was shared is in degrees (WGS 84).
    """

    __tablename__ = "contribution"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    inbound_id: Mapped[int | None] = mapped_column(ForeignKey("inbound_message.id", ondelete="SET NULL"), unique=True)
    subject: Mapped[str] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    full_text: Mapped[str] = mapped_column(Text, default="")
    refused_too_large: Mapped[int] = mapped_column(default=0)
    refused_too_many: Mapped[int] = mapped_column(default=0)
    album: Mapped[str] = mapped_column(String(64), default="")
    latitude: Mapped[float | None] = mapped_column(Double)
    longitude: Mapped[float | None] = mapped_column(Double)
    created_at: Mapped[datetime]

    attachments: Mapped[list[AttachmentRow]] = relationship(order_by="AttachmentRow.id")
    awaited: Mapped[list[AwaitedFileRow]] = relationship(order_by="AwaitedFileRow.id")
    versions: Mapped[list[ContributionVersionRow]] = relationship(order_by="ContributionVersionRow.id")

    @property
    def point(self) -> Point | None:
        """The place that was shared."""
        return None if self.latitude is None or self.longitude is None else Point(self.latitude, self.longitude)


class ContributionVersionRow(Table):
    """How a contribution read before its sender edited it, and until when."""

    __tablename__ = "contribution_version"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime]


class AwaitedFileRow(Table):
    """A file that is still to be fetched from its channel, or that is lost for good (state: awaited, lost)."""

    __tablename__ = "awaited_file"
    __table_args__ = (Index("ix_awaited_file_waiting", "channel", "state", "available_at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    channel: Mapped[str] = mapped_column(String(32))
    file_id: Mapped[str] = mapped_column(Text)
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(127))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    available_at: Mapped[datetime]
    last_error: Mapped[str] = mapped_column(String(200), default="")


class BlobRow(Table):
    """A file's bytes, kept once whoever sends them."""

    __tablename__ = "blob"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class AttachmentRow(Table):
    """A file of a contribution."""

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)
    filename: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(127))
    role: Mapped[str] = mapped_column(String(16), default="file")
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("blob.sha256"))


class AssignmentRow(Table):
    """A body has an idea (state: open), or has had it (done, passed, returned).

    `due_at` is when it should be done with it; `reminded_at` and `raised_at` say when it was reminded, and when the
    body that watches over all was told.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("idea_id", "body"),
        Index("ix_assignment_waiting", "body", "state", "assigned_at"),
        Index("ix_assignment_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"))
    body: Mapped[str] = mapped_column(String(64))
    rule: Mapped[str] = mapped_column(String(64))
    assigned_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="open")
    ended_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    raised_at: Mapped[datetime | None]


class StageChangeRow(Table):
    """One step of an idea's way; `act_id` is what staff did for it, and one that was undone counts for nothing."""

    __tablename__ = "stage_change"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    stage: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id", ondelete="SET NULL"), index=True)
    undone_at: Mapped[datetime | None]


class CapabilityRow(Table):
    """What the bearer of a token may do with one idea or one notification; only the token's hash is kept."""

    __tablename__ = "capability"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(32))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    notification_id: Mapped[int | None] = mapped_column(ForeignKey("notification.id", ondelete="CASCADE"), index=True)


class NotificationRow(Table):
    """The outbox. A submitter's address stands in their own row; `recipient` is a body's role mailbox or a chat.

    `dated_at` is when it was first claimed, and the date that its mail bears. `doubts` counts the attempts of which
    nobody knows whether they delivered it; one that is in doubt already counts from its beginning.
    """

    __tablename__ = "notification"
    __table_args__ = (
        Index("ix_notification_waiting", "state", "available_at", "id"),
        Index("ix_notification_submitter", "submitter_id", "state"),
        Index("ix_notification_recipient", "recipient", "state"),
        Index("ix_notification_answers", "channel", "template", "created_at"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    channel: Mapped[str] = mapped_column(String(32))
    submitter_id: Mapped[int | None] = mapped_column(ForeignKey("submitter.id", ondelete="CASCADE"))
    recipient: Mapped[str | None] = mapped_column(String(320))
    template: Mapped[str] = mapped_column(String(64))
    parameters: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(16))
    available_at: Mapped[datetime]
    created_at: Mapped[datetime]
    dated_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    doubts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(500), default="")


class DigestRow(Table):
    """One digest of one body for one period; the unique key makes it one, however many schedulers run.

    It tells what happened up to `until`, that moment included, as far as no digest before has told it.
    """

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("body", "period"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    body: Mapped[str] = mapped_column(String(64))
    period: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
    created_at: Mapped[datetime]


class ReferenceCounterRow(Table):
    """How many references a year has given out. Numbers are not reused when an idea goes."""

    __tablename__ = "reference_counter"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]
