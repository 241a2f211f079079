"""Blobs in a local folder: `<root>/ab/abcdef…`, drafts in `<root>/drafts`.

A blob is written to a draft, synced, renamed into place, and its folder synced: it is there whole or not at all.
The time of a file's last change is when its bytes were last put. Putting bytes that are there already only renews it,
and `delete` first renames the file away and then looks at that time: so bytes put while others delete them either
make the deletion give up or are written again, and are never lost.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from soundstage.errors import NotFound, SoundstageError, StorageFull
from soundstage.storage.database import is_disk_full

BLOCK = 1 << 20  # bytes hashed and copied at a time
NAME = re.compile(r"[0-9a-f]{64}")
TRASH = ".trash"


class LocalBlobs:
    """A BlobStore in a folder of one file system, which is made when it is missing."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.drafts = root / "drafts"
        self.drafts.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (root / "ff").is_dir():
            for first in range(256):
                (root / f"{first:02x}").mkdir(mode=0o700, exist_ok=True)
        _sync_folder(root)

    def draft(self) -> LocalDraft:
        with _disk_full_told():
            return LocalDraft(self)

    def draft_path(self) -> Path:
        return self.drafts / secrets.token_hex(16)

    def put(self, path: Path, *, move: bool = False) -> tuple[str, int]:
        if move:
            sha256, length = _measure(path)
            with _disk_full_told():
                if self.renew(sha256) or self._take(path, sha256):
                    path.unlink(missing_ok=True)
                    return sha256, length
        draft = self.draft()
        try:
            with path.open("rb") as source:
                while block := source.read(BLOCK):
                    draft.write(block)
            kept = draft.keep()
        finally:
            draft.discard()
        if move:
            path.unlink(missing_ok=True)
        return kept

    def path(self, sha256: str) -> Path:
        place = self._place(sha256)
        if not place.is_file():
            raise NotFound(f"the bytes of artifact {sha256[:12]}… are no longer in the store")
        return place

    def exists(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def delete(self, sha256: str, *, older_than_seconds: float = 0.0) -> bool:
        place = self._place(sha256)
        trash = place.with_name(f"{sha256}.{secrets.token_hex(4)}{TRASH}")
        try:
            if _is_younger(place, older_than_seconds):
                return False
            place.rename(trash)
        except FileNotFoundError:
            return False
        if _is_younger(trash, older_than_seconds):  # put again between the two steps above
            trash.rename(place)
            return False
        trash.unlink(missing_ok=True)
        return True

    def sweep(self, keep: Callable[[str], bool], *, older_than_seconds: float) -> tuple[int, int]:
        until = time.time() - older_than_seconds
        deleted, freed = 0, 0
        for file in self.root.glob("[0-9a-f][0-9a-f]/*"):
            with suppress(FileNotFoundError):
                facts = file.stat()
                if facts.st_mtime >= until:
                    continue
                if file.suffix == TRASH:
                    file.unlink()
                elif NAME.fullmatch(file.name) and not keep(file.name):
                    if not self.delete(file.name, older_than_seconds=older_than_seconds):
                        continue
                else:
                    continue
                deleted, freed = deleted + 1, freed + facts.st_size
        for abandoned in self.drafts.iterdir():
            with suppress(FileNotFoundError):
                if abandoned.stat().st_mtime < until:
                    abandoned.unlink()
        return deleted, freed

    def _place(self, sha256: str) -> Path:
        if not NAME.fullmatch(sha256):
            raise SoundstageError(f"not a SHA-256 in hexadecimal: {sha256!r}")
        return self.root / sha256[:2] / sha256

    def renew(self, sha256: str) -> bool:
        """Mark bytes that are here as put just now; whether they are here (for good, even when just renamed here)."""
        place = self._place(sha256)
        try:
            os.utime(place)
        except FileNotFoundError:
            return False
        _sync_folder(place.parent)
        return True

    def _take(self, path: Path, sha256: str) -> bool:
        """Rename a file of the same file system into its place; False when it must be copied."""
        facts = path.lstat()
        if not stat.S_ISREG(facts.st_mode) or facts.st_nlink > 1 or facts.st_dev != self.root.stat().st_dev:
            return False
        with path.open("rb") as file:
            os.fsync(file.fileno())
        self._settle(path, sha256)
        return True

    def _settle(self, synced: Path, sha256: str) -> None:
        """Give a synced file of this file system its name, durably."""
        place = self._place(sha256)
        synced.chmod(0o400)
        os.utime(synced)
        synced.rename(place)
        _sync_folder(place.parent)


class LocalDraft:
    """Bytes on their way into a LocalBlobs; hashed while they are written."""

    def __init__(self, blobs: LocalBlobs) -> None:
        self._blobs = blobs
        self._path = blobs.draft_path()
        self._file = self._path.open("xb")
        self._hash = hashlib.sha256()
        self.length = 0

    def write(self, data: bytes) -> None:
        with self._gone_on_error():
            self._file.write(data)
            self._hash.update(data)
            self.length += len(data)

    def written(self) -> Path:
        with self._gone_on_error():
            self._file.flush()
        return self._path

    def keep(self) -> tuple[str, int]:
        sha256 = self._hash.hexdigest()
        with self._gone_on_error():
            self._file.flush()
            if self._blobs.renew(sha256):
                self.discard()
                return sha256, self.length
            os.fsync(self._file.fileno())
            self._file.close()
            self._blobs._settle(self._path, sha256)
        return sha256, self.length

    def discard(self) -> None:
        with suppress(OSError):  # closing writes what is buffered, which fails again on a full disk
            self._file.close()
        self._path.unlink(missing_ok=True)

    @contextmanager
    def _gone_on_error(self) -> Iterator[None]:
        try:
            with _disk_full_told():
                yield
        except BaseException:
            self.discard()
            raise


@contextmanager
def _disk_full_told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise StorageFull("no room left on the disk of the data folder; free some and try again") from error
        raise


def _is_younger(path: Path, seconds: float) -> bool:
    return seconds > 0 and time.time() - path.stat().st_mtime < seconds


def _measure(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    length = 0
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
            length += len(block)
    return digest.hexdigest(), length


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
