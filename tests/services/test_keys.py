"""Keys: shown once, stored as a hash, good in every process until revoked."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from soundstage.domain.account import Scope
from soundstage.errors import Invalid, NotFound, Unauthenticated
from soundstage.services.keys import KeysService
from soundstage.storage.database import Database
from soundstage.storage.tables import keys as keys_table

CREATE = """
import sys
from soundstage.services.keys import KeysService
from soundstage.storage.database import Database
print(KeysService(Database(sys.argv[1])).create(name="second process", team="cli")[1])
"""


@pytest.fixture
def keys(database: Database) -> KeysService:
    return KeysService(database)


def test_the_secret_opens_what_the_key_says(keys: KeysService) -> None:
    key, secret = keys.create(name="  laptop ", team="studio", scopes=frozenset({Scope.READ}))
    assert key.name == "laptop"
    assert secret.startswith(f"{key.prefix}_")
    assert len(secret) == len("sk_01234567_") + 43, "32 random bytes in base64"
    actor = keys.authenticate(secret)
    assert (actor.team_id, actor.key_id, actor.scopes) == (key.team_id, key.key_id, frozenset({Scope.READ}))


def test_only_the_hash_is_stored(keys: KeysService, database: Database) -> None:
    _, secret = keys.create(name="laptop")
    with database.read() as connection:
        stored = " ".join(map(str, connection.execute(select(keys_table)).one()))
    assert secret not in stored
    assert secret[-20:] not in stored


def test_teams_are_made_when_new_and_found_when_not(keys: KeysService) -> None:
    first, _ = keys.create(name="a", team="studio")
    second, _ = keys.create(name="b", team="studio")
    other, _ = keys.create(name="c")
    assert first.team_id == second.team_id != other.team_id
    assert [key.name for key in keys.list()] == ["a", "b", "c"]
    assert [key.name for key in keys.list(other.team_id)] == ["c"]


def test_a_revoked_key_opens_nothing(keys: KeysService) -> None:
    key, secret = keys.create(name="lost")
    revoked = keys.revoke(key.key_id)
    assert revoked.revoked_at is not None
    with pytest.raises(Unauthenticated):
        keys.authenticate(secret)
    assert keys.revoke(key.key_id) == revoked
    with pytest.raises(NotFound):
        keys.revoke(999)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300))
def test_nothing_else_opens_anything(keys: KeysService, guess: str) -> None:
    with pytest.raises(Unauthenticated):
        keys.authenticate(guess)


def test_a_secret_altered_anywhere_is_refused(keys: KeysService) -> None:
    _, secret = keys.create(name="k")
    for altered in (secret[:-1], secret + "x", secret.upper(), secret.swapcase(), " " + secret):
        with pytest.raises(Unauthenticated):
            keys.authenticate(altered)


@pytest.mark.parametrize(("name", "team"), [("", None), ("x" * 256, None), ("k", " "), ("a\nb", None), ("a\0", None)])
def test_bad_names_are_refused(keys: KeysService, name: str, team: str | None) -> None:
    with pytest.raises(Invalid):
        keys.create(name=name, team=team)
    assert keys.list() == []


def test_a_key_made_by_another_process_works_at_once(keys: KeysService, migrated_url: str) -> None:
    with pytest.raises(Unauthenticated):
        keys.authenticate("sk_00000000_warm")
    secret = subprocess.check_output([sys.executable, "-c", CREATE, migrated_url], text=True, timeout=200).strip()
    assert keys.authenticate(secret).scopes == frozenset(Scope)


def test_authentication_costs_far_less_than_a_statement_of_the_query_builder(tmp_path: Path) -> None:
    """On SQLite 30 µs against some 300 µs; the tenth fastest of a hundred of each, for busy machines."""
    database = Database(f"sqlite:///{tmp_path / 'soundstage.db'}")
    database.migrate()
    keys = KeysService(database)
    _, secret = keys.create(name="hot")

    def build() -> None:
        with database.read() as connection:
            connection.execute(select(keys_table)).one()

    hot, built = _tenth_fastest(lambda: keys.authenticate(secret)), _tenth_fastest(build)
    database.close()
    assert hot < built / 2


def _tenth_fastest(call: Callable[[], object]) -> float:
    """Seconds."""
    times = []
    for _ in range(300):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return sorted(times)[len(times) // 10]
