"""Removing bytes that nobody refers to any more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from soundstage.domain.artifact import Artifact
from soundstage.services.actor import Actor
from soundstage.services.blob_removal import BlobRemover
from soundstage.storage import artifacts
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

HOUR = 3600.0


@pytest.fixture
def sha256(blobs: LocalBlobs, tmp_path: Path) -> str:
    path = tmp_path / "bytes"
    path.write_bytes(b"nobody's")
    return blobs.put(path)[0]


def _put_ago(blobs: LocalBlobs, sha256: str, seconds: float) -> None:
    """As if the bytes had been put so long ago; below 0 they stay young, however slow this machine is."""
    moment = time.time() - seconds
    os.utime(blobs.path(sha256), (moment, moment))


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not until():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.02)


def test_old_bytes_go_at_once(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    _put_ago(blobs, sha256, HOUR)
    BlobRemover(database, blobs, spared_seconds=60.0)([sha256])
    assert not blobs.exists(sha256)


def test_young_bytes_go_a_moment_later(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.2)
    _put_ago(blobs, sha256, -HOUR)
    remover([sha256])
    assert blobs.exists(sha256)
    _put_ago(blobs, sha256, HOUR)
    _wait(lambda: not blobs.exists(sha256))
    remover([sha256])  # and it knows that they are gone


def test_bytes_that_somebody_refers_to_meanwhile_stay(
    database: Database, blobs: LocalBlobs, sha256: str, actor: Actor
) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.2)
    _put_ago(blobs, sha256, -HOUR)
    remover([sha256])
    artifact = Artifact(sha256=sha256, bytes=8, media_type="text/plain", name="kept")
    with database.unit() as connection:
        artifacts.refer(connection, artifact, team_id=actor.team_id, task_id="t", stage="s")
    _put_ago(blobs, sha256, HOUR)
    _wait(lambda: remover._timer is None)  # it has looked, and need not look again
    assert blobs.exists(sha256)


def test_closing_leaves_the_rest_to_the_janitor(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.2)
    _put_ago(blobs, sha256, -HOUR)
    remover([sha256])
    remover.close()
    _put_ago(blobs, sha256, HOUR)
    time.sleep(0.5)
    assert blobs.exists(sha256)
