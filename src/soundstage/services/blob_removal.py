"""Removing bytes that nobody refers to any more."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from soundstage.storage import artifacts
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database

# Bytes put again within this time may belong to a stage or an upload that is about to commit.
SPARED_SECONDS = 2.0


class BlobRemover:
    """Call it with the SHA-256 of orphans, after the commit that made them so.

    Bytes too young to be deleted are looked at again a moment later: else a team could fill the disk past its quota
    by deleting each upload as soon as it is there.
    """

    def __init__(self, database: Database, blobs: BlobStore, *, spared_seconds: float = SPARED_SECONDS) -> None:
        self._database = database
        self._blobs = blobs
        self._spared_seconds = spared_seconds
        self._lock = threading.Lock()
        self._later: set[str] = set()
        self._timer: threading.Timer | None = None
        self._closed = False

    def __call__(self, orphans: Sequence[str]) -> None:
        young = [sha256 for sha256 in orphans if self._is_still_there(sha256)]
        if not young:
            return
        with self._lock:
            self._later.update(young)
            if self._timer is None and not self._closed:
                self._timer = threading.Timer(1.5 * self._spared_seconds, self._look_again)
                self._timer.daemon = True
                self._timer.start()

    def close(self) -> None:
        """What still waits is left to the janitor."""
        with self._lock:
            self._closed = True
            if self._timer is not None:
                self._timer.cancel()

    def _look_again(self) -> None:
        with self._lock:
            again, self._later, self._timer = tuple(self._later), set(), None
        self(again)

    def _is_still_there(self, sha256: str) -> bool:
        """Delete the bytes unless somebody refers to them (again); whether another look is needed."""
        with self._database.read() as connection:
            if artifacts.is_known(connection, sha256):
                return False
        return not self._blobs.delete(sha256, older_than_seconds=self._spared_seconds) and self._blobs.exists(sha256)
