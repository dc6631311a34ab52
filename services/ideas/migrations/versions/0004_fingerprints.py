"""Fingerprints of ideas, by which similar ones are found; they are made when the service runs."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "fingerprint",
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("method", sa.String(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["idea_id"], ["idea.id"], name=op.f("fk_fingerprint_idea_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_fingerprint")),
    )


def downgrade() -> None:
    """Fingerprints can be made anew from the words."""
    op.drop_table("fingerprint")
