"""Fixtures of the services tests: a migrated database of each dialect, two teams that know nothing of each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from soundstage.bootstrap import PIPELINES
from soundstage.domain.account import Scope
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.task import Task, TaskKind
from soundstage.runtime.durable import TaskQueue
from soundstage.services.actor import Actor
from soundstage.services.tasks import TaskLimits, TasksService
from soundstage.storage import teams
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


def actor_of(database: Database, team: str, *scopes: Scope) -> Actor:
    with database.unit() as connection:
        return Actor(teams.get_or_insert(connection, team).team_id, None, frozenset(scopes))


@pytest.fixture
def actor(database: Database) -> Actor:
    return actor_of(database, "ours", Scope.WRITE)


@pytest.fixture
def stranger(database: Database) -> Actor:
    return actor_of(database, "theirs", Scope.ADMIN)


@pytest.fixture
def reader(database: Database) -> Actor:
    return actor_of(database, "ours", Scope.READ)


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


class Deleter:
    """Deletes orphans' bytes as bootstrap's does, and remembers that it was asked to."""

    def __init__(self, blobs: LocalBlobs) -> None:
        self.blobs = blobs
        self.asked: list[str] = []

    def __call__(self, orphans: Sequence[str]) -> None:
        for sha256 in orphans:
            self.asked.append(sha256)
            self.blobs.delete(sha256)


@pytest.fixture
def delete_blobs(blobs: LocalBlobs) -> Deleter:
    return Deleter(blobs)


LIMITS = TaskLimits(unended=20, disk_quota_bytes=10**9, idempotency_hours=24)


def sound(**fields: Any) -> TextToSoundRequest:
    told: dict[str, Any] = {"prompt": "rain", "duration": 2.0, "audio_type": AudioType.SOUND, "seed": 1}
    return TextToSoundRequest.model_validate(told | fields)


@pytest.fixture
def service(database: Database) -> Iterator[Callable[..., TasksService]]:
    queue = TaskQueue(database)
    yield lambda limits=LIMITS, **more: TasksService(database, queue, PIPELINES, limits, lambda _: None, **more)
    queue.close()


@pytest.fixture
def tasks(service: Callable[..., TasksService]) -> TasksService:
    return service()


def create(tasks: TasksService, actor: Actor, **options: Any) -> Task:
    return tasks.create(actor, TaskKind.TEXT_TO_SOUND, options.pop("request", sound()), **options)
