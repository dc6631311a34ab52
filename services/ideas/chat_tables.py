"""The tables of conversations in chats: which message is where, what was asked, corrected and joined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.ideas.columns import Key, Table


class ChatMessageRow(Table):
    """Which contribution a message of a chat became: edits and replies name the message alone."""

    __tablename__ = "chat_message"
    __table_args__ = (UniqueConstraint("channel", "chat", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    channel: Mapped[str] = mapped_column(String(32))
    chat: Mapped[str] = mapped_column(String(320))
    number: Mapped[int] = mapped_column(BigInteger)
    contribution_id: Mapped[int] = mapped_column(ForeignKey("contribution.id", ondelete="CASCADE"), index=True)


class CorrectionRow(Table):
    """A person's better label (field: topic, place), or that the program's was right (field: confirmed)."""

    __tablename__ = "correction"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    idea_id: Mapped[int] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(16))
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    actor: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class DialogueRow(Table):
    """What the program has asked a person last, and about which idea."""

    __tablename__ = "dialogue"

    submitter_id: Mapped[int] = mapped_column(
        ForeignKey("submitter.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    expects: Mapped[str] = mapped_column(String(16))
    idea_id: Mapped[int | None] = mapped_column(ForeignKey("idea.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime]


class JoinCodeRow(Table):
    """A code that joins whoever sends it to the person whom it was given to; only its hash is kept."""

    __tablename__ = "join_code"

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    submitter_id: Mapped[int] = mapped_column(ForeignKey("submitter.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime]


class WrongCodeRow(Table):
    """Somebody sent a code that joins nothing: guesses are counted."""

    __tablename__ = "wrong_code"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    submitter_id: Mapped[int] = mapped_column(ForeignKey("submitter.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]


class MigratedChatRow(Table):
    """A chat whose id has changed (Bot API, migrate_to_chat_id): the configuration may still name the old one."""

    __tablename__ = "migrated_chat"

    old: Mapped[str] = mapped_column(String(64), primary_key=True)
    new: Mapped[str] = mapped_column(String(64))


class LeaseRow(Table):
    """Work that one process alone does, whose it is, and until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    holder: Mapped[str] = mapped_column(String(64))
    until: Mapped[datetime]
