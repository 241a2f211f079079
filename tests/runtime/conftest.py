"""The short road on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime import road
from tests.runtime.road_kit import Road

from soundstage.runtime.durable import TaskQueue, install
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage.database import Database


@pytest.fixture
def road_on(database_url: str, tmp_path: Path) -> Iterator[Road]:
    folder = tmp_path / "road"
    folder.mkdir()
    database = Database(database_url)
    database.migrate()
    install(database)
    queue = TaskQueue(database)
    limits = TaskLimits(unended=10_000, disk_quota_bytes=10**12, idempotency_hours=24)
    built = Road(database_url, folder, database, TasksService(database, queue, road.PIPELINES, limits, lambda _: None))
    yield built
    built.kill_all()
    queue.close()
    database.close()
