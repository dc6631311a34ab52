"""Mail conversations: verified and undeliverable addresses, whole texts, and capabilities of single notifications."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "role_mailbox",
        sa.Column("address", sa.String(length=320), nullable=False),
        sa.Column("undeliverable_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undeliverable_reason", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_role_mailbox")),
    )
    _submitters()
    with op.batch_alter_table("contribution") as batch:
        batch.add_column(sa.Column("full_text", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("refused_too_large", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("refused_too_many", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("attachment") as batch:
        batch.add_column(sa.Column("role", sa.String(length=16), nullable=False, server_default="file"))
    with op.batch_alter_table("capability") as batch:
        batch.alter_column("idea_id", existing_type=sa.BigInteger(), nullable=True)
        batch.add_column(sa.Column("notification_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
        batch.create_foreign_key(
            op.f("fk_capability_notification_id"), "notification", ["notification_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_index(op.f("ix_capability_notification_id"), ["notification_id"], unique=False)
    op.create_index("ix_notification_answers", "notification", ["channel", "template", "created_at"], unique=False)


def _submitters() -> None:
    with op.batch_alter_table("submitter") as batch:
        batch.add_column(sa.Column("mailbox", sa.String(length=320), nullable=False, server_default=""))
        for name in ("verified_at", "unsubscribed_at", "undeliverable_at"):
            batch.add_column(sa.Column(name, sa.DateTime(timezone=True)))
        batch.add_column(sa.Column("undeliverable_reason", sa.String(length=200), nullable=False, server_default=""))
        batch.create_index("ix_submitter_mailbox", ["channel", "mailbox"], unique=False)
    submitter = sa.table("submitter", sa.column("id"), sa.column("channel"), sa.column("address"), sa.column("mailbox"))
    connection = op.get_bind()
    for row in connection.execute(sa.select(submitter.c.id, submitter.c.address)).all():
        local, at, domain = row.address.lower().rpartition("@")
        mailbox = f"{local.partition('+')[0]}{at}{domain}" if at else row.address
        connection.execute(submitter.update().where(submitter.c.id == row.id).values(mailbox=mailbox))
    # Telegram has vouched for whoever wrote there.
    op.execute("UPDATE submitter SET verified_at = created_at WHERE channel = 'telegram'")


def downgrade() -> None:
    """What people have confirmed or declined since would be lost: restore a backup instead."""
    raise NotImplementedError
