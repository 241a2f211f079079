"""Uploads: streamed to disk within limits, kept whole or not at all."""

from __future__ import annotations

import errno
import hashlib
import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.catalogue import Upload
from soundstage.domain.task import Priority, TaskKind, TaskState
from soundstage.errors import Conflict, Forbidden, NotFound, QuotaExceeded, StorageFull, TooLarge
from soundstage.services.actor import Actor
from soundstage.services.uploads import UploadLimits, UploadsService, tidy_file_name
from soundstage.storage import artifacts, tasks, uploads
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database
from soundstage.storage.tables import uploads as upload_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

DAY = 86_400_000  # ms


@pytest.fixture
def service(database: Database, blobs: LocalBlobs, delete_blobs: Callable[[Sequence[str]], None]) -> UploadsService:
    return UploadsService(database, blobs, UploadLimits(max_bytes=1000, team_quota_bytes=1500), delete_blobs)


def send(service: UploadsService, actor: Actor, data: bytes, name: str = "talk.wav") -> Upload:
    with service.begin(actor, name) as sink:
        for start in range(0, len(data), 100):
            sink.write(data[start : start + 100])
        return sink.commit()


def kept_files(blobs: LocalBlobs) -> list[str]:
    return [path.name for path in blobs.root.rglob("*") if path.is_file()]


def rows(database: Database, table: str) -> int:
    found = database.row(f"SELECT count(*) FROM {table}", ())
    assert found is not None
    return int(found[0])


def ask_for(database: Database, upload: Upload, state: TaskState | None = None) -> None:
    """A task of the upload's team that asks for it."""
    task_id = f"task {time.monotonic_ns()}"
    with database.unit() as connection:
        tasks.insert(
            connection,
            task_id=task_id,
            team_id=upload.team_id,
            kind=TaskKind.PROJECT_SETUP,
            lane="setup",
            priority=Priority.NORMAL,
            queue_order=1,
            parameters={"media_url": upload.media_url},
            folder_id=None,
            traceparent=None,
            stages=(),
        )
        if state is not None:
            tasks.end(connection, task_id, state=state, stages=())


def test_what_is_sent_is_kept(service: UploadsService, actor: Actor, reader: Actor, blobs: LocalBlobs) -> None:
    data = bytes(range(250)) * 2
    upload = send(service, actor, data, "C:\\talks\\Ein Gespräch.wav")
    assert (upload.bytes, upload.sha256) == (500, hashlib.sha256(data).hexdigest())
    assert upload.file_name == "Ein Gespräch.wav"
    assert upload.media_url == f"upload://{upload.upload_id}"
    assert len(upload.upload_id) == 32, "24 random bytes"
    assert service.get(reader, upload.upload_id).sha256 == upload.sha256
    path, found = service.open(actor.team_id, upload.upload_id)
    assert path.read_bytes() == data
    assert found.file_name == upload.file_name
    assert kept_files(blobs) == [upload.sha256]


def test_an_empty_upload_is_kept_too(service: UploadsService, actor: Actor) -> None:
    assert send(service, actor, b"").bytes == 0


def test_without_commit_nothing_is_left(
    service: UploadsService, actor: Actor, blobs: LocalBlobs, database: Database
) -> None:
    with service.begin(actor, "talk.wav") as sink:
        sink.write(b"half")
    with pytest.raises(ConnectionError), service.begin(actor, "talk.wav") as sink:
        sink.write(b"half")
        raise ConnectionError("the client went away")
    assert kept_files(blobs) == []
    assert rows(database, "uploads") == rows(database, "artifacts") == 0


def test_too_large_is_told_while_it_streams_or_at_once(
    service: UploadsService, actor: Actor, blobs: LocalBlobs, database: Database
) -> None:
    with pytest.raises(TooLarge, match="at most 1000 bytes"):
        send(service, actor, bytes(1001))
    with pytest.raises(TooLarge):
        service.begin(actor, "talk.wav", length=1001)
    assert kept_files(blobs) == []
    assert rows(database, "uploads") == 0
    assert send(service, actor, bytes(1000)).bytes == 1000


def test_the_quota_counts_contents_once_and_per_team(service: UploadsService, actor: Actor, stranger: Actor) -> None:
    send(service, actor, b"a" * 900)
    send(service, stranger, b"b" * 900)
    with pytest.raises(QuotaExceeded, match="quota of 1500 bytes"):
        send(service, actor, b"c" * 700)
    with pytest.raises(QuotaExceeded):
        service.begin(actor, "talk.wav", length=601)
    send(service, actor, b"d" * 600)
    with pytest.raises(QuotaExceeded):
        service.begin(actor, "talk.wav")


