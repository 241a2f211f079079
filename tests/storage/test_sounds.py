"""Sounds of before the library: listed, searched, with their file as the one take."""

from __future__ import annotations

import json

from alembic import command
from sqlalchemy import text

from soundstage.domain.sound import SoundFilter, SoundMarks
from soundstage.domain.task import TaskKind
from soundstage.storage import runs, sounds
from soundstage.storage.database import Database
from soundstage.storage.migrations import upgrade


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
        (run,) = runs.page(connection, 1, TaskKind.TEXT_TO_SOUND, sound=SoundFilter(search="rain"))
        marks = sounds.marks_of(connection, [run])
    database.close()
    assert run.product["takes"] == [{"audio": {"name": "sound.wav"}, "recipe": recipe, "peaks": None}]
    assert run.product["duration_ms"] == 1000
    assert marks == (SoundMarks(),)
