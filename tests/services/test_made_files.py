"""Files made when they are asked for: what one replaces stays long enough for whoever has just found it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from tests.services.conftest import Deleter
from tests.services.test_tracks import SECONDS, Projects

from soundstage.domain.run import Run
from soundstage.services.actor import Actor
from soundstage.services.blob_removal import BlobRemover
from soundstage.services.made_files import FOUND_SECONDS, MadeFiles, Order
from soundstage.storage import runs
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database


def nothing_isolated(function: str, arguments: dict[str, Any], timeout: float) -> Any:
    raise AssertionError(function)


def order(run: Run, told: str) -> Order:
    return Order(
        run=run,
        noun="project file",
        stage="portable",
        kept_name=f"include-{told}.zip",
        replaces="include-",
        name="A talk.zip",
        media_type="application/zip",
        least_bytes=1,
        make=lambda output: output.write_text(told),
    )


def test_what_was_just_found_can_be_read_though_another_replaces_it(
    database: Database, blobs: LocalBlobs, delete_blobs: Deleter, actor: Actor, tmp_path: Path
) -> None:
    run_id = Projects(database, blobs, tmp_path).make(actor)
    with database.read() as connection:
        run = runs.get(connection, run_id)
    assert run is not None
    later = BlobRemover(database, blobs, spared_seconds=FOUND_SECONDS)
    made = MadeFiles(
        database, blobs, delete_blobs, later, team_quota_bytes=None, run_isolated=nothing_isolated, name="f"
    )
    first = made.file(order(run, "first")).result(SECONDS)
    long_ago = first.path.stat().st_mtime - 10 * FOUND_SECONDS
    os.utime(first.path, (long_ago, long_ago))
    assert made.file(order(run, "first")).result(SECONDS) == first, "found, and about to be read"
    second = made.file(order(run, "second")).result(SECONDS)
    assert (first.path.read_text(), second.path.read_text()) == ("first", "second")
    os.utime(first.path, (long_ago, long_ago))
    later([first.artifact.sha256])  # as it looks again by itself, a minute later
    assert not first.path.exists() and second.path.exists()
    later.close()
    made.close()
