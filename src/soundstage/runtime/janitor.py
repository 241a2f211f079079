"""Keeping house: what nobody needs any more goes."""

from __future__ import annotations

import time

import structlog

from soundstage.storage import artifacts, idempotency, stage_history, uploads, workers
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.clock import now_ms
from soundstage.storage.database import Database

log = structlog.get_logger(__name__)

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
SPARED_SECONDS = 3600.0  # bytes put within the last hour may belong to a stage that has not committed yet
HISTORY_DAYS = 180
WORKER_DAYS = 7  # rows of ended workers: long enough to look into what happened


class Janitor:
    """`sweep` is safe at any time, from any number of workers."""

    def __init__(
        self, database: Database, blobs: BlobStore, *, upload_life_days: float, idempotency_hours: float = 24.0
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._upload_life_days = upload_life_days
        self._idempotency_hours = idempotency_hours
        self._next = time.monotonic() + 60.0

    def sweep(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + 3600.0
        self._expire_uploads()
        with self._database.unit() as connection:
            stage_history.trim(connection, now_ms() - HISTORY_DAYS * DAY_MS)
            idempotency.trim(connection, life_ms=round(self._idempotency_hours * HOUR_MS))
            workers.trim(connection, now_ms() - WORKER_DAYS * DAY_MS)
            artifacts.drop_unreferred(connection, before_ms=now_ms() - HOUR_MS)
        deleted, freed = self._blobs.sweep(self._is_known, older_than_seconds=SPARED_SECONDS)
        if deleted:
            log.info("swept", files=deleted, bytes=freed)

    def _expire_uploads(self) -> None:
        """Remove uploads that no task has asked for within their life."""
        with self._database.unit() as connection:
            for upload in uploads.last_used_before(connection, round(now_ms() - self._upload_life_days * DAY_MS)):
                # Held while looked at: a task that is being accepted marks it as used first.
                held = uploads.get(connection, upload.team_id, upload.upload_id, lock=True)
                if held is not None and not uploads.in_use(connection, held):
                    uploads.delete(connection, upload.upload_id)
                    log.info("upload expired", upload_id=upload.upload_id[:6] + "…", bytes=upload.bytes)

    def _is_known(self, sha256: str) -> bool:
        with self._database.read() as connection:
            return artifacts.is_known(connection, sha256)
