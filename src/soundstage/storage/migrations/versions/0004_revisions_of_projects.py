"""Revisions of projects, the first of each that there is; which tasks belong to a run

Workers of the version before are to be stopped first: a project that one of them finished later would have none.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "project_revisions",
        sa.Column("run_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("revision", NUMBER, nullable=False, autoincrement=False),
        sa.Column("base", NUMBER, nullable=True),
        sa.Column("origin", sa.Text, nullable=False),
        sa.Column("task_id", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=True),
        sa.Column("note", sa.Text, nullable=True),
        sa.Column("created_at", NUMBER, nullable=False),
        sa.Column("product", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "revision", name="pk_project_revisions"),
    )
    op.create_index("ix_project_revisions_task_id", "project_revisions", ["task_id"])
    op.add_column("runs", sa.Column("head", NUMBER, nullable=False, server_default="1"))
    op.add_column("tasks", sa.Column("product_revision", NUMBER, nullable=True))
    op.create_index("ix_tasks_run_id", "tasks", ["run_id"])
    op.execute(
        "INSERT INTO project_revisions (run_id, revision, origin, task_id, created_at, product) "
        "SELECT run_id, 1, 'setup', task_id, created_at, product FROM runs WHERE kind = 'project_setup'"
    )
    op.execute("UPDATE tasks SET product_revision = 1 WHERE run_id IS NOT NULL AND kind = 'project_setup'")
