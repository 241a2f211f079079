"""The database: one engine, transactions, migration. SQLite for one machine, PostgreSQL beyond it."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from soundstage.errors import Misconfigured, StorageFull

if TYPE_CHECKING:
    import psycopg
    from sqlalchemy.engine import ExceptionContext

# Connection and IntegrityError are here for the rooms above, which know no SQLAlchemy.
__all__ = [
    "BUSY_MS",
    "PASSING",
    "Connection",
    "DBAPIError",
    "Database",
    "IntegrityError",
    "is_disk_full",
]

BUSY_MS = 15_000  # how long a SQLite writer waits for another one
# After so long PostgreSQL ends a transaction that nobody works on: a frozen process would lock others out for good.
IDLE_MS = 60_000
POOL = 20  # connections kept; DBOS works on the same engine
# A failed statement is logged without its values: they may hold the secrets of a media URL.
POOLED: dict[str, Any] = {"pool_size": POOL, "max_overflow": POOL, "hide_parameters": True}
MIGRATION_LOCK = 0x534F554E44  # "SOUND": the key of PostgreSQL's advisory lock around a migration
DISK_FULL = "53100"  # PostgreSQL's SQLSTATE disk_full
IDLE_ENDED = "25P03"  # idle_in_transaction_session_timeout
SUBSECONDS_SINCE = (3, 42)  # the first SQLite whose unixepoch() knows 'subsec'
# What a database that is away, locked or overrun raises: the same may go well a moment later.
PASSING = (OperationalError, InterfaceError, NoConnectionLeft)


class Database:
    """`url`: `sqlite:///path` or `postgresql://…` (driven by psycopg 3).

    `unit` writes, `read` reads, each in one transaction. Several processes may use the same database at once.
    Raises Misconfigured for any other URL.
    """

    def __init__(self, url: str) -> None:
        self.url = _driver_url(url)
        self.dialect = "sqlite" if self.url.get_backend_name() == "sqlite" else "postgresql"
        self.engine: Engine = _sqlite_engine(self.url) if self.dialect == "sqlite" else _postgresql_engine(self.url)

    @contextmanager
    def unit(self) -> Iterator[Connection]:
        """One transaction that may write: committed at the end of the block, rolled back when it raises.

        On SQLite the write lock is taken at once, so that what the block reads stays true until it commits.
        Raises StorageFull when the disk is full.
        """
        with _disk_full_told(), self.engine.connect() as connection, connection.begin():
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN IMMEDIATE")
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; on SQLite all that the block reads is of one moment."""
        with self.engine.connect() as connection:
            if self.dialect == "sqlite":
                connection.exec_driver_sql("BEGIN")
            yield connection

    def row(self, sql: str, parameters: tuple[str | int, ...]) -> tuple[Any, ...] | None:
        """The first row of a hand-written SELECT with `?` marks, for hot paths: a fifth of what SQLAlchemy costs."""
        held = self.engine.raw_connection()
        try:
            connection: Any = held.driver_connection
            statement = sql if self.dialect == "sqlite" else sql.replace("?", "%s")
            found: tuple[Any, ...] | None = connection.execute(statement, parameters).fetchone()
            return found
        finally:
            held.close()

    def migrate(self) -> None:
        """Bring the tables to this version. Processes that start at once wait for the first one.

        Raises Misconfigured when the tables are of a later version of Soundstage than this one.
        """
        from soundstage.storage.migrations.upgrade import upgrade  # noqa: PLC0415 - alembic is slow to import

        with self.unit() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATION_LOCK})
            upgrade(connection)

    def close(self) -> None:
        self.engine.dispose()


def _driver_url(url: str) -> URL:
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    if parsed.drivername in ("postgresql", "postgres", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    raise Misconfigured(
        f"database_url must be sqlite:///path/to/file or postgresql://user@host/name, not {parsed.drivername}:…"
    )


def _sqlite_engine(url: URL) -> Engine:
    path = Path(str(url.database))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600)  # what clients ask for is in it, secrets in URLs too; SQLite's other files take its mode
    engine = create_engine(url, **POOLED, connect_args={"timeout": BUSY_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _postgresql_engine(url: URL) -> Engine:
    engine = create_engine(url, **POOLED, pool_pre_ping=True)
    event.listen(engine, "connect", _prepare_postgresql)
    event.listen(engine, "handle_error", _idle_told, retval=True)
    return engine


def _idle_told(context: ExceptionContext) -> OperationalError | None:
    """SQLAlchemy takes the end of an idle connection for an internal error; it is a connection that is lost."""
    error = context.original_exception
    if getattr(error, "sqlstate", None) != IDLE_ENDED:
        return None
    context.is_disconnect = True
    return OperationalError(context.statement, None, error, hide_parameters=True, connection_invalidated=True)


def _prepare_postgresql(connection: psycopg.Connection, _record: Any) -> None:
    connection.execute(f"SET idle_in_transaction_session_timeout = {IDLE_MS}")
    connection.commit()  # a setting of a transaction that is rolled back is gone


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = "IMMEDIATE"  # what DBOS opens by itself locks at once too; see architecture.md
    connection.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    _enter_wal(connection)
    connection.execute("PRAGMA synchronous=FULL")  # an accepted task survives the loss of power
    connection.execute("PRAGMA foreign_keys=ON")
    if sqlite3.sqlite_version_info < SUBSECONDS_SINCE:
        # From Python 3.12 on DBOS takes it for granted; Python may still be built with an older SQLite (Debian 12).
        connection.create_function("unixepoch", 1, _unix_epoch)


def _unix_epoch(moment: str) -> float:
    """What SQLite 3.42 answers to `unixepoch('subsec')`: seconds since 1970 with milliseconds."""
    if moment != "subsec":
        raise ValueError(f"only unixepoch('subsec') is known here, not {moment!r}")
    return round(time.time(), 3)


def _enter_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. The switch does not wait for locks by itself when several processes try."""
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        with suppress(sqlite3.OperationalError):
            (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
            if mode == "wal":
                return
        if time.monotonic() > until:
            raise Misconfigured(
                "the database cannot use write-ahead logging; put the data folder on a local disk (not on NFS or SMB)"
            )
        time.sleep(0.02)


@contextmanager
def _disk_full_told() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if is_disk_full(error):
            raise StorageFull("no room left on the disk of the database; free some and try again") from error
        raise


def is_disk_full(error: DBAPIError | OSError) -> bool:
    """Whether an error of the database or of a file says that the disk (or its quota) is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    code = getattr(error.orig, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_FULL or getattr(error.orig, "sqlstate", None) == DISK_FULL
