"""Key rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from soundstage.domain.account import Scope, Team
from soundstage.storage import keys
from soundstage.storage.database import Database


def make(database: Database, team_id: int, digest: str) -> int:
    with database.unit() as connection:
        key = keys.insert(
            connection, team_id=team_id, name="k", prefix="sk_0", secret_sha256=digest, scopes=frozenset({Scope.READ})
        )
    return key.key_id


def test_a_live_key_is_found_by_its_hash_alone(database: Database, team: Team) -> None:
    key_id = make(database, team.team_id, "a" * 64)
    found = keys.find_live(database, "a" * 64)
    assert found == keys.LiveKey(key_id, team.team_id, "read", "a" * 64)
    assert keys.find_live(database, "b" * 64) is None
    with database.unit() as connection:
        keys.revoke(connection, key_id)
    assert keys.find_live(database, "a" * 64) is None


def test_a_hash_is_unique_and_a_team_must_exist(database: Database, team: Team) -> None:
    make(database, team.team_id, "a" * 64)
    with pytest.raises(IntegrityError):
        make(database, team.team_id, "a" * 64)
    with pytest.raises(IntegrityError):
        make(database, 999, "c" * 64)


def test_the_lookup_reads_an_index(tmp_path: Path) -> None:
    """Asked of SQLite: PostgreSQL scans a table of one page whatever its indexes."""
    database = Database(f"sqlite:///{tmp_path / 'soundstage.db'}")
    database.migrate()
    plan = database.row(f"EXPLAIN QUERY PLAN {keys.FIND}", ("a" * 64,))
    assert plan is not None
    assert "USING INDEX" in plan[3]
    database.close()


def test_scopes_travel_as_words() -> None:
    for scopes in (frozenset[Scope](), frozenset({Scope.WRITE}), frozenset(Scope)):
        assert keys.split_scopes(keys.join_scopes(scopes)) == scopes
