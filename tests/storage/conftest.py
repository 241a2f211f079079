"""Fixtures of the storage tests: a migrated database of each dialect, and a team in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from soundstage.domain.account import Team
from soundstage.storage import teams
from soundstage.storage.database import Database


@pytest.fixture
def database(migrated_url: str) -> Iterator[Database]:
    database = Database(migrated_url)
    yield database
    database.close()


@pytest.fixture
def team(database: Database) -> Team:
    with database.unit() as connection:
        return teams.get_or_insert(connection, "ours")


@pytest.fixture
def other_team(database: Database) -> Team:
    with database.unit() as connection:
        return teams.get_or_insert(connection, "theirs")
