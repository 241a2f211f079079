"""The database: transactions, migration, both dialects."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text

from soundstage.errors import Misconfigured, StorageFull
from soundstage.storage import folders, teams
from soundstage.storage.database import PASSING, Database, DBAPIError
from soundstage.storage.tables import metadata
from soundstage.storage.tables import teams as teams_table

MIGRATE = "import sys; from soundstage.storage.database import Database; Database(sys.argv[1]).migrate()"


def test_migration_makes_the_tables_of_the_metadata(database_url: str) -> None:
    database = Database(database_url)
    database.migrate()
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    database.close()


def test_migration_names_primary_and_foreign_keys_as_the_metadata_does(database: Database) -> None:
    inspector = inspect(database.engine)
    for table in metadata.tables.values():
        key = inspector.get_pk_constraint(table.name)
        assert key["constrained_columns"] == [column.name for column in table.primary_key]
        assert key["name"] in (f"pk_{table.name}", None)  # SQLite keeps no name beside AUTOINCREMENT
        found = {(f["name"], f["options"].get("ondelete")) for f in inspector.get_foreign_keys(table.name)}
        assert found == {(f"fk_{table.name}_{f.parent.name}", f.ondelete) for f in table.foreign_keys}


def test_every_sqlite_tells_the_time_as_dbos_asks_for_it(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'soundstage.db'}")
    with database.read() as connection:
        told = connection.execute(text("SELECT unixepoch('subsec')")).scalar_one()
    database.close()
    assert abs(told - time.time()) < 60


def test_numbers_are_never_given_twice(database: Database) -> None:
    with database.unit() as connection:
        first = teams.get_or_insert(connection, "first")
        connection.execute(teams_table.delete())
        second = teams.get_or_insert(connection, "second")
    assert second.team_id > first.team_id


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.unit() as connection:
        teams.get_or_insert(connection, "kept")
    database.migrate()
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(teams_table)).scalar_one() == 1


def test_processes_that_migrate_at_once_all_succeed(database_url: str) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", MIGRATE, database_url], stderr=subprocess.PIPE) for _ in range(3)
    ]
    for process in started:
        _, errors = process.communicate(timeout=200)
        assert process.returncode == 0, errors.decode()
    database = Database(database_url)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    database.close()


def test_a_database_of_a_later_version_is_refused(database: Database) -> None:
    with database.unit() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Misconfigured, match="later Soundstage"):
        database.migrate()


def test_a_unit_is_all_or_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.unit() as connection:
        teams.get_or_insert(connection, "half")
        raise ZeroDivisionError
    with database.read() as connection:
        assert teams.all_teams(connection) == []


def test_two_threads_that_write_lose_nothing(database: Database) -> None:
    with database.unit() as connection:
        team = teams.get_or_insert(connection, "ours")

    def write(name: str) -> None:
        for number in range(25):
            with database.unit() as connection:
                assert folders.insert(connection, team.team_id, f"{name} {number}")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, "abcd"))
    with database.read() as connection:
        assert len(folders.find(connection, team.team_id, limit=1000)) == 100


def test_inserting_the_same_at_once_makes_it_once(database: Database) -> None:
    gate = threading.Barrier(4)

    def make(_: int) -> int:
        gate.wait()
        with database.unit() as connection:
            return teams.get_or_insert(connection, "same").team_id

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 1


def test_what_a_unit_has_read_on_sqlite_stays_true_until_it_commits(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'soundstage.db'}")
    database.migrate()
    entered, order = threading.Event(), []

    def second() -> None:
        entered.wait()
        with database.unit() as connection:
            order.append(len(teams.all_teams(connection)))

    other = threading.Thread(target=second)
    other.start()
    with database.unit() as connection:
        assert teams.all_teams(connection) == []
        entered.set()
        teams.get_or_insert(connection, "first")
    other.join()
    assert order == [1]
    database.close()


def test_sqlite_is_set_up_to_survive_a_loss_of_power(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new folder' / 'soundstage.db'}")
    with database.read() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "busy_timeout": 15_000, "foreign_keys": 1}
    database.close()


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'soundstage.db'}")
    database.migrate()
    with pytest.raises(StorageFull), database.unit() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
        teams.get_or_insert(connection, "x" * 100_000)
    database.close()


@pytest.mark.parametrize("url", ["mysql://host/name", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused_with_the_cure(url: str) -> None:
    with pytest.raises(Misconfigured, match="database_url must be"):
        Database(url)


def test_a_row_is_read_by_hand_on_both_dialects(database: Database) -> None:
    with database.unit() as connection:
        team = teams.get_or_insert(connection, "ours")
    assert database.row("SELECT name FROM teams WHERE team_id = ?", (team.team_id,)) == ("ours",)
    assert database.row("SELECT name FROM teams WHERE team_id = ?", (999,)) is None


def test_a_statement_that_fails_tells_no_values(database: Database) -> None:
    missing = select(text("1")).select_from(text("nowhere")).where(text("name = :name")).params(name="hunter2")
    with pytest.raises(DBAPIError) as failed, database.read() as connection:
        connection.execute(missing)
    assert "nowhere" in str(failed.value)
    assert "hunter2" not in str(failed.value)


def test_a_frozen_process_locks_nobody_out_for_good(fresh_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("soundstage.storage.database.IDLE_MS", 300)
    frozen, other = Database(fresh_postgres_url), Database(fresh_postgres_url)
    with other.unit() as connection:
        connection.execute(text("CREATE TABLE held (id integer)"))
        connection.execute(text("INSERT INTO held VALUES (1)"))
    with pytest.raises(PASSING), frozen.unit() as held:
        held.execute(text("UPDATE held SET id = 2"))
        with other.unit() as connection:  # waits for the lock of one that does nothing more
            connection.execute(text("UPDATE held SET id = 3"))
        held.execute(text("UPDATE held SET id = 4"))
    with other.read() as connection:
        assert connection.execute(text("SELECT id FROM held")).scalar() == 3
    frozen.close()
    other.close()
