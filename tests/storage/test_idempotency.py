"""Idempotency keys as rows: taken, told, given back; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from sqlalchemy import delete, text, update

from soundstage.domain.account import Team
from soundstage.storage import folders, idempotency
from soundstage.storage.database import Connection, Database
from soundstage.storage.idempotency import Noun, Seen
from soundstage.storage.migrations.upgrade import settings
from soundstage.storage.tables import folders as folder_rows
from soundstage.storage.tables import idempotency as rows

DAY_MS = 86_400_000


@pytest.fixture
def database_of_0002(database_url: str) -> Iterator[Database]:
    """A database as the version before the third migration left it."""
    database = Database(database_url)
    with database.unit() as connection:
        command.upgrade(settings(connection), "0002")
    yield database
    database.close()


def claim(connection: Connection, team: Team, key: str = "key", digest: str = "digest") -> Seen | None:
    return idempotency.claim(connection, team.team_id, key, digest, life_ms=DAY_MS)


def make(database: Database, team: Team, key: str = "key", name: str = "A folder") -> int:
    """A folder made under a key."""
    with database.unit() as connection:
        assert claim(connection, team, key) is None
        folder = folders.insert(connection, team.team_id, name)
        assert folder is not None
        idempotency.settle(connection, team.team_id, key, Noun.FOLDER, folder.folder_id)
    return folder.folder_id


def test_a_key_tells_what_it_stands_for(database: Database, team: Team, other_team: Team) -> None:
    folder_id = make(database, team)
    with database.unit() as connection:
        assert claim(connection, team, digest="another") == Seen("digest", Noun.FOLDER, str(folder_id))
        assert idempotency.look(connection, team.team_id, "key", life_ms=DAY_MS) == claim(connection, team)
        assert idempotency.look(connection, team.team_id, "unknown", life_ms=DAY_MS) is None
        assert claim(connection, other_team) is None


def test_a_rollback_frees_the_key(database: Database, team: Team) -> None:
    with pytest.raises(ZeroDivisionError), database.unit() as connection:
        assert claim(connection, team) is None
        raise ZeroDivisionError
    make(database, team)


def test_a_key_is_free_again_after_its_life(database: Database, team: Team) -> None:
    first = make(database, team)
    with database.unit() as connection:
        connection.execute(update(rows).values(created_at=rows.c.created_at - DAY_MS - 1))
        assert idempotency.look(connection, team.team_id, "key", life_ms=DAY_MS) is None
    second = make(database, team, name="Another")
    assert second != first
    with database.read() as connection:
        seen = idempotency.look(connection, team.team_id, "key", life_ms=DAY_MS)
    assert seen == Seen("digest", Noun.FOLDER, str(second))


def test_a_key_is_free_again_once_its_thing_is_gone(database: Database, team: Team) -> None:
    make(database, team)
    with database.unit() as connection:
        connection.execute(delete(folder_rows))
        assert idempotency.look(connection, team.team_id, "key", life_ms=DAY_MS) is None
    make(database, team)


@pytest.mark.parametrize("noun", list(Noun))
def test_every_noun_can_be_looked_for(database: Database, team: Team, noun: Noun) -> None:
    """What was never there counts as gone, whatever the type of its id."""
    with database.unit() as connection:
        assert claim(connection, team) is None
        idempotency.settle(connection, team.team_id, "key", noun, "4711")
        assert claim(connection, team) is None


def test_of_many_that_take_a_key_at_once_one_gets_it(database: Database, team: Team) -> None:
    gate = threading.Barrier(4)

    def take(_: int) -> str | None:
        gate.wait()
        with database.unit() as connection:
            seen = claim(connection, team)
            if seen is not None:
                return seen.made
            folder = folders.insert(connection, team.team_id, "Only once")
            assert folder is not None
            idempotency.settle(connection, team.team_id, "key", Noun.FOLDER, folder.folder_id)
            return str(folder.folder_id)

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(take, range(4)))) == 1


def test_of_many_that_take_an_old_key_at_once_one_gets_it(database: Database, team: Team) -> None:
    old = make(database, team, name="Old")
    with database.unit() as connection:
        connection.execute(update(rows).values(created_at=0))
    gate = threading.Barrier(4)

    def take(number: int) -> str:
        gate.wait()
        with database.unit() as connection:
            seen = claim(connection, team)
            if seen is not None:
                return seen.made
            folder = folders.insert(connection, team.team_id, f"New {number}")
            assert folder is not None
            idempotency.settle(connection, team.team_id, "key", Noun.FOLDER, folder.folder_id)
            return str(folder.folder_id)

    with ThreadPoolExecutor(4) as pool:
        (made,) = set(pool.map(take, range(4)))
    assert made != str(old)
    with database.read() as connection:
        assert len(folders.find(connection, team.team_id, limit=10)) == 2


def test_trimming_forgets_old_keys_only(database: Database, team: Team) -> None:
    for key in ("old", "new"):
        make(database, team, key, name=f"{key} folder")
    with database.unit() as connection:
        connection.execute(update(rows).where(rows.c.key == "old").values(created_at=0))
        idempotency.trim(connection, life_ms=DAY_MS)
        assert connection.execute(text("SELECT key FROM idempotency")).scalars().all() == ["new"]


def test_keys_of_before_the_migration_stand_for_their_tasks(database_of_0002: Database) -> None:
    with database_of_0002.unit() as connection:
        connection.execute(
            text(
                "INSERT INTO tasks (task_id, team_id, kind, lane, state, attempt, priority, queue_order, parameters,"
                " created_at, updated_at, revision, progress, stages)"
                " VALUES ('t-1', 1, 'text_to_sound', 'sound', 'queued', 1, 'normal', 1, '{}', 1, 1, 1, 0.0, '[]')"
            )
        )
        for key, task_id in (("kept", "t-1"), ("gone", "t-2")):
            connection.execute(
                text(
                    "INSERT INTO idempotency (team_id, key, digest, task_id, created_at)"
                    " VALUES (1, :key, 'digest', :task_id, :at)"
                ),
                {"key": key, "task_id": task_id, "at": 4_000_000_000_000},
            )
    database_of_0002.migrate()
    with database_of_0002.unit() as connection:
        kept = idempotency.claim(connection, 1, "kept", "digest", life_ms=DAY_MS)
        assert kept == Seen("digest", Noun.TASK, "t-1")
        assert idempotency.claim(connection, 1, "gone", "digest", life_ms=DAY_MS) is None
