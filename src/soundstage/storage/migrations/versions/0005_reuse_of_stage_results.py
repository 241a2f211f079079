"""What a stage gave, found again by all that decided on it

Rows of before have no key: what they hold is done anew once.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage_results", sa.Column("reuse_key", sa.Text, nullable=True))
    op.create_index("ix_stage_results_reuse_key", "stage_results", ["reuse_key"])
