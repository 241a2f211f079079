"""A StageContext for tests: a stage runs against a local folder.

Engines and isolated functions are called in this process or, where a pool and a room are given, in real host processes.

    context = LocalContext(tmp_path, uploads={"upload://talk": (clip, "talk.mp4")})
    outcome = ingest(context, request)

Typed arguments and answers make the same way through JSON in both cases.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from soundstage.domain.artifact import Artifact
from soundstage.domain.options import Quality
from soundstage.engines.registry import Registry, default_engine, identity, own_settings
from soundstage.engines.resident import EngineRoom
from soundstage.engines.spec import Capability, EngineSpec, Readiness
from soundstage.engines.typed_call import contract
from soundstage.errors import Cancelled, ExceptionReason, SourceFailure, StageFailure
from soundstage.host.pool import HostPool
from soundstage.host.typed import Signature, find, signature, write_arguments
from soundstage.media.drive_links import DRIVE_URL
from soundstage.pipelines.context import Earlier, EngineHandle, Output, Part, StageContext


@dataclass(frozen=True)
class LocalSettings:
    """Generous limits. `engines`: the server's default by capability."""

    max_media_bytes: int = 1 << 30
    max_media_seconds: float = 4 * 3600.0
    video_proxy: bool = True
    proxy_transcode_seconds: float = 300.0
    fetch_allow: tuple[str, ...] = ()
    fetch_timeout_seconds: float = 30.0
    drive_url: str = DRIVE_URL
    engines: Mapping[str, str] = field(default_factory=dict)


