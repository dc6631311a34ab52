"""Chats: messages by their numbers, dialogues, corrections, edits, files to fetch, and persons in several channels."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("inbound_message") as batch:
        batch.add_column(sa.Column("conversation", sa.String(length=64), nullable=False, server_default=""))
        batch.create_index("ix_inbound_message_conversation", ["conversation", "state", "id"], unique=False)
    with op.batch_alter_table("submitter") as batch:
        batch.alter_column("language", existing_type=sa.String(length=8), type_=sa.String(length=16))
        batch.add_column(sa.Column("person", sa.String(length=32)))
        batch.add_column(sa.Column("privacy_notice", sa.String(length=16), nullable=False, server_default=""))
        batch.create_index(op.f("ix_submitter_person"), ["person"], unique=False)
    with op.batch_alter_table("idea") as batch:
        batch.add_column(sa.Column("privacy_notice", sa.String(length=16), nullable=False, server_default=""))
        batch.add_column(sa.Column("merged_into_id", _KEY))
        batch.add_column(sa.Column("locked_at", _TIME))
        batch.create_foreign_key(
            op.f("fk_idea_merged_into_id"), "idea", ["merged_into_id"], ["id"], ondelete="SET NULL"
        )
        batch.create_index(op.f("ix_idea_merged_into_id"), ["merged_into_id"], unique=False)
    with op.batch_alter_table("contribution") as batch:
        batch.add_column(sa.Column("album", sa.String(length=64), nullable=False, server_default=""))
        batch.add_column(sa.Column("latitude", sa.Double()))
        batch.add_column(sa.Column("longitude", sa.Double()))
    op.create_index("ix_notification_recipient", "notification", ["recipient", "state"], unique=False)
    _messages()
    _dialogues()
    _chats()


def _messages() -> None:
    op.create_table(
        "contribution_version",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("contribution_id", _KEY, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        *_of("contribution_version", "contribution"),
    )
    op.create_table(
        "chat_message",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=320), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("contribution_id", _KEY, nullable=False),
        *_of("chat_message", "contribution"),
        sa.UniqueConstraint("channel", "chat", "number", name=op.f("uq_chat_message_channel_chat_number")),
    )
    op.create_table(
        "awaited_file",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("contribution_id", _KEY, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("file_id", sa.Text(), nullable=False),
        sa.Column("filename", sa.String(length=255), nullable=False),
        sa.Column("media_type", sa.String(length=127), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("available_at", _TIME, nullable=False),
        sa.Column("last_error", sa.String(length=200), nullable=False),
        *_of("awaited_file", "contribution"),
    )
    op.create_index("ix_awaited_file_waiting", "awaited_file", ["channel", "state", "available_at"], unique=False)
    for table in ("contribution_version", "chat_message", "awaited_file"):
        op.create_index(op.f(f"ix_{table}_contribution_id"), table, ["contribution_id"], unique=False)


def _dialogues() -> None:
    op.create_table(
        "correction",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *_of("correction", "idea"),
    )
    op.create_index(op.f("ix_correction_idea_id"), "correction", ["idea_id"], unique=False)
    op.create_table(
        "dialogue",
        sa.Column("submitter_id", _KEY, nullable=False),
        sa.Column("expects", sa.String(length=16), nullable=False),
        sa.Column("idea_id", _KEY),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["submitter_id"], ["submitter.id"], name=op.f("fk_dialogue_submitter_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_dialogue_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("submitter_id", name=op.f("pk_dialogue")),
    )
    op.create_index(op.f("ix_dialogue_idea_id"), "dialogue", ["idea_id"], unique=False)
    op.create_table(
        "join_code",
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("submitter_id", _KEY, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["submitter_id"], ["submitter.id"], name=op.f("fk_join_code_submitter_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code_hash", name=op.f("pk_join_code")),
    )
    op.create_table(
        "wrong_code",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("submitter_id", _KEY, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *_of("wrong_code", "submitter"),
    )
    for table in ("join_code", "wrong_code"):
        op.create_index(op.f(f"ix_{table}_submitter_id"), table, ["submitter_id"], unique=False)


def _chats() -> None:
    op.create_table(
        "migrated_chat",
        sa.Column("old", sa.String(length=64), nullable=False),
        sa.Column("new", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("old", name=op.f("pk_migrated_chat")),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("holder", sa.String(length=64), nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _of(table: str, owner: str) -> tuple[sa.Constraint, ...]:
    column = f"{owner}_id"
    return (
        sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def downgrade() -> None:
    """What people have corrected, joined and edited since would be lost: restore a backup instead."""
    raise NotImplementedError
