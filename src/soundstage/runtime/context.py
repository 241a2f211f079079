"""What a stage is given by a worker: `pipelines.context.StageContext` on real storage, engines and host processes."""

from __future__ import annotations

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self

from soundstage.domain.artifact import Artifact
from soundstage.domain.options import Quality
from soundstage.engines.registry import ChosenEngine, Registry, choose
from soundstage.engines.resident import EngineLease, EngineRoom
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.errors import Cancelled, ExceptionReason, SourceFailure, StageFailure, StageTimeout, Superseded
from soundstage.host.pool import HostPool
from soundstage.pipelines.context import Earlier, EngineHandle, Output, Part
from soundstage.pipelines.reuse import part_key
from soundstage.pipelines.stage import Stage
from soundstage.runtime.history import StageHistory
from soundstage.runtime.parts import Parts
from soundstage.runtime.settings import StageLimits, WorkerSettings
from soundstage.storage import artifacts, dictionaries, tasks, uploads
from soundstage.storage.blobs.store import BlobStore
from soundstage.storage.database import Database
from soundstage.storage.stage_results import KeptResult

if TYPE_CHECKING:
    from soundstage.runtime.execution import Execution

UPLOAD = "upload://"


class Outside:
    """What all stages of a worker process share, and the attempts that are under way on it."""

    def __init__(
        self,
        database: Database,
        blobs: BlobStore,
        registry: Registry,
        engines: EngineRoom,
        hosts: HostPool,
        limits: StageLimits,
        settings: WorkerSettings,
    ) -> None:
        self.database = database
        self.blobs = blobs
        self.registry = registry
        self.engines = engines
        self.hosts = hosts
        self.limits = limits
        self.settings = settings
        self.history = StageHistory()
        self.scratch = settings.scratch
        self.leaving = threading.Event()
        self.held = threading.Event()
        self._under_way: dict[str, Execution] = {}
        self._lock = threading.Lock()

    def remember(self, execution: Execution) -> None:
        with self._lock:
            self._under_way[execution.owner] = execution

    def forget(self, execution: Execution) -> None:
        with self._lock:
            self._under_way.pop(execution.owner, None)

    def under_way(self) -> tuple[Execution, ...]:
        with self._lock:
            return tuple(self._under_way.values())

    def kill(self) -> None:
        """End every host process at once; what runs into that is not the end of its task (see `hold`)."""
        self.leaving.set()
        self.engines.close()
        self.hosts.close()

    def hold(self) -> NoReturn:
        """Keep the calling thread until the process is gone, so that nothing of its attempt is recorded as an end."""
        self.held.set()
        while True:
            threading.Event().wait()


@dataclass(frozen=True)
class _Portion:
    start: float
    end: float


