"""How long the media of a stage's result is; the latest samples of a stage found by index"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stage_results", sa.Column("media_seconds", sa.Float(precision=53), nullable=True))
    op.drop_index("ix_stage_history_kind_stage_engine_device", table_name="stage_history")
    op.create_index("ix_stage_history_kind_stage_history_id", "stage_history", ["kind", "stage", "history_id"])
