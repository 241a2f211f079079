"""Idempotency keys of every create: what a key has made, beside tasks

`task_id` keeps its name and holds the id of whatever the key has made: so the rows of before are valid as they are, and
servers of the version before may go on while this one starts.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("idempotency", sa.Column("noun", sa.Text, nullable=False, server_default="task"))
