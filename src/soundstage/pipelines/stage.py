"""A stage as a pipeline lists it, and what a stage gives back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from soundstage.domain.task import TaskKind
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability
from soundstage.errors import SoundstageError
from soundstage.pipelines.reuse import Reuse

Output = TypeVar("Output", bound=Value)

REQUEST = "request"  # in `takes`: the task's validated parameters


@dataclass(frozen=True)
class Outcome(Generic[Output]):
    """What a stage did.

    output: handed to later stages and kept (JSON, small; bulk goes through artifacts).
    findings: a small typed object shown in the status.
    summary: one sentence for a person.
    skipped: the stage had nothing to do or nothing to do it with; the summary says why and the findings the cure.
    engine, device, media_seconds: for the ETA's history, where an engine did the work.
    taken_over_from: the task whose result this is again, where nothing was done (see `StageContext.earlier`).
    """

    output: Output
    findings: Value
    summary: str
    skipped: bool = False
    engine: str = ""
    device: str = "cpu"
    media_seconds: float = 0.0
    taken_over_from: str | None = None


@dataclass(frozen=True)
class Stage:
    """One verb of a pipeline.

    run: `(context, *taken) -> Outcome`, a plain function.
    takes: names of earlier stages (or `REQUEST`) whose outputs `run` is given, in order.
    may_take: names of what `run` is given after these, None where it is not there; nothing waits for it.
    gives: the model of its output.
    weight: its part of the task's overall progress, relative to the other stages.
    capability: what it needs of an engine, so that a dry run can tell whether there is one.
    limit_seconds: fixed part of its time limit; `limit_per_media_second` is added for each second of media.
    version: raised when it gives something else for the same input, so that nothing older is taken over.
    stops: a task may be asked to stop once it is over, for a person to look at what there is.
    reuse: what decides on what it gives, beside that; where a task of the same team gave it for all the same, it is
        taken over and nothing is done. None: it is done each time.
    """

    name: str
    title: str
    run: Callable[..., Outcome[Any]]
    takes: tuple[str, ...]
    gives: type[Value]
    weight: float = 1.0
    capability: Capability | None = None
    limit_seconds: float = 60.0
    limit_per_media_second: float = 0.0
    version: int = 1
    reuse: Reuse | None = None
    may_take: tuple[str, ...] = ()
    stops: bool = False


@dataclass(frozen=True)
class Pipeline:
    """The ordered plan of a kind of task. The last stage's output is the product of the run: it waits for all others.

    generation: raised when stages change so that tasks begun before cannot go on.
    lane: the queue it waits in; a short kind never waits behind a long one.
    draft: makes the product of a task that stops halfway, of what there is (`may_take`); no stage of the plan.
    """

    kind: TaskKind
    request: type[Value]
    stages: tuple[Stage, ...]
    lane: str
    generation: int = 1
    draft: Stage | None = None

    @property
    def stops(self) -> tuple[str, ...]:
        """Stages after which a task may be asked to stop; none without a draft."""
        return () if self.draft is None else tuple(stage.name for stage in self.stages if stage.stops)

    @property
    def product(self) -> type[Value]:
        return self.stages[-1].gives

    @property
    def waits(self) -> Mapping[str, tuple[str, ...]]:
        """For each stage those it waits for; two that wait for neither each other run side by side."""
        return {stage.name: tuple(name for name in stage.takes if name != REQUEST) for stage in self.stages}

    def following(self, name: str) -> tuple[str, ...]:
        """A stage and all that take, directly or not, what it gives; in the pipeline's order."""
        found = {name}
        for stage, waits in self.waits.items():  # a stage comes after all that it takes
            if found & set(waits):
                found.add(stage)
        return tuple(stage.name for stage in self.stages if stage.name in found)

    def stage(self, name: str) -> Stage:
        if self.draft is not None and self.draft.name == name:
            return self.draft
        for stage in self.stages:
            if stage.name == name:
                return stage
        raise SoundstageError(f"pipeline {self.kind} has no stage {name!r}")


@dataclass(frozen=True)
class Pipelines:
    """Every pipeline by the kind of task it serves."""

    by_kind: dict[TaskKind, Pipeline] = field(default_factory=dict)

    def __getitem__(self, kind: TaskKind) -> Pipeline:
        return self.by_kind[kind]
