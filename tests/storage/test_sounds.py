"""Sounds of before the library: listed, searched, with their file as the one take."""

from __future__ import annotations

import json

from alembic import command
from sqlalchemy import select, text

from soundstage.domain.sound import SoundFilter, SoundMarks
from soundstage.storage import sound_list, sounds
from soundstage.storage.database import Database
from soundstage.storage.migrations import upgrade
from soundstage.storage.tables import runs as runs_table


def test_sounds_of_before_become_takes_and_are_found(database_url: str) -> None:
    recipe = {"prompt": "Rain", "audio_type": "sound", "engine": "synthesis"}
    old = json.dumps({"audio": {"name": "sound.wav"}, "recipe": recipe, "duration_ms": 1000, "peaks": None})
    database = Database(database_url)
    with database.unit() as connection:
        command.upgrade(upgrade.settings(connection), "0006")
        insert = "INSERT INTO runs (task_id, team_id, kind, created_at, product) VALUES (:task, 1, :kind, 77, :product)"
        for task, kind, product in (("a", "text_to_sound", old), ("b", "project_setup", "{}")):
            connection.execute(text(insert), {"task": task, "kind": kind, "product": product})
    database.migrate()
    with database.read() as connection:
        (run,), _ = sound_list.page(connection, 1, SoundFilter(search="rain"))
        marks = sounds.marks_of(connection, [run])
    database.close()
    assert run.product["takes"] == [{"audio": {"name": "sound.wav"}, "recipe": recipe, "peaks": None}]
    assert run.product["duration_ms"] == 1000
    assert marks == (SoundMarks(),)


def test_marks_of_a_sound_that_is_not_there_are_not_kept(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.unit() as connection:
        assert not sounds.mark(connection, 7, SoundMarks(tags=("rain",)))
        assert connection.execute(text("SELECT count(*) FROM sound_tags")).scalar_one() == 0
    database.close()


def test_a_tag_is_not_looked_for_among_everybodys(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.read() as connection:
        if connection.dialect.name == "sqlite":
            mine = select(runs_table).where(runs_table.c.team_id == 1, runs_table.c.kind == "text_to_sound")
            query = sound_list.narrowed(mine, SoundFilter(tag="rain")).order_by(runs_table.c.run_id.desc())
            written = str(query.compile(connection, compile_kwargs={"literal_binds": True}))
            steps = [row[3] for row in connection.execute(text(f"EXPLAIN QUERY PLAN {written}"))]
            assert not [step for step in steps if step.startswith("SCAN") or "ORDER BY" in step]
    database.close()
