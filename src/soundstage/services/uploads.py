"""Uploads: bytes streamed to disk, without judging them."""

from __future__ import annotations

import mimetypes
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from types import TracebackType

from soundstage.domain.account import Scope
from soundstage.domain.catalogue import Upload
from soundstage.errors import Conflict, Invalid, NotFound, QuotaExceeded, TooLarge
from soundstage.services.actor import Actor
from soundstage.services.idempotency import KEPT_A_DAY, Idempotency, IdempotencyKeys
from soundstage.services.names import unprintable
from soundstage.storage import artifacts, uploads
from soundstage.storage.blobs.store import BlobStore, Draft
from soundstage.storage.clock import to_ms
from soundstage.storage.database import Connection, Database
from soundstage.storage.idempotency import Noun

LONGEST_NAME = 255
DeleteBlobs = Callable[[Sequence[str]], None]


@dataclass(frozen=True)
class UploadLimits:
    """max_bytes: of one upload. team_quota_bytes: of all that a team keeps; None for no limit."""

    max_bytes: int
    team_quota_bytes: int | None = None


class UploadSink:
    """Takes the bytes of one upload; use it in a `with` block, which leaves nothing behind unless `commit` was called.

    The methods write to disk and wait for it: call them outside the event loop.
    """

    def __init__(
        self,
        service: UploadsService,
        team_id: int,
        file_name: str,
        draft: Draft,
        room: int | None,
        key: str | None = None,
    ) -> None:
        self._service = service
        self._team_id = team_id
        self._file_name = file_name
        self._key = key
        self._draft = draft
        self._room = room

    def write(self, data: bytes) -> None:
        """Append. Raises TooLarge, QuotaExceeded or StorageFull, after which the upload is gone."""
        length = self._draft.length + len(data)
        try:
            self._service.check_size(length)
            if self._room is not None and length > self._room:
                raise self._service.quota_exceeded()
        except (TooLarge, QuotaExceeded):
            self.abort()
            raise
        self._draft.write(data)

    def commit(self) -> Upload:
        """Keep what was written: on disk for good first, then its row. Raises QuotaExceeded and StorageFull.

        Raises Invalid where the idempotency key was used for another request.
        """
        try:
            sha256, length = self._draft.keep()
            asked = Idempotency.of(self._key, Noun.UPLOAD, self._file_name, sha256)
            return self._service.record(self._team_id, self._file_name, sha256, length, asked)
        finally:
            self.abort()

    def abort(self) -> None:
        """Throw away what was written; harmless after `commit`."""
        self._draft.discard()

    def __enter__(self) -> UploadSink:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abort()