class WorkerContext:
    """One stage of one attempt. Used as a context manager: its scratch folder goes with it."""

    def __init__(self, outside: Outside, execution: Execution, stage: Stage, media_seconds: float | None) -> None:
        self._outside = outside
        self._execution = execution
        self._stage = stage
        self._limit = stage.limit_seconds + stage.limit_per_media_second * (media_seconds or 0.0)
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._kills: dict[int, Any] = {}
        self._portion = _Portion(0.0, 1.0)
        self._folder: Path | None = None
        self._deadline = time.monotonic() + self._limit
        self.kept: KeptResult | None = None  # what a stage that asks is told of (see `earlier`)
        self.anew = False  # nothing is taken over
        self.took_part = False  # a piece of the work was: its time says nothing

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._clear()

    @property
    def stage(self) -> str:
        return self._stage.name

    @property
    def task_id(self) -> str:
        return self._execution.task.task_id

    @property
    def team_id(self) -> int:
        return self._execution.task.team_id

    @property
    def created_at(self) -> datetime:
        return self._execution.task.created_at

    @property
    def settings(self) -> StageLimits:
        return self._outside.limits

    def engine(
        self,
        capability: Capability,
        wanted: str | None = None,
        *,
        language: str | None = None,
        pair: tuple[str, str] | None = None,
        quality: Quality | None = None,
    ) -> EngineHandle | Readiness:
        limits = self._outside.limits
        fit: dict[str, Any] = {"language": language, "pair": pair, "quality": quality}
        found = choose(self._outside.registry, capability, wanted, limits.engines, limits.engine_settings, **fit)
        return found if isinstance(found, Readiness) else _WorkerEngine(self, found)

    def isolated(self, function: str, /, **arguments: Any) -> Any:
        with self._outside.hosts.lease() as lease, self._killable(lease.kill):
            return lease.call_typed(function, arguments, timeout=self._left(), on_progress=self.progress)

    def call_engine(self, spec: EngineSpec, method: str, arguments: dict[str, Any]) -> Any:
        with self._outside.engines.acquire(spec, self._outside.limits.engine_settings) as lease:
            return self._call_leased(lease, method, arguments)

    def _call_leased(self, lease: EngineLease, method: str, arguments: dict[str, Any]) -> Any:
        with self._killable(lease.kill):
            return lease.call(method, timeout=self._left(), on_progress=self.progress, **arguments)

    def scratch(self) -> Path:
        if self._folder is None:
            self._outside.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=f"{self._stage.name}-", dir=self._outside.scratch))
        return Path(tempfile.mkdtemp(dir=self._folder))

    def put(self, path: Path, *, name: str, media_type: str) -> Artifact:
        self.check()
        self.check_room(path.stat().st_size)
        sha256, size = self._outside.blobs.put(path, move=True)
        artifact = Artifact(sha256=sha256, bytes=size, media_type=media_type, name=name)
        try:
            self._refer(artifact)
        except _BytesGone:  # their last owner was deleted while we waited for our turn
            raise StageFailure(f"{name} was deleted with another task's; it is made again", retryable=True) from None
        return artifact

    def check_room(self, more: int) -> None:
        with self._outside.database.read() as connection:
            used = artifacts.team_bytes(connection, self.team_id)
        if used + more > self._outside.limits.team_disk_quota_bytes:
            raise StageFailure(
                f"your team's disk quota of {self._outside.limits.team_disk_quota_bytes} bytes does not hold "
                f"{more} more; delete projects, sounds or uploads you no longer need, then retry the task",
                ExceptionReason.PAYMENT_REQUIRED,
            )

    def open(self, artifact: Artifact) -> Path:
        return self._outside.blobs.path(artifact.sha256)

    def upload(self, media_url: str) -> Artifact:
        with self._outside.database.read() as connection:
            upload = uploads.get(connection, self.team_id, media_url.removeprefix(UPLOAD))
        if upload is None:
            raise SourceFailure(
                "there is no such upload; it may have expired: post the file to /apis/uploads again",
                ExceptionReason.SOURCE_NOT_FOUND,
            )
        return Artifact(
            sha256=upload.sha256, bytes=upload.bytes, media_type="application/octet-stream", name=upload.file_name
        )

    def adopt(self, kept: Artifact, *, name: str, media_type: str) -> Artifact | None:
        self.check()
        artifact = kept.model_copy(update={"name": name, "media_type": media_type})
        try:
            self._refer(artifact)
        except _BytesGone:
            return None
        return artifact

    def earlier(self, gives: type[Output]) -> Earlier[Output] | None:
        if self.kept is None:
            return None
        return Earlier(self.kept.task_id, gives.model_validate(self.kept.result.output))

    def part(
        self,
        name: str,
        decides: Mapping[str, Any],
        gives: type[Output],
        make: Callable[[], Output],
        *,
        version: int = 1,
        worth_keeping: Callable[[Output], bool] = lambda _made: True,
    ) -> Part[Output]:
        if not self._outside.settings.reuse:
            return Part(make())
        parts = Parts(self._outside.database, self, self._execution.owner, self._execution.task.attempt)
        key = part_key(name, version, decides)
        taken = None if self.anew else parts.take_over(name, key, gives)
        if taken is not None:
            self.took_part = True
            return taken
        made = make()
        if worth_keeping(made):
            parts.keep(name, key, made)
        return Part(made)

    def terms(self, dictionary_ids: tuple[int, ...], source: int, target: int) -> tuple[tuple[str, str], ...]:
        with self._outside.database.read() as connection:
            return dictionaries.term_pairs(connection, self.team_id, dictionary_ids, source, target)

    def progress(self, fraction: float) -> None:
        part = self._portion
        self._execution.report(self._stage.name, part.start + (part.end - part.start) * min(max(fraction, 0.0), 1.0))

    @contextmanager
    def portion(self, start: float, end: float) -> Iterator[None]:
        outer = self._portion
        width = outer.end - outer.start
        self._portion = _Portion(outer.start + width * start, outer.start + width * end)
        try:
            yield
        finally:
            self._portion = outer

    def check(self) -> None:
        if self._cancelled.is_set():
            raise Cancelled("the task was cancelled")
        self._left()

    def cancel(self) -> None:
        """From any thread: end the host process at work for this stage, and every later call."""
        self._cancelled.set()
        with self._lock:
            kills = list(self._kills.values())
        for kill in kills:
            kill()

    def restart(self) -> None:
        """Before the stage is tried again: an empty scratch folder and a fresh time limit."""
        self._clear()
        self._portion = _Portion(0.0, 1.0)
        self._deadline = time.monotonic() + self._limit

    def pause(self, seconds: float) -> None:
        """Sleep, unless cancelled meanwhile."""
        if self._cancelled.wait(seconds):
            raise Cancelled("the task was cancelled")

    @contextmanager
    def _killable(self, kill: Any) -> Iterator[None]:
        with self._lock:
            self._kills[id(kill)] = kill
        try:
            self.check()
            yield
        finally:
            with self._lock:
                self._kills.pop(id(kill), None)

    def _left(self) -> float:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise StageTimeout(
                f"{self._stage.name} took longer than its limit of {self._limit:.0f} s; "
                "try again when the machine is less busy, or with shorter media"
            )
        return left

    def _refer(self, artifact: Artifact) -> None:
        with self._outside.database.unit() as connection:
            if not tasks.hold(connection, self.task_id, self._execution.owner):
                raise Superseded("the task is another worker's or over")
            artifacts.refer(connection, artifact, team_id=self.team_id, task_id=self.task_id, stage=self._stage.name)
            if not self._outside.blobs.renew(artifact.sha256):
                raise _BytesGone

    def _clear(self) -> None:
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class _BytesGone(Exception):
    """Nobody refers to these bytes any more, and they are deleted: rolls back the reference to them."""


class _WorkerEngine:
    """`pipelines.context.EngineHandle`: borrows the loaded engine for each call."""

    def __init__(self, context: WorkerContext, chosen: ChosenEngine) -> None:
        self._context = context
        self._chosen = chosen

    @property
    def spec(self) -> EngineSpec:
        return self._chosen.spec

    @property
    def identity(self) -> dict[str, Any]:
        return self._chosen.identity

    @property
    def passed_over(self) -> tuple[str, ...]:
        return self._chosen.passed_over

    def call(self, method: str, /, **arguments: Any) -> Any:
        return self._context.call_engine(self._chosen.spec, method, arguments)
