"""Blobs in a local folder: whole or not at all, once per content, never lost to a deletion at the same time."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.errors import NotFound, SoundstageError, StorageFull
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.blobs.store import BlobStore

HOUR = 3600.0


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    return LocalBlobs(tmp_path / "blobs")


def file_of(folder: Path, data: bytes, name: str = "file") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def kept_files(blobs: LocalBlobs) -> list[Path]:
    return [path for path in blobs.root.rglob("*") if path.is_file()]


def make_older(blobs: LocalBlobs, sha256: str, seconds: float) -> None:
    moment = time.time() - seconds
    os.utime(blobs.path(sha256), (moment, moment))


def test_a_file_that_another_process_wrote_is_taken_or_swept(blobs: BlobStore) -> None:
    ours, abandoned = blobs.draft_path(), blobs.draft_path()
    assert ours != abandoned and not ours.exists()
    for path in (ours, abandoned):
        path.write_bytes(b"written elsewhere")
    sha256, length = blobs.put(ours, move=True)
    assert not ours.exists()
    assert blobs.path(sha256).read_bytes() == b"written elsewhere" and length == 17
    long_ago = time.time() - 2 * HOUR
    os.utime(abandoned, (long_ago, long_ago))
    blobs.sweep(lambda _: True, older_than_seconds=HOUR)
    assert not abandoned.exists()
    assert blobs.exists(sha256)


def test_what_is_put_is_found_under_its_hash(blobs: LocalBlobs, tmp_path: Path) -> None:
    store: BlobStore = blobs
    source = file_of(tmp_path, b"hello")
    sha256, length = store.put(source)
    assert (sha256, length) == (hashlib.sha256(b"hello").hexdigest(), 5)
    assert store.path(sha256).read_bytes() == b"hello"
    assert source.exists()
    assert stat.S_IMODE(store.path(sha256).stat().st_mode) == 0o400


@settings(max_examples=40, deadline=None)
@given(pieces=st.lists(st.binary(max_size=200), max_size=6))
def test_a_draft_is_the_same_as_the_file_in_one_piece(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("law")
    blobs = LocalBlobs(folder / "blobs")
    draft = blobs.draft()
    for piece in pieces:
        draft.write(piece)
    kept = draft.keep()
    assert kept == blobs.put(file_of(folder, b"".join(pieces)))
    assert blobs.path(kept[0]).read_bytes() == b"".join(pieces)
    assert len(kept_files(blobs)) == 1


def test_moving_takes_the_file_and_leaves_links_alone(blobs: LocalBlobs, tmp_path: Path) -> None:
    source = file_of(tmp_path, b"moved")
    inode = source.stat().st_ino
    sha256, _ = blobs.put(source, move=True)
    assert not source.exists()
    assert blobs.path(sha256).stat().st_ino == inode

    again = file_of(tmp_path, b"moved")
    assert blobs.put(again, move=True)[0] == sha256
    assert not again.exists()

    linked = file_of(tmp_path, b"linked")
    os.link(linked, tmp_path / "other name")
    sha256, _ = blobs.put(linked, move=True)
    assert blobs.path(sha256).stat().st_nlink == 1, "whoever writes to the other name must not change the blob"


def test_a_discarded_draft_leaves_nothing(blobs: LocalBlobs) -> None:
    draft = blobs.draft()
    draft.write(b"half")
    draft.discard()
    draft.discard()
    assert kept_files(blobs) == []


def test_unknown_and_malformed_hashes(blobs: LocalBlobs) -> None:
    assert not blobs.exists("0" * 64)
    assert not blobs.delete("0" * 64)
    with pytest.raises(NotFound):
        blobs.path("0" * 64)
    for wrong in ("../../etc/passwd", "A" * 64, "", "0" * 63):
        with pytest.raises(SoundstageError, match="not a SHA-256"):
            blobs.path(wrong)


def test_deleting_spares_what_was_put_again_lately(blobs: LocalBlobs, tmp_path: Path) -> None:
    sha256, _ = blobs.put(file_of(tmp_path, b"x"))
    assert not blobs.delete(sha256, older_than_seconds=HOUR)
    make_older(blobs, sha256, 2 * HOUR)
    blobs.put(file_of(tmp_path, b"x"))
    assert not blobs.delete(sha256, older_than_seconds=HOUR)
    make_older(blobs, sha256, 2 * HOUR)
    assert blobs.delete(sha256, older_than_seconds=HOUR)
    assert not blobs.exists(sha256)


def test_a_sweep_deletes_what_is_old_and_unclaimed(blobs: LocalBlobs, tmp_path: Path) -> None:
    claimed, stale, fresh = (blobs.put(file_of(tmp_path, name.encode()))[0] for name in ("claimed", "stale", "fresh"))
    abandoned = blobs.draft()
    abandoned.write(b"abandoned")
    for sha256 in (claimed, stale):
        make_older(blobs, sha256, 2 * HOUR)
    old = time.time() - 2 * HOUR
    os.utime(next(blobs.drafts.iterdir()), (old, old))
    assert blobs.sweep(lambda sha256: sha256 == claimed, older_than_seconds=HOUR) == (1, len("stale"))
    assert blobs.exists(claimed)
    assert blobs.exists(fresh)
    assert not blobs.exists(stale)
    assert list(blobs.drafts.iterdir()) == []
    abandoned.discard()


def test_bytes_put_while_others_delete_them_are_there_at_the_end(blobs: LocalBlobs, tmp_path: Path) -> None:
    """Each put is within the hour that deletions spare, whatever the order of the two threads' steps."""
    sha256, _ = blobs.put(file_of(tmp_path, b"contested"))
    stop = threading.Event()

    def delete() -> None:
        while not stop.is_set():
            blobs.delete(sha256, older_than_seconds=HOUR)

    def put(number: int) -> None:
        mine = file_of(tmp_path, b"contested", f"source {number}")
        for _ in range(50):
            if blobs.exists(sha256):
                with suppress(NotFound, FileNotFoundError):  # deleted between the two steps
                    make_older(blobs, sha256, 2 * HOUR)
            assert blobs.put(mine)[0] == sha256

    with ThreadPoolExecutor(3) as pool:
        deleting = pool.submit(delete)
        putting = pool.submit(put, 1)
        putting.result()
        blobs.put(file_of(tmp_path, b"contested"))
        stop.set()
        deleting.result()
    assert blobs.path(sha256).read_bytes() == b"contested"


