"""Exports: which language, what is missing and why, who may have them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.task import Priority, StageState, StageStatus, TaskKind, TaskState
from soundstage.domain.timing import Span
from soundstage.engines.diarization.contract import Diarization
from soundstage.errors import BadRequest, Invalid, NotFound
from soundstage.services.actor import Actor
from soundstage.services.exports import DIARIZATION, ExportsService, Wish
from soundstage.services.made_files import MadeFiles
from soundstage.services.runs import RunsService
from soundstage.services.signing import FileSigner
from soundstage.services.tracks import TracksService
from soundstage.storage import artifacts, runs, tasks
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

CURE = "install an engine for this"
SKIPPED: dict[str, dict[str, Any]] = {
    "separate": {"problem": "no separation engine is here", "cure": CURE},
    "diarize": {"problem": "no diarization engine is here", "cure": CURE},
    "translate": {
        "targets": [
            {"language": "es-es", "state": "translated"},
            {"language": "fr-fr", "state": "missing", "problem": "No engine translates into French", "cure": CURE},
        ]
    },
}


def line(number: int, text: str, **translations: str) -> Segment:
    span = Span(start_ms=number * 1000, end_ms=number * 1000 + 900)
    told = {tag.replace("_", "-"): one for tag, one in translations.items()}
    return Segment(
        segment_id=str(number), span=span, speaker_id=None, text=text, words=(), confidence=1.0, translations=told
    )


LINES = (line(0, "Hello.", es_es="Hola."), line(1, "Well…"))


class Projects:
    """Makes runs of documents, as the runtime does."""

    def __init__(self, database: Database, blobs: LocalBlobs, folder: Path) -> None:
        self._database, self._blobs, self._folder = database, blobs, folder

    def file(self, name: str, data: bytes) -> Artifact:
        path = self._folder / hashlib.sha256(data).hexdigest()
        path.write_bytes(data)
        sha256, length = self._blobs.put(path)
        return Artifact(sha256=sha256, bytes=length, media_type="application/json", name=name)

    def make(
        self,
        actor: Actor,
        *files: Artifact,
        segments: tuple[Segment, ...] = LINES,
        turns: Artifact | None = None,
        **fields: Any,
    ) -> int:
        shared: dict[str, Any] = {
            "project_name": "Q/A: “the talk”",
            "project_description": None,
            "created_at": datetime(2026, 1, 2, tzinfo=UTC),
            "duration_ms": 2000,
            "tracks": (),
        }
        video = Stream(index=0, kind=StreamKind.VIDEO, codec="h264", frame_rate=23.976)
        told: dict[str, Any] = {
            "source_language": "en-us",
            "detected_language": None,
            "target_languages": ("es-es", "fr-fr"),
            "media": MediaInfo(container="mov", duration_ms=2000, bytes=1, bit_rate=None, streams=(video,)),
            "speakers": (),
            "segments": segments,
        }
        document = ProjectDocument(**shared | told | fields)
        kept = self.file("project.json", document.model_dump_json().encode())
        product = ProjectProduct(
            **shared,
            document=kept,
            source_language=1,
            target_languages=(54, 76),
            segments=len(segments),
            files=(kept, self.file("original.mov", b"moov")),
            turns=turns,
        )
        return self._insert(actor, product, (kept, *files))

    def _insert(self, actor: Actor, product: ProjectProduct, files: tuple[Artifact, ...]) -> int:
        kind, task_id = TaskKind.PROJECT_SETUP, f"task {time.monotonic_ns()}"
        stages = tuple(
            StageStatus(name=name, title=name, state=StageState.SKIPPED, findings=findings)
            for name, findings in SKIPPED.items()
        )
        row: dict[str, Any] = {"priority": Priority.NORMAL, "folder_id": None, "traceparent": None, "stages": stages}
        owner: dict[str, Any] = {"task_id": task_id, "team_id": actor.team_id}
        with self._database.unit() as unit:
            tasks.insert(unit, **owner, kind=kind, lane="any", queue_order=1, parameters={}, **row)
            for file in files:
                artifacts.refer(unit, file, **owner, stage="any")
            told = product.model_dump(mode="json")
            run_id = runs.insert(unit, **owner, kind=kind, folder_id=None, product=told)
            tasks.end(unit, task_id, state=TaskState.SUCCEEDED, stages=stages, run_id=run_id)
        return run_id


@pytest.fixture
def projects(database: Database, blobs: LocalBlobs, tmp_path: Path) -> Projects:
    return Projects(database, blobs, tmp_path)


@pytest.fixture
def runs_service(database: Database, blobs: LocalBlobs, delete_blobs: Callable[[Sequence[str]], None]) -> RunsService:
    return RunsService(database, blobs, FileSigner(b"secret", ttl_seconds=60), delete_blobs, lambda _: None)


@pytest.fixture
def service(database: Database, blobs: LocalBlobs, runs_service: RunsService) -> ExportsService:
    return ExportsService(database, blobs, runs_service)


def test_languages(service: ExportsService, reader: Actor, actor: Actor, projects: Projects) -> None:
    run_id = projects.make(actor)
    for language, text, name in (
        (None, "Hello.\nWell…\n", "Q A “the talk”.en-us.txt"),
        ("EN_us", "Hello.\nWell…\n", "Q A “the talk”.en-us.txt"),
        ("54", "Hola.\n\n", "Q A “the talk”.es-es.txt"),
    ):
        made = service.export(reader, run_id, "txt", Wish(language=language))
        assert (made.data.decode(), made.name) == (text, name)
    with pytest.raises(NotFound, match=r"not made for de-de\. Its languages: en-us, es-es, fr-fr\."):
        service.export(reader, run_id, "srt", Wish(language="de-de"))
    with pytest.raises(Invalid, match="language"):
        service.export(reader, run_id, "json", Wish(language="klingon"))


def test_a_language_that_was_left_out_is_told_with_the_cure(
    service: ExportsService, actor: Actor, projects: Projects
) -> None:
    run_id = projects.make(actor)
    for name in ("srt", "vtt", "ass", "ttml", "txt", "csv", "otio", "edl"):
        with pytest.raises(NotFound) as told:
            service.export(actor, run_id, name, Wish(language="fr-fr"))
        assert told.value.message == (
            "This project has no lines in fr-fr. No engine translates into French. Install an engine for this. "
            f"Then do the stage translate again: POST /apis/projects/{run_id}/rerun. "
            "Without language you get the source's lines."
        )
    assert service.export(actor, run_id, "json", Wish(language="fr-fr")).name == "Q A “the talk”.json"


def test_where_nothing_is_said_every_language_is_empty(
    service: ExportsService, actor: Actor, projects: Projects
) -> None:
    run_id = projects.make(actor, segments=(), source_language=None)
    assert service.export(actor, run_id, "srt", Wish()).data == b""
    made = service.export(actor, run_id, "vtt", Wish(language="fr-fr"))
    assert (made.data, made.name) == (b"WEBVTT\n", "Q A “the talk”.fr-fr.vtt")


def test_a_target_of_the_sources_language_has_lines_of_its_own(
    service: ExportsService, actor: Actor, projects: Projects
) -> None:
    copied = (line(0, "Hello.", en_us="Hello!"),)
    run_id = projects.make(actor, segments=copied, target_languages=("en-us",))
    assert service.export(actor, run_id, "txt", Wish(language="en-us")).data == b"Hello!\n"
    assert service.export(actor, run_id, "txt", Wish()).data == b"Hello.\n"


def test_turns_are_the_diarizers(service: ExportsService, actor: Actor, projects: Projects) -> None:
    turn = Turn(speaker_id="a", span=Span(start_ms=1, end_ms=2001))
    heard = Diarization(speakers=(), turns=(turn,))
    run_id = projects.make(actor, projects.file(DIARIZATION, heard.model_dump_json().encode()))
    made = service.export(actor, run_id, "rttm", Wish())
    assert made.data == b"SPEAKER Q_A_the_talk 1 0.001 2.000 <NA> <NA> a <NA> <NA>\n"
    assert made.name == "Q A “the talk”.rttm"


def test_turns_are_those_of_the_revision_whatever_its_task_has_now(
    service: ExportsService, actor: Actor, projects: Projects
) -> None:
    then, now = (
        projects.file(DIARIZATION, Diarization(speakers=(), turns=(turn,)).model_dump_json().encode())
        for turn in (Turn(speaker_id=name, span=Span(start_ms=0, end_ms=900)) for name in ("then", "now"))
    )
    made = service.export(actor, projects.make(actor, then, now, turns=then), "rttm", Wish())
    assert b" then " in made.data


def test_turns_that_were_not_told_are_told_with_the_cure(
    service: ExportsService, actor: Actor, projects: Projects
) -> None:
    with pytest.raises(
        NotFound, match=r"not told apart\. No diarization engine is here\. Install an engine for this\."
    ):
        service.export(actor, projects.make(actor), "rttm", Wish())


def test_options_belong_to_formats(service: ExportsService, actor: Actor, projects: Projects) -> None:
    run_id = projects.make(actor)
    timeline = orjson.loads(service.export(actor, run_id, "otio", Wish()).data)
    assert timeline["metadata"]["soundstage"]["rate"] == "23.976"
    picture = timeline["tracks"]["children"][0]["children"][0]
    assert picture["media_references"]["DEFAULT_MEDIA"]["target_url"] == "original.mov"
    assert b"FCM: DROP FRAME" in service.export(actor, run_id, "edl", Wish(rate="59.94")).data
    for name, wish, said in (
        ("otio", Wish(rate="12"), "23.976, 24, 25, 29.97"),
        ("srt", Wish(rate="25"), "option of otio, edl"),
        ("csv", Wish(speakers=True, times=True), "option of txt"),
    ):
        with pytest.raises(Invalid, match=said):
            service.export(actor, run_id, name, wish)


def test_formats_and_runs_that_are_not_there(
    service: ExportsService, actor: Actor, stranger: Actor, projects: Projects
) -> None:
    run_id = projects.make(actor)
    with pytest.raises(
        BadRequest, match="srt, vtt, ass, ttml, txt, csv, json, rttm, otio, edl, zip; sound is had under tracks"
    ):
        service.export(actor, run_id, "docx", Wish())
    for who, number in ((stranger, run_id), (actor, run_id + 1)):
        with pytest.raises(NotFound, match="there is no run"):
            service.export(who, number, "srt", Wish())


def test_a_stem_that_is_not_there_is_told_with_the_cure(
    database: Database,
    blobs: LocalBlobs,
    runs_service: RunsService,
    delete_blobs: Callable[[Sequence[str]], None],
    actor: Actor,
    projects: Projects,
) -> None:
    def none_is_wanted(function: str, arguments: dict[str, Any], timeout: float) -> Any:
        raise AssertionError(function)

    made = MadeFiles(
        database, blobs, delete_blobs, delete_blobs, team_quota_bytes=None, run_isolated=none_is_wanted, name="tracks"
    )
    tracks = TracksService(database, blobs, runs_service, made)
    run_id = projects.make(actor)
    for stem in ("speech", "background"):
        with pytest.raises(NotFound) as told:
            tracks.file(actor, run_id, stem, "wav")
        assert f"no {stem} stem: the source was not separated. No separation engine is here." in told.value.message
        assert "Install an engine for this. Then do the stage " in told.value.message
    with pytest.raises(NotFound, match="no such track in that format"):
        tracks.file(actor, run_id, "dub", "wav")
    tracks.close()