class LocalContext:
    """Everything a stage may ask for, under `folder`.

    registry: which engines there are; none by default. engine_settings: what they read.
    pool, room: real processes for isolated functions and engines; in this process without them.
    uploads: path and file name by `upload://…`. dictionary: what `terms` gives for any dictionary. before: what a stage
    that asks is told that another task gave.
    `reported` holds every progress the stage made; `cancel()` makes `check()` raise.
    """

    def __init__(
        self,
        folder: Path,
        *,
        registry: Registry | None = None,
        engine_settings: Mapping[str, Any] | None = None,
        settings: LocalSettings | None = None,
        pool: HostPool | None = None,
        room: EngineRoom | None = None,
        uploads: Mapping[str, tuple[Path, str]] | None = None,
        dictionary: tuple[tuple[str, str], ...] = (),
        before: Earlier[Any] | None = None,
    ) -> None:
        self.task_id = "task-under-test"
        self.team_id = 1
        self.created_at = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
        self.settings = settings or LocalSettings()
        self.reported: list[float] = []
        self.room_bytes: int | None = None
        self._folder = folder
        self._registry = registry or Registry.of()
        self.engine_settings = engine_settings or {}
        self._pool = pool
        self._room = room
        self._uploads = uploads or {}
        self._dictionary = dictionary
        self._before = before
        self._loaded: dict[EngineSpec, Any] = {}
        self._portion = (0.0, 1.0)
        self._cancelled = False

    def engine(
        self,
        capability: Capability,
        wanted: str | None = None,
        *,
        language: str | None = None,
        pair: tuple[str, str] | None = None,
        quality: Quality | None = None,
    ) -> EngineHandle | Readiness:
        default, settings = default_engine(self.settings.engines, capability, pair), self.engine_settings
        fit: dict[str, Any] = {"language": language, "pair": pair, "quality": quality}
        spec = self._registry.resolve(capability, wanted, default, settings, **fit)
        if isinstance(spec, Readiness):
            return spec
        passed_over = () if wanted or pair is None else self._registry.passed_over(spec, default, settings, pair=pair)
        return LocalEngine(self, spec, passed_over)

    def isolated(self, function: str, /, **arguments: Any) -> Any:
        self.check()
        if self._pool is not None:
            return self._pool.run_typed(function, arguments, on_progress=self.progress)
        return _here(signature(function), signature(function).function, arguments, self)

    def scratch(self) -> Path:
        folder = self._folder / "scratch"
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def put(self, path: Path, *, name: str, media_type: str) -> Artifact:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        artifact = Artifact(sha256=sha256, bytes=path.stat().st_size, media_type=media_type, name=name)
        kept = self._kept(artifact)
        kept.parent.mkdir(parents=True, exist_ok=True)
        if not kept.exists():
            shutil.copyfile(path, kept)
            kept.chmod(0o444)
        return artifact

    def check_room(self, more: int) -> None:
        """There is room for everything but what `room_bytes` does not hold."""
        if self.room_bytes is not None and more > self.room_bytes:
            raise StageFailure(f"no room for {more} bytes", ExceptionReason.PAYMENT_REQUIRED)

    def open(self, artifact: Artifact) -> Path:
        kept = self._kept(artifact)
        if not kept.exists():
            raise FileNotFoundError(f"artifact {artifact.name} was never put")
        return kept

    def upload(self, media_url: str) -> Artifact:
        if media_url not in self._uploads:
            raise SourceFailure(f"there is no upload {media_url}", ExceptionReason.SOURCE_NOT_FOUND)
        path, name = self._uploads[media_url]
        return self.put(path, name=name, media_type="application/octet-stream")

    def adopt(self, kept: Artifact, *, name: str, media_type: str) -> Artifact | None:
        return kept.model_copy(update={"name": name, "media_type": media_type}) if self._kept(kept).exists() else None

    def earlier(self, gives: type[Output]) -> Earlier[Output] | None:
        if self._before is None:
            return None
        return Earlier(self._before.task_id, gives.model_validate(self._before.output.model_dump()))

    def part(
        self,
        name: str,  # noqa: ARG002
        decides: Mapping[str, Any],  # noqa: ARG002
        gives: type[Output],
        make: Callable[[], Output],
        *,
        version: int = 1,  # noqa: ARG002
        worth_keeping: Callable[[Output], bool] = lambda _made: True,  # noqa: ARG002
    ) -> Part[Output]:
        return Part(gives.model_validate_json(make().model_dump_json()))

    def terms(self, dictionary_ids: tuple[int, ...], source: int, target: int) -> tuple[tuple[str, str], ...]:  # noqa: ARG002
        return self._dictionary if dictionary_ids else ()

    def progress(self, fraction: float) -> None:
        start, end = self._portion
        self.reported.append(start + fraction * (end - start))

    @contextmanager
    def portion(self, start: float, end: float) -> Iterator[None]:
        before, self._portion = self._portion, (start, end)
        try:
            yield
        finally:
            self._portion = before

    def cancel(self) -> None:
        self._cancelled = True

    def check(self) -> None:
        if self._cancelled:
            raise Cancelled("the task was cancelled")

    def call_engine(self, spec: EngineSpec, method: str, arguments: Mapping[str, Any]) -> Any:
        self.check()
        if self._room is not None:
            with self._room.acquire(spec, self.engine_settings) as lease:
                return lease.call(method, on_progress=self.progress, **arguments)
        if spec not in self._loaded:
            self._loaded[spec] = find(spec.load)(own_settings(spec, self.engine_settings))
        return _here(contract(spec.capability, method), getattr(self._loaded[spec], method), arguments, self)

    def _kept(self, artifact: Artifact) -> Path:
        return self._folder / "artifacts" / artifact.sha256


@dataclass(frozen=True)
class LocalEngine:
    """The handle a stage is given."""

    context: LocalContext
    spec: EngineSpec
    passed_over: tuple[str, ...] = ()

    @property
    def identity(self) -> dict[str, Any]:
        return identity(self.spec, self.context.engine_settings)

    def call(self, method: str, /, **arguments: Any) -> Any:
        return self.context.call_engine(self.spec, method, arguments)


def _here(types: Signature, function: Any, arguments: Mapping[str, Any], context: LocalContext) -> Any:
    """Call in this process, with arguments and answer on their way through JSON all the same."""
    keywords = types.read_arguments(write_arguments(arguments))
    if types.reports:
        keywords["report"] = context.progress
    return types.read_answer(types.write_answer(function(**keywords)))


def _is_a_stage_context(context: LocalContext) -> StageContext:
    """Checked by mypy alone: the kit keeps up with the protocol."""
    return context
