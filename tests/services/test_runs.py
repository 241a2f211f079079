"""Runs: products of both kinds, their files, links to them, deletion."""

from __future__ import annotations

import hashlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from soundstage.domain.artifact import Artifact
from soundstage.domain.event import EventType
from soundstage.domain.project import ProjectProduct
from soundstage.domain.request import AudioType
from soundstage.domain.sound import Recipe, SoundMarks, SoundProduct, SoundTake
from soundstage.domain.task import Priority, Task, TaskKind, TaskState
from soundstage.domain.value import Value
from soundstage.errors import BadRequest, Conflict, Forbidden, Invalid, NotFound
from soundstage.services.actor import Actor
from soundstage.services.runs import RunsService
from soundstage.services.signing import FileSigner
from soundstage.storage import artifacts, events, runs, tasks
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

PROJECT, SOUND = TaskKind.PROJECT_SETUP, TaskKind.TEXT_TO_SOUND


@dataclass
class Maker:
    """Makes tasks with their runs and files as the runtime does, and remembers which were forgotten."""

    database: Database
    blobs: LocalBlobs
    folder: Path
    forgotten: list[str] = field(default_factory=list)

    def forget(self, task: Task) -> None:
        self.forgotten.append(task.task_id)

    def file(self, name: str, data: bytes) -> Artifact:
        path = self.folder / hashlib.sha256(data).hexdigest()
        path.write_bytes(data)
        sha256, length = self.blobs.put(path)
        return Artifact(sha256=sha256, bytes=length, media_type="audio/wav", name=name)

    def run(self, actor: Actor, kind: TaskKind, product: Value, files: tuple[Artifact, ...], *, ended: bool) -> int:
        task_id = f"task {time.monotonic_ns()}"
        with self.database.unit() as connection:
            tasks.insert(
                connection,
                task_id=task_id,
                team_id=actor.team_id,
                kind=kind,
                lane="any",
                priority=Priority.NORMAL,
                queue_order=1,
                parameters={},
                folder_id=None,
                traceparent=None,
                stages=(),
            )
            for file in files:
                artifacts.refer(connection, file, team_id=actor.team_id, task_id=task_id, stage="last")
            run_id = runs.insert(
                connection,
                task_id=task_id,
                team_id=actor.team_id,
                kind=kind,
                folder_id=None,
                product=product.model_dump(mode="json"),
            )
            events.append(connection, task_id, actor.team_id, EventType.END, {})
            if ended:
                tasks.end(connection, task_id, state=TaskState.SUCCEEDED, stages=(), run_id=run_id)
        return run_id

    def sound(self, actor: Actor, data: bytes = b"RIFF", *, ended: bool = True) -> int:
        audio, peaks = self.file("sound.wav", data), self.file("sound.peaks", b"peaks")
        recipe = Recipe(
            soundstage="0",
            engine="synthesis",
            engine_version="1",
            prompt="rain",
            seed=1,
            duration=1.0,
            frames=44_100,
            sample_rate=44_100,
            audio_type=AudioType.SOUND,
            plan={},
            licence="CC0-1.0",
        )
        product = SoundProduct(takes=(SoundTake(audio=audio, recipe=recipe, peaks=peaks),), duration_ms=1000)
        return self.run(actor, SOUND, product, (audio, peaks), ended=ended)

    def project(self, actor: Actor) -> int:
        document, subtitles = self.file("project.json", b'{"schema_version":1}'), self.file("source.srt", b"1\n")
        product = ProjectProduct(
            document=document,
            project_name="Talk",
            project_description=None,
            created_at=datetime.now(UTC),
            duration_ms=1000,
            source_language=1,
            target_languages=(54,),
            segments=1,
            tracks=(),
            files=(subtitles,),
        )
        return self.run(actor, PROJECT, product, (document, subtitles), ended=True)


@pytest.fixture
def make(database: Database, blobs: LocalBlobs, tmp_path: Path) -> Maker:
    return Maker(database, blobs, tmp_path)


@pytest.fixture
def service(
    database: Database, blobs: LocalBlobs, make: Maker, delete_blobs: Callable[[Sequence[str]], None]
) -> RunsService:
    return RunsService(database, blobs, FileSigner(b"secret", ttl_seconds=60), delete_blobs, make.forget)


def test_marks_given_at_once_are_all_kept(service: RunsService, actor: Actor, make: Maker) -> None:
    marks: list[dict[str, Any]] = [{"name": "Bell"}, {"favourite": True}, {"tags": ["foley"]}]
    for number in range(8):
        sound = make.sound(actor, b"RIFF%d" % number)
        together = threading.Barrier(len(marks))

        def give(said: dict[str, Any], sound: int = sound, together: threading.Barrier = together) -> None:
            together.wait()
            service.mark(actor, sound, **said)

        with ThreadPoolExecutor(len(marks)) as pool:
            list(pool.map(give, marks))
        assert service.sound(actor, sound).marks == SoundMarks(name="Bell", favourite=True, tags=("foley",))