def test_the_quota_holds_when_uploads_run_beside_each_other(
    service: UploadsService, actor: Actor, database: Database, blobs: LocalBlobs
) -> None:
    sinks = [service.begin(actor, f"{letter}.wav") for letter in "abc"]
    for letter, sink in zip(b"abc", sinks, strict=True):
        sink.write(bytes([letter]) * 700)
    assert [sink.commit().bytes for sink in sinks[:2]] == [700, 700]
    with pytest.raises(QuotaExceeded):
        sinks[2].commit()
    with database.read() as connection:
        assert artifacts.team_bytes(connection, actor.team_id) == 1400
    assert len(kept_files(blobs)) == 2


def test_a_full_disk_leaves_nothing(
    service: UploadsService, actor: Actor, blobs: LocalBlobs, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with service.begin(actor, "talk.wav") as sink:
        sink.write(b"x" * 500)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(StorageFull):
                sink.commit()
    assert kept_files(blobs) == []
    assert rows(database, "uploads") == rows(database, "artifacts") == 0


def test_deleting_spares_contents_that_others_refer_to(
    service: UploadsService, actor: Actor, stranger: Actor, blobs: LocalBlobs, database: Database
) -> None:
    mine, again, theirs = (send(service, who, b"same") for who in (actor, actor, stranger))
    for upload, who, left in ((mine, actor, 1), (theirs, stranger, 1), (again, actor, 0)):
        service.delete(who, upload.upload_id)
        assert len(kept_files(blobs)) == left
    assert rows(database, "artifacts") == rows(database, "artifact_references") == 0
    with pytest.raises(NotFound):
        service.delete(actor, mine.upload_id)


def test_a_task_that_has_not_ended_keeps_its_upload(service: UploadsService, actor: Actor, database: Database) -> None:
    upload, other = send(service, actor, b"needed"), send(service, actor, b"not needed")
    ask_for(database, upload)
    ask_for(database, other, TaskState.FAILED)
    with pytest.raises(Conflict, match="has not ended") as told:
        service.delete(actor, upload.upload_id)
    assert told.value.status == 400
    service.delete(actor, other.upload_id)


def test_unused_uploads_expire(service: UploadsService, actor: Actor, database: Database, blobs: LocalBlobs) -> None:
    old, used, needed, fresh = (send(service, actor, name) for name in (b"old", b"used", b"needed", b"fresh"))
    with database.unit() as connection:
        for upload in (old, used, needed):
            connection.execute(
                upload_rows.update()
                .where(upload_rows.c.upload_id == upload.upload_id)
                .values(created_at=upload_rows.c.created_at - 8 * DAY)
            )
        assert uploads.mark_used(connection, actor.team_id, used.upload_id)
        assert not uploads.mark_used(connection, actor.team_id + 1, fresh.upload_id)
    ask_for(database, needed)
    assert service.expire(older_than_days=7) == 1
    assert sorted(kept_files(blobs)) == sorted(upload.sha256 for upload in (used, needed, fresh))
    with pytest.raises(NotFound):
        service.get(actor, old.upload_id)


def test_another_team_finds_nothing(service: UploadsService, actor: Actor, stranger: Actor) -> None:
    upload = send(service, actor, b"ours")
    for ask in (service.get, service.delete):
        with pytest.raises(NotFound):
            ask(stranger, upload.upload_id)
    with pytest.raises(NotFound):
        service.open(stranger.team_id, upload.upload_id)


def test_reading_is_not_writing(service: UploadsService, reader: Actor) -> None:
    with pytest.raises(Forbidden):
        service.begin(reader, "talk.wav")


def test_the_same_bytes_sent_at_once_are_kept_once(service: UploadsService, actor: Actor, blobs: LocalBlobs) -> None:
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: send(service, actor, b"same at once"), range(8)))
    assert len({upload.upload_id for upload in sent}) == 8
    assert len(kept_files(blobs)) == 1


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("a/b/", "b"),
        ("..", "upload"),
        ("", "upload"),
        ("\0\n.wav", "__.wav"),
        ("x" * 300 + ".flac", "x" * 250 + ".flac"),
    ],
)
def test_file_names_are_tidied(sent: str, kept: str) -> None:
    assert tidy_file_name(sent) == kept


@given(st.text(max_size=400))
def test_a_tidy_name_is_a_plain_name_and_stays_so(sent: str) -> None:
    name = tidy_file_name(sent)
    assert 1 <= len(name) <= 255
    assert "/" not in name
    assert "\\" not in name
    assert name.encode()
    assert tidy_file_name(name) == name
