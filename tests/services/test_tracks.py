"""Tracks as files: kept formats at once, others converted once, counted and removed with the run."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from soundstage.domain.artifact import Artifact
from soundstage.domain.project import ProjectProduct, Track, TrackKind
from soundstage.domain.task import Priority, TaskKind, TaskState
from soundstage.errors import HostDied, NotFound, QuotaExceeded, StorageFull
from soundstage.host.limits import HostLimits
from soundstage.host.pool import HostPool
from soundstage.services.actor import Actor
from soundstage.services.made_files import MadeFiles
from soundstage.services.runs import RunsService
from soundstage.services.signing import FileSigner
from soundstage.services.tracks import TracksService
from soundstage.storage import artifacts, runs, tasks
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

SECONDS = 120
FRAMES = 48_000
WAV_BYTES = 44 + FRAMES * 2 * 2


class Isolated:
    """Real host processes; each call waits at the gate and is counted."""

    def __init__(self, pool: HostPool) -> None:
        self.calls: list[str] = []
        self.gate = threading.Event()
        self.gate.set()
        self.arrived = threading.Event()
        self._pool = pool

    def __call__(self, function: str, arguments: dict[str, Any], timeout: float) -> Any:
        self.calls.append(function)
        self.arrived.set()
        assert self.gate.wait(SECONDS)
        return self._pool.run(function, arguments, timeout)


@pytest.fixture(scope="module")
def pool() -> Iterator[HostPool]:
    pool = HostPool(1, HostLimits(memory_bytes=2**30, threads=1))
    yield pool
    pool.close()


@pytest.fixture
def isolated(pool: HostPool) -> Isolated:
    return Isolated(pool)


class Projects:
    """Makes runs with a source track (a second of noise) and subtitles, as the runtime does."""

    def __init__(self, database: Database, blobs: LocalBlobs, folder: Path) -> None:
        self._database, self._blobs, self._folder = database, blobs, folder

    def file(self, name: str, media_type: str, path: Path) -> Artifact:
        sha256, length = self._blobs.put(path)
        return Artifact(sha256=sha256, bytes=length, media_type=media_type, name=name)

    def make(self, actor: Actor, seed: int = 0) -> int:
        path = self._folder / "audio.flac"
        soundfile.write(path, np.random.default_rng(seed).uniform(-0.5, 0.5, (FRAMES, 2)), 48_000, "PCM_16")
        audio = self.file("source.flac", "audio/flac", path)
        (self._folder / "text").write_text("WEBVTT\n")
        lines = self.file("source.vtt", "text/vtt", self._folder / "text")
        tracks = tuple(
            Track(track_id=kind.value, kind=kind, title=kind.value, language=None, artifact=artifact)
            for kind, artifact in ((TrackKind.SOURCE, audio), (TrackKind.SUBTITLES, lines))
        )
        product = ProjectProduct(
            document=lines,
            project_name="Talk",
            project_description=None,
            created_at=datetime.now(UTC),
            duration_ms=1000,
            source_language=1,
            target_languages=(54,),
            segments=0,
            tracks=tracks,
            files=(audio, lines),
        )
        return self._insert(actor, product)

    def _insert(self, actor: Actor, product: ProjectProduct) -> int:
        task_id = f"task {time.monotonic_ns()}"
        kind = TaskKind.PROJECT_SETUP
        row: dict[str, Any] = {"priority": Priority.NORMAL, "folder_id": None, "traceparent": None, "stages": ()}
        with self._database.unit() as unit:
            team_id = actor.team_id
            tasks.insert(
                unit, task_id=task_id, team_id=team_id, kind=kind, lane="any", queue_order=1, parameters={}, **row
            )
            for file in product.files:
                artifacts.refer(unit, file, team_id=team_id, task_id=task_id, stage="last")
            run_id = runs.insert(
                unit,
                task_id=task_id,
                team_id=team_id,
                kind=kind,
                folder_id=None,
                product=product.model_dump(mode="json"),
            )
            tasks.end(unit, task_id, state=TaskState.SUCCEEDED, stages=(), run_id=run_id)
        return run_id

    def bytes_of(self, actor: Actor) -> int:
        with self._database.read() as connection:
            return artifacts.team_bytes(connection, actor.team_id)


@pytest.fixture
def projects(database: Database, blobs: LocalBlobs, tmp_path: Path) -> Projects:
    return Projects(database, blobs, tmp_path)


@pytest.fixture
def runs_service(database: Database, blobs: LocalBlobs, delete_blobs: Callable[[Sequence[str]], None]) -> RunsService:
    return RunsService(database, blobs, FileSigner(b"secret", ttl_seconds=60), delete_blobs, lambda _: None)


@pytest.fixture
def service(
    database: Database,
    blobs: LocalBlobs,
    runs_service: RunsService,
    delete_blobs: Callable[[Sequence[str]], None],
    isolated: Isolated,
) -> Iterator[Callable[..., TracksService]]:
    made = []

    def make(quota: int | None = None, run_isolated: Any = isolated) -> TracksService:
        made.append(
            TracksService(
                database,
                blobs,
                runs_service,
                MadeFiles(
                    database,
                    blobs,
                    delete_blobs,
                    delete_blobs,
                    team_quota_bytes=quota,
                    run_isolated=run_isolated,
                    name="conversions",
                ),
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


def drafts(blobs: LocalBlobs) -> list[Path]:
    return list(blobs.drafts.iterdir())


def test_a_track_in_every_format(
    service: Callable[..., TracksService], reader: Actor, actor: Actor, projects: Projects, isolated: Isolated
) -> None:
    tracks, run_id = service(), projects.make(actor)
    found = {ending: tracks.file(reader, run_id, "source", ending).result(SECONDS) for ending in ("flac", "wav", "mp3")}
    for ending, media_type in (("flac", "audio/flac"), ("wav", "audio/wav"), ("mp3", "audio/mpeg")):
        file = found[ending]
        assert (file.artifact.name, file.artifact.media_type) == (f"source.{ending}", media_type)
        assert file.path.stat().st_size == file.artifact.bytes
    assert found["wav"].artifact.bytes == WAV_BYTES
    kept, wav = (soundfile.read(found[ending].path, dtype="int16")[0] for ending in ("flac", "wav"))
    assert np.array_equal(kept, wav)
    assert isolated.calls == ["soundstage.media.convert:to_wav", "soundstage.media.convert:to_mp3"]


def test_what_was_converted_is_kept(
    service: Callable[..., TracksService], actor: Actor, projects: Projects, isolated: Isolated, blobs: LocalBlobs
) -> None:
    run_id = projects.make(actor)
    first = service().file(actor, run_id, "source", "wav").result(SECONDS)
    again = service().file(actor, run_id, "source", "wav")  # of another server process, say
    assert again.done() and again.result() == first
    assert len(isolated.calls) == 1
    first.path.chmod(0o600)
    first.path.unlink()  # lost: it is made again
    assert service().file(actor, run_id, "source", "wav").result(SECONDS) == first
    assert len(isolated.calls) == 2
    assert drafts(blobs) == []


def test_all_who_ask_at_once_share_one_conversion(
    service: Callable[..., TracksService], actor: Actor, projects: Projects, isolated: Isolated
) -> None:
    tracks, run_id = service(), projects.make(actor)
    isolated.gate.clear()
    asked = [tracks.file(actor, run_id, "source", "mp3") for _ in range(8)]
    assert isolated.arrived.wait(SECONDS)
    assert not any(one.done() for one in asked)
    isolated.gate.set()
    assert len({one.result(SECONDS).artifact.sha256 for one in asked}) == 1
    assert len(isolated.calls) == 1


def test_what_is_not_there_is_answered_with_a_list(
    service: Callable[..., TracksService], actor: Actor, stranger: Actor, projects: Projects
) -> None:
    tracks, run_id = service(), projects.make(actor)
    for track, ending in (
        ("source", "ogg"),
        ("dub", "wav"),
        ("subtitles", "wav"),
        ("subtitles", "vtt"),
        ("source", ""),
    ):
        with pytest.raises(NotFound, match=r"It has: source\.flac, source\.wav, source\.mp3\."):
            tracks.file(actor, run_id, track, ending)
    with pytest.raises(NotFound, match="there is no run"):
        tracks.file(stranger, run_id, "source", "wav")


def test_conversions_count_in_the_quota_and_go_with_the_run(
    service: Callable[..., TracksService],
    runs_service: RunsService,
    actor: Actor,
    projects: Projects,
    blobs: LocalBlobs,
) -> None:
    run_id = projects.make(actor)
    before = projects.bytes_of(actor)
    wav = service().file(actor, run_id, "source", "wav").result(SECONDS).artifact
    assert projects.bytes_of(actor) == before + WAV_BYTES
    runs_service.delete(actor, run_id, TaskKind.PROJECT_SETUP)
    assert not blobs.exists(wav.sha256)
    assert projects.bytes_of(actor) == 0


@pytest.mark.parametrize(("spare", "conversions"), [(0, 0), (WAV_BYTES - 1, 1)])
def test_past_the_quota_nothing_is_kept(
    service: Callable[..., TracksService],
    actor: Actor,
    projects: Projects,
    blobs: LocalBlobs,
    isolated: Isolated,
    spare: int,
    conversions: int,
) -> None:
    run_id = projects.make(actor)
    before = projects.bytes_of(actor)
    files = sorted(blobs.root.glob("??/*"))
    with pytest.raises(QuotaExceeded, match="quota"):
        service(quota=before + spare).file(actor, run_id, "source", "wav").result(SECONDS)
    assert len(isolated.calls) == conversions, "what certainly does not fit is not begun"
    assert projects.bytes_of(actor) == before
    assert sorted(blobs.root.glob("??/*")) == files
    assert service(quota=before + WAV_BYTES).file(actor, run_id, "source", "wav").result(SECONDS)


def test_a_run_deleted_meanwhile_leaves_nothing(
    service: Callable[..., TracksService],
    runs_service: RunsService,
    actor: Actor,
    projects: Projects,
    blobs: LocalBlobs,
    isolated: Isolated,
) -> None:
    run_id, copy = projects.make(actor), projects.make(actor)  # the copy keeps the track's bytes
    isolated.gate.clear()
    coming = service().file(actor, run_id, "source", "wav")
    assert isolated.arrived.wait(SECONDS)
    runs_service.delete(actor, run_id, TaskKind.PROJECT_SETUP)
    before = projects.bytes_of(actor)
    isolated.gate.set()
    with pytest.raises(NotFound, match="was deleted"):
        coming.result(SECONDS)
    assert projects.bytes_of(actor) == before
    assert len(list(blobs.root.glob("??/*"))) == 2
    assert service().file(actor, copy, "source", "wav").result(SECONDS).artifact.bytes == WAV_BYTES


def test_a_full_disk_is_told_and_leaves_nothing(
    service: Callable[..., TracksService], actor: Actor, projects: Projects, blobs: LocalBlobs, pool: HostPool
) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    run_id = projects.make(actor)

    def onto_a_full_disk(function: str, arguments: dict[str, Any], timeout: float) -> Any:
        arguments["output"].symlink_to("/dev/full")
        return pool.run(function, arguments, timeout)

    for ending in ("wav", "mp3"):
        with pytest.raises(StorageFull):
            service(run_isolated=onto_a_full_disk).file(actor, run_id, "source", ending).result(SECONDS)
    assert drafts(blobs) == []
    assert service().file(actor, run_id, "source", "wav").result(SECONDS).artifact.bytes == WAV_BYTES


def test_a_dead_host_process_leaves_nothing_and_the_next_who_asks_has_it(
    service: Callable[..., TracksService], actor: Actor, projects: Projects, blobs: LocalBlobs, pool: HostPool
) -> None:
    run_id = projects.make(actor)

    def die(function: str, arguments: dict[str, Any], timeout: float) -> Any:
        arguments["output"].write_bytes(b"RIFF half made")
        return pool.run("os:abort", {}, timeout)

    with pytest.raises(HostDied):
        service(run_isolated=die).file(actor, run_id, "source", "wav").result(SECONDS)
    assert drafts(blobs) == []
    assert service().file(actor, run_id, "source", "wav").result(SECONDS).artifact.bytes == WAV_BYTES