def test_products_come_back_typed(service: RunsService, actor: Actor, make: Maker) -> None:
    sound, project = make.sound(actor), make.project(actor)
    assert service.sound(actor, sound).product.first.recipe.prompt == "rain"
    found = service.project(actor, project)
    assert (found.run.run_id, found.product.project_name, found.product.target_languages) == (project, "Talk", (54,))
    assert service.document(actor, project) == b'{"schema_version":1}'


def test_the_wrong_kind_is_told_only_to_its_own_team(
    service: RunsService, actor: Actor, stranger: Actor, make: Maker
) -> None:
    sound, project = make.sound(actor), make.project(actor)
    with pytest.raises(BadRequest, match="is a sound, not a project") as told:
        service.project(actor, sound)
    assert told.value.status == 400
    with pytest.raises(BadRequest, match="is a project, not a sound"):
        service.sound(actor, project)
    for ask in (service.project, service.sound, service.document):
        for run_id in (sound, project, 999):
            with pytest.raises(NotFound):
                ask(stranger, run_id)
    with pytest.raises(NotFound):
        service.open_artifact(stranger, sound, "sound.wav")


def test_files_are_opened_by_name(service: RunsService, reader: Actor, actor: Actor, make: Maker) -> None:
    sound, project = make.sound(actor, b"RIFF 1"), make.project(actor)
    artifact, path = service.open_artifact(reader, sound, "sound.wav")
    assert path.read_bytes() == b"RIFF 1"
    assert artifact.bytes == 6
    assert service.open_artifact(reader, project, "source.srt")[1].read_bytes() == b"1\n"
    assert service.open_artifact(reader, project, "project.json")[0].name == "project.json"
    with pytest.raises(NotFound, match=r"it has: sound\.peaks, sound\.wav"):
        service.open_artifact(reader, sound, "../secret")


def test_lists_are_newest_first_page_by_page(service: RunsService, actor: Actor, stranger: Actor, make: Maker) -> None:
    made = [make.sound(actor, str(number).encode()) for number in range(5)]
    make.project(actor)
    seen: list[int] = []
    cursor = None
    for _ in range(3):
        page = service.sounds(actor, limit=2, cursor=cursor)
        seen += [sound.run.run_id for sound in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == made[::-1]
    assert len(service.projects(actor).items) == 1
    assert service.sounds(stranger).items == ()
    for wrong in ("x", "-1", "٣", "9" * 19, ""):
        with pytest.raises(Invalid):
            service.sounds(actor, cursor=wrong)


def test_deleting_takes_the_task_and_its_files_along(
    service: RunsService, actor: Actor, stranger: Actor, make: Maker, database: Database, blobs: LocalBlobs
) -> None:
    first, second = make.sound(actor, b"first"), make.sound(actor, b"second")
    for wrong, error in ((stranger, NotFound), (actor, BadRequest)):
        with pytest.raises(error):
            service.delete(wrong, first, PROJECT)
    shared = service.sound(actor, second).product.first.peaks
    assert shared is not None
    task_id = service.sound(actor, first).run.task_id
    service.delete(actor, first, SOUND)
    assert make.forgotten == [task_id]
    with pytest.raises(NotFound):
        service.sound(actor, first)
    assert not blobs.exists(hashlib.sha256(b"first").hexdigest())
    assert blobs.exists(shared.sha256), "the other sound has the same peaks"
    for table in ("tasks", "events", "runs"):
        assert database.row(f"SELECT count(*) FROM {table}", ()) == (1,)
    service.delete(actor, second, SOUND)
    assert database.row("SELECT count(*) FROM artifact_references", ()) == (0,)
    assert not blobs.exists(shared.sha256)


def test_a_run_whose_task_goes_on_is_not_deleted(service: RunsService, actor: Actor, make: Maker) -> None:
    run_id = make.sound(actor, ended=False)
    with pytest.raises(Conflict, match="is queued still"):
        service.delete(actor, run_id, SOUND)
    assert service.sound(actor, run_id).run.run_id == run_id


def test_a_signed_link_needs_no_key_and_dies_with_the_run(service: RunsService, actor: Actor, make: Maker) -> None:
    run_id = make.sound(actor, b"RIFF")
    token = service.sign(run_id, "sound.wav")
    artifact, path = service.open_signed(token)
    assert (artifact.name, path.read_bytes()) == ("sound.wav", b"RIFF")
    with pytest.raises(NotFound):
        service.open_signed(token[:-2])
    service.delete(actor, run_id, SOUND)
    with pytest.raises(NotFound, match="was deleted"):
        service.open_signed(token)


def test_reading_is_not_writing(service: RunsService, reader: Actor, actor: Actor, make: Maker) -> None:
    run_id = make.sound(actor)
    assert service.sound(reader, run_id)
    with pytest.raises(Forbidden):
        service.delete(reader, run_id, SOUND)
