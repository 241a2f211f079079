"""The sound library: what sounds are searched by and how they are marked; sounds of one take become takes

What the stages of unfinished sounds gave has another form now, so these begin anew.

Workers of the version before are to be stopped first: a sound that one of them finished later would not be listed.
"""

from __future__ import annotations

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    sounds = op.create_table(
        "sounds",
        sa.Column("run_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("audio_type", sa.Text, nullable=False),
        sa.Column("engine", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=True),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("favourite", NUMBER, nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("run_id", name="pk_sounds"),
    )
    op.create_table(
        "sound_tags",
        sa.Column("run_id", NUMBER, nullable=False, autoincrement=False),
        sa.Column("tag", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("run_id", "tag", name="pk_sound_tags"),
    )
    connection = op.get_bind()
    made = sa.text("SELECT run_id, product FROM runs WHERE kind = 'text_to_sound'")
    for run_id, text in connection.execute(made).all():
        product = _with_takes(json.loads(text))
        if product is None:
            continue
        recipe = product["takes"][0]["recipe"]
        row = {"run_id": run_id, "audio_type": recipe["audio_type"], "engine": recipe["engine"], "name": None}
        row |= {"prompt": recipe["prompt"], "words": recipe["prompt"].casefold(), "favourite": 0}
        connection.execute(sounds.insert().values(row))
        change = sa.text("UPDATE runs SET product = :product WHERE run_id = :run_id")
        connection.execute(change, {"product": json.dumps(product), "run_id": run_id})
    unfinished = sa.text(
        "DELETE FROM stage_results WHERE task_id IN "
        "(SELECT task_id FROM tasks WHERE kind = 'text_to_sound' AND run_id IS NULL)"
    )
    connection.execute(unfinished)


def _with_takes(product: dict[str, Any]) -> dict[str, Any] | None:
    """None for what is no sound that could be shown."""
    if "takes" in product:
        return product
    if "audio" not in product or "recipe" not in product:
        return None
    take = {name: product[name] for name in ("audio", "recipe", "peaks") if name in product}
    return {"takes": [take], "duration_ms": product["duration_ms"]}
