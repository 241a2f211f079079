"""Alembic's environment: revisions run inside the transaction that `Database.migrate` holds."""

from __future__ import annotations

from alembic import context

from soundstage.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
