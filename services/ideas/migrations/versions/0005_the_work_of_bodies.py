"""The bodies' work: assignments that end, acts, the ledger of what bodies are told, inquiries, measures, the outbox."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)
_ACT = ("id", "idea_id", "at", "actor", "body", "kind", "reason", "undone_by")


def upgrade() -> None:
    _acts()
    _digests()
    _ledger()
    _assignments()
    with op.batch_alter_table("stage_change") as batch:
        batch.add_column(sa.Column("act_id", _KEY))
        batch.add_column(sa.Column("undone_at", _TIME))
        batch.create_foreign_key(op.f("fk_stage_change_act_id"), "act", ["act_id"], ["id"], ondelete="SET NULL")
        batch.create_index(op.f("ix_stage_change_act_id"), ["act_id"], unique=False)
    _updates()
    _of_acts()
    _measures()
    _pending()
    _outbox()


def _acts() -> None:
    op.create_table(
        "act",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", _TIME),
        sa.Column("undone_by", sa.String(length=64), nullable=False),
        _foreign("act", "idea_id", "idea"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_act")),
    )
    _index("act", "idea_id")


def _digests() -> None:
    with op.batch_alter_table("digest") as batch:
        batch.add_column(sa.Column("until", _TIME))
    op.execute("UPDATE digest SET until = created_at")
    with op.batch_alter_table("digest") as batch:
        batch.alter_column("until", existing_type=_TIME, nullable=False)
    op.create_table(
        "digest_item",
        sa.Column("digest_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        _foreign("digest_item", "digest_id", "digest"),
        _foreign("digest_item", "idea_id", "idea"),
        sa.PrimaryKeyConstraint("digest_id", "number", name=op.f("pk_digest_item")),
        sa.UniqueConstraint("digest_id", "idea_id", name=op.f("uq_digest_item_digest_id_idea_id")),
    )
    op.create_index("ix_digest_item_idea_id", "digest_item", ["idea_id"], unique=False)
    op.execute(
        "INSERT INTO digest_item (digest_id, number, idea_id) "
        "SELECT digest_id, ROW_NUMBER() OVER (PARTITION BY digest_id ORDER BY idea_id), idea_id "
        "FROM assignment WHERE digest_id IS NOT NULL"
    )


def _ledger() -> None:
    op.create_table(
        "ledger",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("event", sa.String(length=16), nullable=False),
        sa.Column("occurrence", sa.String(length=64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("act_id", _KEY),
        sa.Column("digest_id", _KEY),
        _foreign("ledger", "idea_id", "idea"),
        _foreign("ledger", "act_id", "act", on_delete="SET NULL"),
        sa.ForeignKeyConstraint(["digest_id"], ["digest.id"], name=op.f("fk_ledger_digest_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ledger")),
        sa.UniqueConstraint(
            "body", "idea_id", "event", "occurrence", name=op.f("uq_ledger_body_idea_id_event_occurrence")
        ),
    )
    op.create_index("ix_ledger_untold", "ledger", ["body", "digest_id", "at"], unique=False)
    _index("ledger", "idea_id")
    _index("ledger", "act_id")
    _index("ledger", "digest_id")
    op.execute(
        "INSERT INTO ledger (body, idea_id, event, occurrence, at, digest_id) "
        "SELECT body, idea_id, 'new', 'first', assigned_at, digest_id FROM assignment"
    )


def _assignments() -> None:
    with op.batch_alter_table("assignment") as batch:
        batch.drop_index("ix_assignment_undigested")
        batch.drop_constraint(op.f("fk_assignment_digest_id"), type_="foreignkey")
        batch.drop_column("digest_id")
        batch.add_column(sa.Column("state", sa.String(length=16), nullable=False, server_default="open"))
        for name in ("ended_at", "due_at", "reminded_at", "raised_at"):
            batch.add_column(sa.Column(name, _TIME))
        batch.create_index("ix_assignment_waiting", ["body", "state", "assigned_at"], unique=False)
        batch.create_index("ix_assignment_due", ["state", "due_at"], unique=False)
    # Of what was erased nothing is left that a body could do.
    op.execute(
        "UPDATE assignment SET state = 'done' WHERE idea_id IN (SELECT id FROM idea WHERE submitter_id IS NULL "
        "AND merged_into_id IS NULL AND NOT EXISTS (SELECT 1 FROM contribution WHERE contribution.idea_id = idea.id))"
    )


def _updates() -> None:
    """Updates named one step of an idea; now they name acts, and each step that one is still owed for gets an act."""
    connection = op.get_bind()
    owed = sa.table("notification", sa.column("id"), sa.column("template"), sa.column("parameters", sa.JSON()))
    step = sa.table("stage_change", *(sa.column(name) for name in ("id", "idea_id", "at", "actor", "stage", "act_id")))
    objects = (sa.column(name, sa.JSON()) for name in ("detail", "before", "after"))
    act = sa.table("act", *(sa.column(name) for name in _ACT), *objects)
    for row in connection.execute(sa.select(owed).where(owed.c.template == "update")).all():
        change = connection.execute(sa.select(step).where(step.c.id == row.parameters.get("change"))).first()
        if change is None:
            continue
        values = {"idea_id": change.idea_id, "at": change.at, "actor": change.actor, "body": "", "kind": "move"}
        values |= {"reason": "", "undone_by": "", "detail": {"to": change.stage}, "before": {}, "after": {}}
        connection.execute(act.insert().values(values))
        number = connection.execute(sa.select(sa.func.max(act.c.id))).scalar_one()
        connection.execute(step.update().where(step.c.id == change.id).values(act_id=number))
        parameters = {"reference": row.parameters["reference"], "acts": [number]}
        connection.execute(owed.update().where(owed.c.id == row.id).values(parameters=parameters))


def _of_acts() -> None:
    op.create_table(
        "inquiry",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("act_id", _KEY, nullable=False),
        sa.Column("body", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *_of_act("inquiry"),
    )
    op.create_table(
        "finding",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("act_id", _KEY, nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        *_of_act("finding"),
    )
    for table in ("inquiry", "finding"):
        _index(table, "idea_id")
        _index(table, "act_id")


def _measures() -> None:
    op.create_table(
        "measure",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("reference", sa.String(length=24), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("stage", sa.String(length=64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure")),
        sa.UniqueConstraint("reference", name=op.f("uq_measure_reference")),
    )
    op.create_table(
        "measure_idea",
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("measure_id", _KEY, nullable=False),
        _foreign("measure_idea", "idea_id", "idea"),
        _foreign("measure_idea", "measure_id", "measure"),
        sa.PrimaryKeyConstraint("idea_id", name=op.f("pk_measure_idea")),
    )
    _index("measure_idea", "measure_id")


def _pending() -> None:
    op.create_table(
        "pending_deed",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("receipt", sa.String(length=160), nullable=False),
        sa.Column("digest_id", _KEY, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("idea_id", _KEY, nullable=False),
        sa.Column("deed", sa.JSON(), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        _foreign("pending_deed", "digest_id", "digest"),
        _foreign("pending_deed", "idea_id", "idea"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pending_deed")),
    )
    _index("pending_deed", "receipt")
    _index("pending_deed", "idea_id")


def _outbox() -> None:
    with op.batch_alter_table("notification") as batch:
        batch.add_column(sa.Column("dated_at", _TIME))
        batch.add_column(sa.Column("doubts", sa.Integer(), nullable=False, server_default="0"))
    op.create_table(
        "outbox_control",
        sa.Column("id", _KEY, nullable=False),
        sa.Column("paused_at", _TIME),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("mark", _KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_control")),
    )


def _of_act(table: str) -> tuple[sa.Constraint, ...]:
    return (
        _foreign(table, "idea_id", "idea"),
        _foreign(table, "act_id", "act"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _foreign(table: str, column: str, target: str, *, on_delete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=on_delete)


def _index(table: str, column: str) -> None:
    op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def downgrade() -> None:
    """What bodies were told stays told; acts, inquiries, findings and measures go."""
    for table in ("outbox_control", "pending_deed", "measure_idea", "measure", "finding", "inquiry"):
        op.drop_table(table)
    with op.batch_alter_table("notification") as batch:
        batch.drop_column("dated_at")
        batch.drop_column("doubts")
    with op.batch_alter_table("stage_change") as batch:
        batch.drop_index(op.f("ix_stage_change_act_id"))
        batch.drop_constraint(op.f("fk_stage_change_act_id"), type_="foreignkey")
        batch.drop_column("act_id")
        batch.drop_column("undone_at")
    with op.batch_alter_table("assignment") as batch:
        batch.drop_index("ix_assignment_waiting")
        batch.drop_index("ix_assignment_due")
        for name in ("state", "ended_at", "due_at", "reminded_at", "raised_at"):
            batch.drop_column(name)
        batch.add_column(sa.Column("digest_id", _KEY))
        batch.create_foreign_key(op.f("fk_assignment_digest_id"), "digest", ["digest_id"], ["id"])
        batch.create_index("ix_assignment_undigested", ["body", "digest_id"], unique=False)
    op.execute(
        "UPDATE assignment SET digest_id = (SELECT MAX(ledger.digest_id) FROM ledger "
        "WHERE ledger.idea_id = assignment.idea_id AND ledger.body = assignment.body)"
    )
    op.drop_table("ledger")
    op.drop_table("digest_item")
    with op.batch_alter_table("digest") as batch:
        batch.drop_column("until")
    op.drop_table("act")
