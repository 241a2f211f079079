"""The short road on each database in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.runtime import road
from tests.runtime.road_kit import Road, Take

from soundstage.domain.task import Task
from soundstage.runtime.begin import begin
from soundstage.runtime.durable import TaskQueue
from soundstage.runtime.execution import Execution
from soundstage.runtime.worker import Worker
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage.database import Database


@pytest.fixture
def road_on(migrated_url: str, tmp_path: Path) -> Iterator[Road]:
    folder = tmp_path / "road"
    folder.mkdir()
    database = Database(migrated_url)
    queue = TaskQueue(database)
    limits = TaskLimits(unended=10_000, disk_quota_bytes=10**12, idempotency_hours=24)
    built = Road(migrated_url, folder, database, TasksService(database, queue, road.PIPELINES, limits, lambda _: None))
    yield built
    built.kill_all()
    queue.close()
    database.close()


@pytest.fixture
def worker(road_on: Road) -> Iterator[Worker]:
    """One in this process, whose attempts a test holds in its hand."""
    built = road.build_worker(road_on.url, road_on.folder)
    yield built
    built._outside.kill()
    built._database.close()


@pytest.fixture
def take(road_on: Road, worker: Worker) -> Take:
    """Begin a task's present attempt as a worker does."""

    def take(task: Task) -> Execution:
        outside = worker._outside
        begun = begin(road_on.database, outside, road.PIPELINES, worker.worker_id, task.task_id, task.attempt)
        assert begun is not None
        return begun

    return take
