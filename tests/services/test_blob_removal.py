"""Removing bytes that nobody refers to any more."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from soundstage.domain.artifact import Artifact
from soundstage.services.actor import Actor
from soundstage.services.blob_removal import BlobRemover
from soundstage.storage import artifacts
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database


@pytest.fixture
def sha256(blobs: LocalBlobs, tmp_path: Path) -> str:
    path = tmp_path / "bytes"
    path.write_bytes(b"nobody's")
    return blobs.put(path)[0]


def _gone(blobs: LocalBlobs, sha256: str) -> bool:
    until = time.monotonic() + 5
    while blobs.exists(sha256) and time.monotonic() < until:
        time.sleep(0.02)
    return not blobs.exists(sha256)


def test_old_bytes_go_at_once(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    time.sleep(0.06)
    BlobRemover(database, blobs, spared_seconds=0.05)([sha256])
    assert not blobs.exists(sha256)


def test_young_bytes_go_a_moment_later(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.3)
    remover([sha256])
    assert blobs.exists(sha256)
    assert _gone(blobs, sha256)
    remover([sha256])  # and it knows that they are gone


def test_bytes_that_somebody_refers_to_meanwhile_stay(
    database: Database, blobs: LocalBlobs, sha256: str, actor: Actor
) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.2)
    remover([sha256])
    artifact = Artifact(sha256=sha256, bytes=8, media_type="text/plain", name="kept")
    with database.unit() as connection:
        artifacts.refer(connection, artifact, team_id=actor.team_id, task_id="t", stage="s")
    time.sleep(0.6)
    assert blobs.exists(sha256)


def test_closing_leaves_the_rest_to_the_janitor(database: Database, blobs: LocalBlobs, sha256: str) -> None:
    remover = BlobRemover(database, blobs, spared_seconds=0.2)
    remover([sha256])
    remover.close()
    time.sleep(0.5)
    assert blobs.exists(sha256)
