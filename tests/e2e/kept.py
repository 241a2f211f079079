"""What a server keeps in its data folder, looked at from outside."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

PATIENCE_SECONDS = 10.0


def rows(data: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{data / 'soundstage.db'}?mode=ro", uri=True, timeout=15)) as connection:
        return connection.execute(statement).fetchall()


def unfinished(data: Path) -> list[str]:
    """What should not be there once all tasks have ended: scratch, drafts, bytes without an owner and the reverse."""
    # scratch/<worker> itself lives as long as its worker; what stages leave lies below it
    scratch = [str(path) for path in (data / "scratch").glob("*/**/*")] if (data / "scratch").is_dir() else []
    drafts = [str(path) for path in (data / "artifacts" / "drafts").iterdir()]
    there = {path.name for path in (data / "artifacts").glob("[0-9a-f][0-9a-f]/*")}
    owned = {str(row[0]) for row in rows(data, "SELECT sha256 FROM artifact_references")}
    known = {str(row[0]) for row in rows(data, "SELECT sha256 FROM artifacts")}
    return [
        *scratch,
        *drafts,
        *(f"nobody owns {sha256}" for sha256 in there - owned),
        *(f"gone: {sha256}" for sha256 in owned - there),
        *(f"rows differ: {sha256}" for sha256 in known ^ owned),
    ]


def assert_nothing_half_made(data: Path) -> None:
    """Waits a little: a worker clears its scratch just after it has told the end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (left := unfinished(data)) and time.monotonic() < until:
        time.sleep(0.1)
    if left:
        raise AssertionError(f"left half-made: {left}")
