"""Alembic's entry point: it runs inside the transaction that `services.ideas.migrate` opens."""

from alembic import context

from services.ideas import chat_tables, tables, work_tables  # noqa: F401 - so that the metadata is whole
from services.ideas.columns import Table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Table.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
