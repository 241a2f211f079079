"""A PostgreSQL that drops every connection while work is under way, as a restart or a failover does."""

from __future__ import annotations

import time

import psycopg
import pytest
from tests.runtime.road_kit import Road

from soundstage.domain.task import TaskState

DROP = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> %s"


@pytest.fixture
def migrated_url(migrated_postgres_url: str) -> str:
    return migrated_postgres_url


def test_every_accepted_task_ends_well(road_on: Road) -> None:
    actor = road_on.actor()
    nap = {"sleep": 0.15}
    tasks = [road_on.create(actor, {"understand": nap, "generate": nap, "master": nap}, seed=n) for n in range(10)]
    worker = road_on.start_worker()
    road_on.wait_begun(tasks[0], "understand")
    with psycopg.connect(road_on.url, autocommit=True) as connection:
        for _ in range(30):
            connection.execute(DROP, (connection.info.backend_pid,))
            time.sleep(0.1)
    for task in road_on.wait_ended(*tasks, seconds=150):
        assert task.state is TaskState.SUCCEEDED, task.failure
        assert road_on.committed(task) == {"understand", "generate", "master"}
    assert worker.poll() is None