def test_a_full_disk_while_syncing_leaves_nothing(
    blobs: LocalBlobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = file_of(tmp_path, b"too much")

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        blobs.put(source)
    assert kept_files(blobs) == []
    assert source.exists()


FILL = """
import ctypes, os, sys, pathlib
libc = ctypes.CDLL(None, use_errno=True)
user = 0 if os.geteuid() == 0 else 0x10000000
if libc.unshare(user | 0x00020000) or libc.mount(b"none", sys.argv[1].encode(), b"tmpfs", 0, b"size=2m"):
    sys.exit(77)
from soundstage.errors import StorageFull
from soundstage.storage.blobs.local import LocalBlobs
blobs = LocalBlobs(pathlib.Path(sys.argv[1]) / "blobs")
draft = blobs.draft()
try:
    for _ in range(64):
        draft.write(bytes(1 << 16))
    draft.keep()
except StorageFull:
    left = [p for p in blobs.root.rglob("*") if p.is_file()]
    sys.exit(0 if not left else f"left behind: {left}")
sys.exit("no StorageFull")
"""


def test_a_really_full_disk_leaves_nothing(tmp_path: Path) -> None:
    """On a file system of 2 MiB, where this machine lets a process mount one."""
    done = subprocess.run([sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, timeout=200, check=False)
    if done.returncode == 77:
        pytest.skip("this machine lets no process mount a small file system")
    assert done.returncode == 0, done.stderr.decode()