class UploadsService:
    """`delete_blobs`: deletes the bytes of contents that nobody refers to, after the commit."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        limits: UploadLimits,
        delete_blobs: DeleteBlobs,
        keys: IdempotencyKeys = KEPT_A_DAY,
    ) -> None:
        self._database = database
        self._blobs = blobs
        self._limits = limits
        self._delete_blobs = delete_blobs
        self._keys = keys

    def begin(self, actor: Actor, file_name: str, *, length: int | None = None, key: str | None = None) -> UploadSink:
        """A sink for one file. `length`: bytes announced by the client, refused at once when they are too many.

        `key`: an idempotency key; the same one with the same name and bytes gives the upload that is there.
        Raises Forbidden, TooLarge, QuotaExceeded and StorageFull.
        """
        actor.require(Scope.WRITE)
        self.check_size(length or 0)
        room = self._room(actor.team_id, key)
        if room is not None and (room <= 0 or (length or 0) > room):
            raise self.quota_exceeded()
        return UploadSink(self, actor.team_id, tidy_file_name(file_name), self._blobs.draft(), room, key)

    def get(self, actor: Actor, upload_id: str) -> Upload:
        """Raises NotFound, also for another team's."""
        actor.require(Scope.READ)
        with self._database.read() as connection:
            return _found(uploads.get(connection, actor.team_id, upload_id))

    def open(self, team_id: int, upload_id: str) -> tuple[Path, Upload]:
        """Where an upload's bytes lie, read-only. Raises NotFound."""
        with self._database.read() as connection:
            upload = _found(uploads.get(connection, team_id, upload_id))
        return self._blobs.path(upload.sha256), upload

    def delete(self, actor: Actor, upload_id: str) -> None:
        """Raises NotFound, and Conflict while a task that has not ended needs it."""
        actor.require(Scope.WRITE)
        with self._database.unit() as connection:
            upload = _found(uploads.get(connection, actor.team_id, upload_id, lock=True))
            if uploads.in_use(connection, upload):
                raise Conflict("a task that has not ended needs this upload; cancel the task or wait for its end")
            orphans = uploads.delete(connection, upload_id)
        self._delete_blobs(orphans)

    def expire(self, older_than_days: float) -> int:
        """Delete uploads that nobody has asked for in so many days; how many."""
        until = to_ms(datetime.now(UTC) - timedelta(days=older_than_days))
        with self._database.read() as connection:
            stale = uploads.last_used_before(connection, until)
        deleted = 0
        for upload in stale:
            with self._database.unit() as connection:
                locked = uploads.get(connection, upload.team_id, upload.upload_id, lock=True)
                if locked is None or uploads.in_use(connection, locked):
                    continue
                orphans = uploads.delete(connection, upload.upload_id)
            self._delete_blobs(orphans)
            deleted += 1
        return deleted

    def check_size(self, length: int) -> None:
        """Raises TooLarge."""
        if length > self._limits.max_bytes:
            raise TooLarge(f"an upload may have at most {self._limits.max_bytes} bytes; send a smaller file or a URL")

    def quota_exceeded(self) -> QuotaExceeded:
        return QuotaExceeded(
            f"this would exceed your team's quota of {self._limits.team_quota_bytes} bytes; "
            "delete projects, sounds or uploads you no longer need"
        )

    def record(
        self, team_id: int, file_name: str, sha256: str, length: int, idempotency: Idempotency | None = None
    ) -> Upload:
        """Insert the row of bytes that the store keeps, or give the one that `idempotency` made.

        Raises QuotaExceeded and Invalid, after which nothing refers to the bytes.
        """
        upload = Upload(
            upload_id=secrets.token_urlsafe(24),
            team_id=team_id,
            file_name=file_name,
            sha256=sha256,
            bytes=length,
            created_at=datetime.now(UTC),
        )
        try:
            with self._database.unit() as connection:
                return self._keys.once(
                    connection,
                    team_id,
                    idempotency,
                    Noun.UPLOAD,
                    make=lambda: self._insert(connection, upload),
                    id_of=lambda made: made.upload_id,
                    find=lambda made: uploads.get(connection, team_id, made),
                )
        except (QuotaExceeded, Invalid):  # several at once, each of which alone would have fitted; another's key
            with self._database.read() as connection:
                orphan = not artifacts.is_known(connection, sha256)
            if orphan:
                self._delete_blobs([sha256])
            raise

    def _insert(self, connection: Connection, upload: Upload) -> Upload:
        uploads.insert(connection, upload, media_type=_media_type(upload.file_name))
        quota = self._limits.team_quota_bytes
        if quota is not None and artifacts.team_bytes(connection, upload.team_id) > quota:
            raise self.quota_exceeded()
        if not self._blobs.renew(upload.sha256):  # their last owner was deleted while we waited for our turn
            raise Conflict("the same bytes were deleted at this very moment; send the file again")
        return upload

    def _room(self, team_id: int, key: str | None) -> int | None:
        """How many bytes the team may send now; None for no limit. What `key` stands for has its room already."""
        if self._limits.team_quota_bytes is None:
            return None
        with self._database.read() as connection:
            room = self._limits.team_quota_bytes - artifacts.team_bytes(connection, team_id)
            seen = None if key is None else self._keys.look(connection, team_id, key)
            sent = None if seen is None else uploads.get(connection, team_id, seen.made)
        return room if sent is None else max(room, sent.bytes, 1)  # 1: what was sent may be empty


def tidy_file_name(text: str) -> str:
    """The last part of a path that a client sent, printable, at most 255 characters, its extension kept."""
    name = PurePosixPath(text.replace("\\", "/")).name.strip()
    name = "".join("_" if unprintable(character) else character for character in name)
    if name in ("", ".", ".."):
        return "upload"
    if len(name) > LONGEST_NAME:
        path = PurePosixPath(name)
        suffix = path.suffix[:20]
        name = path.stem[: LONGEST_NAME - len(suffix)] + suffix
    return name


def _media_type(file_name: str) -> str:
    """By the name alone, for a download's header; the probe finds out what the bytes really are."""
    return mimetypes.guess_type(file_name, strict=False)[0] or "application/octet-stream"


def _found(upload: Upload | None) -> Upload:
    if upload is None:
        raise NotFound("your team has no such upload; it may have expired: send the file again")
    return upload
