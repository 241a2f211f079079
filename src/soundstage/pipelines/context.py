"""What a stage may ask of the outside. `runtime` implements it; tests use `soundstage.testing.context`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from soundstage.domain.artifact import Artifact
from soundstage.domain.options import Quality
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, EngineSpec, Readiness

Output = TypeVar("Output", bound=Value)


@dataclass(frozen=True)
class Earlier(Generic[Output]):
    """What the same stage of another task of this team gave for the same request."""

    task_id: str
    output: Output


@dataclass(frozen=True)
class Part(Generic[Output]):
    """A piece of a stage's work, and the task that did it, where that was another one."""

    output: Output
    taken_over_from: str | None = None


class Chosen(Protocol):
    """An engine that would be used."""

    @property
    def spec(self) -> EngineSpec: ...

    @property
    def identity(self) -> dict[str, Any]:
        """JSON of all that makes its answers others: name, version, the model that it loads (`registry.identity`)."""
        ...

    @property
    def passed_over(self) -> tuple[str, ...]:
        """Why it is not another: a sentence for each engine that would have come before it."""
        ...


class EngineHandle(Chosen, Protocol):
    """An engine chosen for this task, at work in its own process."""

    def call(self, method: str, /, **arguments: Any) -> Any:
        """Call a method of the engine's contract by keyword; leave out `report`, which feeds the stage's progress.

        Arguments and the answer are the contract's own types (values, paths, plain JSON).
        Raises EngineFailure, StageTimeout, HostDied (retryable) or Cancelled.
        """
        ...


AnyEngine_co = TypeVar("AnyEngine_co", bound=Chosen, covariant=True)


class ReuseContext(Protocol[AnyEngine_co]):
    """What is asked before it is clear whether a stage has to be done."""

    @property
    def settings(self) -> StageSettings: ...

    def engine(
        self,
        capability: Capability,
        wanted: str | None = None,
        *,
        language: str | None = None,
        pair: tuple[str, str] | None = None,
        quality: Quality | None = None,
    ) -> AnyEngine_co | Readiness:
        """The engine to use (task's wish → server default → best rank), or why there is none and the cure."""
        ...

    def terms(self, dictionary_ids: tuple[int, ...], source: int, target: int) -> tuple[tuple[str, str], ...]:
        """Dictionary entries `(source text, target text)` for two language ids."""
        ...


class StageContext(ReuseContext[EngineHandle], Protocol):
    @property
    def task_id(self) -> str: ...

    @property
    def team_id(self) -> int: ...

    @property
    def created_at(self) -> datetime:
        """When the task was accepted (UTC): the only time a product may carry, so that a stage run twice agrees."""
        ...

    def isolated(self, function: str, /, **arguments: Any) -> Any:
        """Run `package.module:function` on JSON-able values and paths in a killable host process with limits.

        The function may take `report: Report`. Its type hints say how arguments and answer travel.
        """
        ...

    def scratch(self) -> Path:
        """An empty folder of this stage, removed when it ends."""
        ...

    def put(self, path: Path, *, name: str, media_type: str) -> Artifact:
        """Keep a file for good, under its SHA-256. The file may be moved away. Raises StorageFull."""
        ...

    def check_room(self, more: int) -> None:
        """Raise StageFailure (PAYMENT_REQUIRED) where the team's quota does not hold so many bytes more."""
        ...

    def open(self, artifact: Artifact) -> Path:
        """A local, read-only path of an artifact's bytes."""
        ...

    def upload(self, media_url: str) -> Artifact:
        """An `upload://` of this team, under its file name. Raises SourceFailure (SOURCE_NOT_FOUND)."""
        ...

    def adopt(self, kept: Artifact, *, name: str, media_type: str) -> Artifact | None:
        """Keep what this team has kept already, as this task's, without reading it; None where its bytes are gone."""
        ...

    def earlier(self, gives: type[Output]) -> Earlier[Output] | None:
        """For a stage that asks (`Reuse.asks`): what was given the last time. Its bytes may be gone (see `adopt`)."""
        ...

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
        """A piece of the stage's work that is taken over by itself: what `make` gives, or gave for another task.

        decides: JSON of all that decides on it. version: raised when `make` gives something else for the same.
        worth_keeping: false for what may come out better another time.
        """
        ...

    def progress(self, fraction: float) -> None:
        """How far this stage is, 0.0–1.0."""
        ...

    def portion(self, start: float, end: float) -> AbstractContextManager[None]:
        """Within the block, reports of engines and isolated functions count from `start` to `end` of the stage."""
        ...

    def check(self) -> None:
        """Raise Cancelled when the task was cancelled. Long loops of a stage call it."""
        ...


class StageSettings(Protocol):
    """Server-wide limits that stages obey."""

    @property
    def max_media_bytes(self) -> int: ...

    @property
    def max_media_seconds(self) -> float: ...

    @property
    def video_proxy(self) -> bool:
        """Whether a video that browsers do not play gets a proxy that they do."""
        ...

    @property
    def proxy_transcode_seconds(self) -> float:
        """Longest video whose pictures are encoded anew for it."""
        ...

    @property
    def fetch_allow(self) -> tuple[str, ...]: ...

    @property
    def fetch_timeout_seconds(self) -> float: ...

    @property
    def drive_url(self) -> str:
        """Where Google Drive answers."""
        ...

    @property
    def engines(self) -> Mapping[str, str]: ...
