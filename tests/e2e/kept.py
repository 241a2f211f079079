"""What a server keeps in its data folder, looked at from outside."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

PATIENCE_SECONDS = 120.0  # other tests' tasks may still be at work on the same server


def rows(data: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{data / 'soundstage.db'}?mode=ro", uri=True, timeout=15)) as connection:
        return connection.execute(statement).fetchall()


def below(folder: Path, depth: int = 1) -> list[Path]:
    """What lies in `folder`, at least so many levels down; it may change while one looks."""
    found = [Path(at, name) for at, folders, files in os.walk(folder) for name in (*folders, *files)]
    return [path for path in found if len(path.relative_to(folder).parts) >= depth]


def unfinished(data: Path) -> list[str]:
    """What should not be there once all tasks have ended: scratch, drafts, bytes without an owner and the reverse."""
    there = {path.name for path in below(data / "artifacts", 2) if len(path.parent.name) == 2}
    owned = {str(row[0]) for row in rows(data, "SELECT sha256 FROM artifact_references")}
    known = {str(row[0]) for row in rows(data, "SELECT sha256 FROM artifacts")}
    return [
        *drafts_and_scratch(data),
        *(f"nobody owns {sha256}" for sha256 in there - owned),
        *(f"gone: {sha256}" for sha256 in owned - there),
        *(f"rows differ: {sha256}" for sha256 in known ^ owned),
    ]


def drafts_and_scratch(data: Path) -> list[str]:
    """What uploads and stages have in hand. scratch/<worker> itself lives as long as its worker."""
    return [str(path) for path in (*below(data / "scratch", 2), *below(data / "artifacts" / "drafts"))]


def assert_nothing_half_made(data: Path, look: Callable[[Path], list[str]] = unfinished) -> None:
    """Waits until `look` finds nothing: a worker clears its scratch just after it has told the end."""
    until = time.monotonic() + PATIENCE_SECONDS
    while (left := look(data)) and time.monotonic() < until:
        time.sleep(0.1)
    if left:
        raise AssertionError(f"left half-made: {left}")
