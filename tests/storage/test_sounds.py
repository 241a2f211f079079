"""Sounds of before the library: listed, searched, with their file as the one take."""

from __future__ import annotations

import json
from typing import Any

from alembic import command
from sqlalchemy import Table, Text, select, text

from soundstage.domain.sound import SoundFilter, SoundMarks, SoundSort, TagUse
from soundstage.domain.task import TaskKind
from soundstage.storage import runs, sound_list, sounds
from soundstage.storage.database import Database
from soundstage.storage.migrations import upgrade
from soundstage.storage.tables import runs as runs_table
from soundstage.storage.tables import stage_results, tasks


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


def test_sounds_begun_before_begin_anew(database_url: str) -> None:
    """What their stages gave has another form now: a retry could not go on from it."""
    database = Database(database_url)
    with database.unit() as connection:
        command.upgrade(upgrade.settings(connection), "0006")
        for task, kind, run_id in (
            ("a", "text_to_sound", None),
            ("b", "text_to_sound", 7),
            ("c", "project_setup", None),
        ):
            given: dict[str, Any] = {"task_id": task, "kind": kind, "run_id": run_id}
            connection.execute(tasks.insert(), {**_needed(tasks), **given})
            connection.execute(stage_results.insert(), {**_needed(stage_results), "task_id": task})
    database.migrate()
    with database.read() as connection:
        assert set(connection.execute(select(stage_results.c.task_id)).scalars()) == {"b", "c"}
    database.close()


def _needed(table: Table) -> dict[str, Any]:
    """A value for every column that needs one."""
    return {column.name: "x" if isinstance(column.type, Text) else 1 for column in table.c if not column.nullable}


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


def test_sounds_by_what_they_are_called(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.unit() as connection:
        made = []
        for task_id, prompt in (("a", "rain"), ("b", "Bell"), ("c", "rain"), ("d", "ox")):
            recipe = {"prompt": prompt, "audio_type": "sound", "engine": "synthesis"}
            product = {"takes": [{"recipe": recipe}], "duration_ms": 1}
            kind = TaskKind.TEXT_TO_SOUND
            made.append(runs.insert(connection, task_id=task_id, team_id=1, kind=kind, folder_id=None, product=product))
        sounds.mark(connection, made[3], SoundMarks(name="Ällig", tags=("x", "y")))
        sounds.mark(connection, made[1], SoundMarks(tags=("y",)))
    with database.read() as connection:
        found, cursor = [], None
        while cursor or not found:
            page, cursor = sound_list.page(connection, 1, SoundFilter(), sort=SoundSort.NAME, limit=1, cursor=cursor)
            found += [run.task_id for run in page]
        tags = sounds.tags_of(connection, 1), sounds.tags_of(connection, 2)
    database.close()
    assert sorted(found) == ["a", "b", "c", "d"]
    assert [one for one in found if one != "d"] == ["b", "a", "c"], "where a letter with dots stands, the locale says"
    assert tags == ((TagUse(tag="y", sounds=2), TagUse(tag="x", sounds=1)), ())
