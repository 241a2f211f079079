"""Fixtures of the services tests: a migrated database of each dialect, two teams that know nothing of each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from soundstage.domain.account import Scope
from soundstage.services.actor import Actor
from soundstage.storage import teams
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.migrate()
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
