"""Transcripts that clients bring: read in a host process, kept for the task that was asked for with them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from soundstage.domain.account import Scope
from soundstage.domain.brought import BroughtTranscript
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.task import TaskKind
from soundstage.errors import Conflict, Forbidden, Invalid
from soundstage.host.pool import HostPool
from soundstage.services.actor import Actor
from soundstage.services.tasks import TasksService
from soundstage.services.transcripts import NAME, TranscriptsService
from soundstage.storage import artifacts
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

VTT = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Anna>Hello.\n"


@pytest.fixture(scope="module")
def pool() -> Iterator[HostPool]:
    pool = HostPool(1)
    yield pool
    pool.close()


@pytest.fixture
def transcripts(blobs: LocalBlobs, pool: HostPool) -> TranscriptsService:
    return TranscriptsService(blobs, lambda function, arguments: pool.run(function, arguments, timeout=60.0))


def test_a_task_keeps_what_was_read(
    transcripts: TranscriptsService, tasks: TasksService, actor: Actor, database: Database, blobs: LocalBlobs
) -> None:
    source = transcripts.take_in(actor, VTT)
    assert source is not None
    request = ProjectSetupRequest(
        media_url="https://example.com/a.mp4", source_language=1, target_languages=(54,), source_transcript=source
    )
    task = tasks.create(actor, TaskKind.PROJECT_SETUP, request)
    with database.read() as connection:
        kept = artifacts.of_task(connection, task.task_id)[NAME]
    brought = BroughtTranscript.model_validate_json(blobs.path(kept.sha256).read_bytes())
    assert brought.cues[0].parts[0].speaker == "Anna"
    tasks.cancel(actor, task.task_id)
    tasks.delete(actor, task.task_id)
    with database.read() as connection:
        assert not artifacts.is_known(connection, kept.sha256)


def test_the_same_bytes_gone_at_that_moment_are_told_of(
    transcripts: TranscriptsService, service: Callable[..., TasksService], actor: Actor
) -> None:
    source = transcripts.take_in(actor, VTT)
    tasks = service(renew_blob=lambda _sha256: False)
    request = ProjectSetupRequest(
        media_url="https://example.com/a.mp4", source_language=1, target_languages=(54,), source_transcript=source
    )
    with pytest.raises(Conflict, match="send the request again"):
        tasks.create(actor, TaskKind.PROJECT_SETUP, request)


def test_what_is_wrong_comes_back_as_the_requests_fault(transcripts: TranscriptsService, actor: Actor) -> None:
    with pytest.raises(Invalid, match="source_transcript: The transcript is neither SRT, WebVTT nor TTML"):
        transcripts.take_in(actor, "Hello.")


def test_a_key_that_may_only_read_brings_nothing(transcripts: TranscriptsService, reader: Actor) -> None:
    assert Scope.WRITE not in reader.scopes
    with pytest.raises(Forbidden):
        transcripts.take_in(reader, VTT)
    assert transcripts.take_in(reader, None) is None
