"""The largest number that a revision of a project was ever given, so that none is given twice

Workers of the version before are to be stopped first: they would not count what they make.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("runs", sa.Column("numbered", NUMBER, nullable=False, server_default="0"))
    op.execute(
        "UPDATE runs SET numbered = COALESCE((SELECT MAX(CASE WHEN base > revision THEN base ELSE revision END) "
        "FROM project_revisions WHERE project_revisions.run_id = runs.run_id), 0)"
    )
