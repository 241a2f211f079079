"""Fixtures of the API tests: the real server over TCP on SQLite, without a worker; tests move tasks themselves."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from soundstage import bootstrap, config
from soundstage.api.app import create_app
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.domain.account import Scope
from soundstage.domain.artifact import Artifact
from soundstage.domain.event import EventType
from soundstage.domain.media import MediaInfo
from soundstage.domain.project import ProjectDocument, ProjectProduct, Track, TrackKind, Video
from soundstage.domain.request import AudioType
from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.segment import Segment
from soundstage.domain.sound import Recipe, SoundProduct, SoundTake
from soundstage.domain.task import Failure, StageState, Task, TaskKind, TaskState
from soundstage.domain.timing import Span
from soundstage.storage import events, runs, tasks
from soundstage.storage.blobs.local import LocalBlobs

WAV = b"RIFF" + bytes(range(256)) * 8
NAMES = (
    "keys",
    "tasks",
    "watcher",
    "runs",
    "revisions",
    "edits",
    "reruns",
    "tracks",
    "sound_files",
    "vocabulary",
    "recipes",
    "portable",
    "exports",
    "dry_runs",
    "folders",
    "dictionaries",
    "uploads",
    "voices",
    "engines",
    "sessions",
    "transcripts",
)


@dataclass
class Server:
    """A running server, its services, and the key of team `default`."""

    url: str
    soundstage: bootstrap.Soundstage
    services: ApiServices
    blobs: LocalBlobs
    scratch: Path
    secret: str
    team_id: int

    def key(self, team: str = "default", *scopes: Scope) -> str:
        return self.soundstage.keys.create(name="test", team=team, scopes=frozenset(scopes or Scope))[1]

    def client(self, secret: str | None = None, **options: Any) -> httpx.Client:
        headers = {} if secret == "" else {"x-api-key": secret or self.secret}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, trust_env=False, **options)

    def foreign_folder(self) -> int:
        with self.client(self.key("others")) as stranger:
            answer = stranger.post("/apis/folders/create", json={"folder_name": "not ours"})
        return int(answer.json()["folder_id"])

    def app(self, **settings: Any) -> FastAPI:
        return create_app(self.services, ApiSettings(**settings))

    def inner(self, **settings: Any) -> TestClient:
        """A client of another app with these settings on the same services."""
        return TestClient(self.app(**settings), headers={"x-api-key": self.secret}, raise_server_exceptions=False)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    data = tmp_path_factory.mktemp("data")
    soundstage = bootstrap.build(config.load(data=data))
    services = ApiServices(**{name: getattr(soundstage, name) for name in NAMES})
    key, secret = soundstage.keys.create(name="tests")
    app = create_app(services, ApiSettings(heartbeat_seconds=1))
    running = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=running.run)
    thread.start()
    while not running.started:
        time.sleep(0.01)
    port = running.servers[0].sockets[0].getsockname()[1]
    blobs = LocalBlobs(data / "artifacts")
    scratch = tmp_path_factory.mktemp("scratch")
    yield Server(f"http://127.0.0.1:{port}", soundstage, services, blobs, scratch, secret, key.team_id)
    running.should_exit = True
    thread.join(20)
    soundstage.close()


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with server.client() as client:
        yield client


@dataclass
class Hand:
    """Does what a worker would: moves tasks on and ends them."""

    server: Server

    def task(self, kind: TaskKind = TaskKind.TEXT_TO_SOUND) -> str:
        bodies: dict[TaskKind, tuple[str, dict[str, Any]]] = {
            TaskKind.TEXT_TO_SOUND: ("text-to-sound", {"prompt": "rain on a tent"}),
            TaskKind.PROJECT_SETUP: (
                "project-setup",
                {
                    "media_url": "https://example.com/talk.mp4?token=s3cret",
                    "source_language": 1,
                    "target_languages": [54],
                },
            ),
        }
        path, body = bodies[kind]
        with self.server.client() as client:
            return str(client.post(f"/apis/{path}", json=body).raise_for_status().json()["task_id"])

    def begin(self, task_id: str) -> None:
        with self._unit() as unit:
            task = self._task(unit, task_id)
            assert tasks.begin(unit, task_id, task.attempt, owner=task_id, worker_id="w", stages=task.stages)
            events.append(unit, task_id, task.team_id, EventType.STATUS, {"state": "running"})

    def advance(self, task_id: str, progress: float, *, finding: dict[str, Any] | None = None) -> None:
        with self._unit() as unit:
            task = self._task(unit, task_id)
            first = task.stages[0].model_copy(update={"state": StageState.RUNNING, "progress": progress})
            stages = (first, *task.stages[1:])
            assert tasks.advance(unit, task_id, task_id, progress=progress, stages=stages, eta=None)
            if finding is not None:
                events.append(unit, task_id, task.team_id, EventType.FINDING, finding)

    def fail(self, task_id: str, reason: str = "INVALID_SOURCE_DATA", message: str = "The media is broken.") -> None:
        self.end(task_id, TaskState.FAILED, failure=Failure(stage="probe", reason=reason, message=message))

    def end(self, task_id: str, state: TaskState, **values: Any) -> None:
        with self._unit() as unit:
            task = self._task(unit, task_id)
            assert tasks.end(unit, task_id, state=state, stages=task.stages, progress=1.0, **values)
            events.append(unit, task_id, task.team_id, EventType.END, {"state": state.value})

    def sound(self) -> tuple[str, int]:
        """A finished sound: `(task_id, run_id)`."""
        recipe = Recipe(
            soundstage="0",
            engine="e",
            engine_version="1",
            prompt="rain on a tent",
            seed=1,
            duration=1.0,
            frames=44100,
            sample_rate=44100,
            audio_type=AudioType.SOUND,
            plan={},
            licence="CC0",
        )
        take = SoundTake(audio=self.artifact("sound.wav", WAV, "audio/wav"), recipe=recipe)
        product = SoundProduct(takes=(take,), duration_ms=1000)
        return self._finish(TaskKind.TEXT_TO_SOUND, product.model_dump(mode="json"))

    def project(self, audio_bytes: bytes = b"fLaC" + bytes(100), video: Video | None = None) -> tuple[str, int]:
        """A finished project: `(task_id, run_id)`."""
        audio = self.artifact("source.flac", audio_bytes, "audio/flac")
        peaks = self.artifact("peaks.bin", b"SSPK" + bytes(8), "application/octet-stream")
        track = Track(
            track_id="source", kind=TrackKind.SOURCE, title="Source", language="en-us", artifact=audio, peaks=peaks
        )
        span = Span(start_ms=0, end_ms=900)
        line = Segment(
            segment_id="1",
            span=span,
            speaker_id=None,
            text="Hello <b>there</b>.",
            words=(),
            confidence=0.9,
            translations={"es-es": "Hola."},
        )
        doubt = Doubt(
            reason=DoubtReason.LOW_CONFIDENCE,
            sentence="Not sure to have heard “there” right.",
            weight=0.6,
            measured=0.2,
            limit=0.4,
            words=("there",),
        )
        shared: dict[str, Any] = {
            "project_name": "A talk",
            "project_description": None,
            "created_at": "2026-01-02T03:04:05Z",
            "duration_ms": 1500,
            "tracks": (track,),
            "video": video,
        }
        media = MediaInfo(container="mov", duration_ms=1500, bytes=9, bit_rate=None, streams=())
        document = ProjectDocument(
            **shared,
            source_language="en-us",
            detected_language=None,
            target_languages=("es-es",),
            media=media,
            speakers=(),
            segments=(line,),
            review=(ReviewLine(segment_id="1", weight=0.6, doubts=(doubt,)),),
        )
        files = (
            audio,
            peaks,
            self.artifact("source.srt", b"1\n00:00:00,000 --> 00:00:00,900\nHello\n", "application/x-subrip"),
            self.artifact("es-es.vtt", b"WEBVTT\n", "text/vtt"),
            *(video.files if video else ()),
        )
        kept = self.artifact("project.json", document.model_dump_json().encode(), "application/json")
        product = ProjectProduct(
            **shared, document=kept, source_language=1, target_languages=(54,), segments=1, files=(kept, *files)
        )
        return self._finish(TaskKind.PROJECT_SETUP, product.model_dump(mode="json"))

    def artifact(self, name: str, data: bytes, media_type: str) -> Artifact:
        path = self.server.scratch / name
        path.write_bytes(data)
        sha256, length = self.server.blobs.put(path)
        return Artifact(sha256=sha256, bytes=length, media_type=media_type, name=name)

    def _finish(self, kind: TaskKind, product: dict[str, Any]) -> tuple[str, int]:
        task_id = self.task(kind)
        self.begin(task_id)
        with self._unit() as unit:
            team_id = self.server.team_id
            run_id = runs.insert(unit, task_id=task_id, team_id=team_id, kind=kind, folder_id=None, product=product)
        self.end(task_id, TaskState.SUCCEEDED, run_id=run_id)
        return task_id, run_id

    def _unit(self) -> Any:
        return self.server.soundstage.database.unit()

    def _task(self, unit: Any, task_id: str) -> Task:
        task = tasks.get(unit, task_id)
        assert task is not None
        return task


@pytest.fixture
def hand(server: Server) -> Hand:
    return Hand(server)


@pytest.fixture(scope="session")
def refusal() -> Callable[[httpx.Response, int], Any]:
    """Checks the one body of every refusal and gives its `detail`."""

    def check(response: httpx.Response, status: int) -> Any:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/json"
        body = orjson.loads(response.content)
        assert set(body) == {"detail", "error", "status"}
        assert body["status"] == status
        assert isinstance(body["error"], str) and body["error"]
        if status == 422:
            assert body["detail"]
            for fault in body["detail"]:
                assert set(fault) == {"loc", "msg", "type"}
        else:
            assert body["detail"] == body["error"]
        return body["detail"]

    return check
