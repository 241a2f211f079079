"""What a task would do, before it is asked for: engines, missing things, time, disk."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any

from soundstage.domain.account import Scope
from soundstage.domain.language import BY_ID
from soundstage.domain.media import MediaInfo
from soundstage.domain.options import Quality, SeparationQuality
from soundstage.domain.request import ProjectImportRequest, ProjectSetupRequest, TaskRequest, TextToSoundRequest
from soundstage.domain.task import StageState, TaskKind
from soundstage.engines.registry import Registry, default_engine
from soundstage.engines.spec import Capability, Readiness
from soundstage.errors import LimitReached, SoundstageError
from soundstage.pipelines.stage import Pipelines, Stage
from soundstage.runtime import eta
from soundstage.runtime.statuses import waiting_statuses
from soundstage.services.actor import Actor
from soundstage.services.foreseeing import NOTHING, Foreseeing, Foreseen
from soundstage.services.media_look import MediaLook
from soundstage.storage import stage_history
from soundstage.storage.database import Database

SOUND_BYTES = 44_100 * 2 * (2 + 4 + 4)  # a second: the WAV, and the raw takes before and after mastering
STEMS = 5  # that music may have: as many files more as these
LOOKS_AT_ONCE = 6  # each may hold a thread of the server for as long


@dataclass(frozen=True)
class StagePlan:
    """`engine` is None where the stage needs none or has none; `cure` says what helps when it is not ready."""

    name: str
    engine: str | None
    ready: bool
    cure: str | None


@dataclass(frozen=True)
class DryRun:
    """`valid`: the task would be done. Unknown is None; `warnings` are sentences."""

    valid: bool
    media: MediaInfo | None
    stages: tuple[StagePlan, ...]
    eta_range_seconds: tuple[float, float] | None
    disk_bytes: int | None
    warnings: tuple[str, ...]


class DryRunService:
    """Tells the plan of a create; `look` looks at the media of a set-up."""

    def __init__(
        self,
        database: Database,
        pipelines: Pipelines,
        registry: Registry,
        *,
        engines: Mapping[str, str],
        engine_settings: Mapping[str, Any],
        look: MediaLook,
        foreseeing: Foreseeing,
    ) -> None:
        self._database = database
        self._pipelines = pipelines
        self._registry = registry
        self._engines = engines
        self._engine_settings = engine_settings
        self._look = look
        self._foreseeing = foreseeing
        self._looks = threading.BoundedSemaphore(LOOKS_AT_ONCE)

    def plan(self, actor: Actor, kind: TaskKind, request: TaskRequest) -> DryRun:
        """Look without doing: reads at most 16 MB of the media within 20 s and starts no task.

        Raises Forbidden, and LimitReached while too many others look.
        """
        actor.require(Scope.WRITE)
        if not self._looks.acquire(blocking=False):
            raise LimitReached("too many dry runs at once; try again in a moment", retry_after=5)
        try:
            return self._plan(actor, kind, request)
        finally:
            self._looks.release()

    def plan_rerun(self, request: ProjectSetupRequest, redone: Collection[str], seconds: float) -> DryRun:
        """What a re-run would do: its stages alone. The media is known, so nothing is read."""
        return self._answer(TaskKind.PROJECT_SETUP, request.engines, request, seconds, redone)

    def _plan(self, actor: Actor, kind: TaskKind, request: TaskRequest) -> DryRun:
        if isinstance(request, TextToSoundRequest):
            wanted = {Capability.SOUND.value: request.engine} if request.engine else {}
            seconds = request.duration * request.variations
            plan = self._answer(kind, wanted, None, seconds)
            more = 1 + (STEMS if request.stems else 0)
            return replace(plan, disk_bytes=round(seconds * SOUND_BYTES * more))
        if isinstance(request, ProjectImportRequest):
            return self._plan_import(actor, kind, request)
        look = self._look.look(actor, request)
        foreseen = self._foreseeing.foresee(actor, self._pipelines[kind], request)
        plan = self._answer(kind, request.engines, request, look.seconds, foreseen=foreseen)
        stems = any(stage.name == "separate" and stage.engine for stage in plan.stages)
        problems = () if look.problem is None else (look.problem,)
        return replace(
            plan,
            valid=look.problem is None and plan.valid,
            media=look.media,
            disk_bytes=self._look.disk_bytes(look, request, stems=stems),
            warnings=(*problems, *_transcript_warnings(request, look.seconds), *plan.warnings),
        )

    def _plan_import(self, actor: Actor, kind: TaskKind, request: ProjectImportRequest) -> DryRun:
        """By the file's directory and manifest; the content is checked by the task."""
        try:
            manifest = self._look.project_file(actor, request.media_url)
        except SoundstageError as error:
            return replace(self._answer(kind, {}, None, None), valid=False, warnings=(error.message,))
        absent = manifest.media is not None and not manifest.media.included
        told = ("the file holds a reference to its media, not the media",) if absent else ()
        return replace(self._answer(kind, {}, None, None), disk_bytes=manifest.bytes, warnings=told)

    def _answer(
        self,
        kind: TaskKind,
        wanted: Mapping[str, str],
        request: ProjectSetupRequest | None,
        seconds: float | None,
        redone: Collection[str] | None = None,
        foreseen: Foreseen = NOTHING,
    ) -> DryRun:
        pipeline = self._pipelines[kind]
        warnings = list(_language_warnings(request))
        plans, statuses = [], []
        for stage, status in zip(pipeline.stages, waiting_statuses(pipeline), strict=True):
            if redone is not None and stage.name not in redone:
                statuses.append(status.model_copy(update={"state": StageState.DONE, "progress": 1.0}))
                continue
            statuses.append(status)
            plan, told = self._stage(stage, wanted.get(stage.capability.value) if stage.capability else None, request)
            plans.append(plan)
            warnings.extend(told)
        with self._database.read() as connection:
            history = stage_history.recent(connection, kind, tuple(stage.name for stage in pipeline.stages))
        left = tuple(status for status in statuses if status.name not in foreseen.stages)
        expected = eta.estimate(left, pipeline.waits, history, seconds)
        needed = kind is not TaskKind.TEXT_TO_SOUND or all(plan.ready for plan in plans)
        return DryRun(
            valid=needed,
            media=None,
            stages=tuple(plans),
            eta_range_seconds=None if expected is None else (expected.low, expected.high),
            disk_bytes=None,
            warnings=(*warnings, *((foreseen.told,) if foreseen.told else ())),
        )

    def _stage(
        self, stage: Stage, wanted: str | None, request: ProjectSetupRequest | None
    ) -> tuple[StagePlan, tuple[str, ...]]:
        if stage.capability is None:
            return StagePlan(stage.name, None, ready=True, cure=None), ()
        if stage.capability is Capability.TRANSLATION and request is not None:
            return self._translation(stage, wanted, request)
        source = BY_ID[request.source_language].code if request and request.source_language else None
        quality = request.options.separate.quality if request and stage.capability is Capability.SEPARATION else None
        if quality is SeparationQuality.NONE:
            return StagePlan(stage.name, None, ready=True, cure=None), ()
        language = source if stage.capability is Capability.TRANSCRIPTION else None
        found = self._resolve(
            stage.capability, wanted, language=language, quality=None if quality is None else Quality(quality)
        )
        if isinstance(found, Readiness):
            if stage.capability is Capability.TRANSCRIPTION and request and request.source_transcript:
                told = f"the times of words would be spread by length, not heard: {found.problem}. {found.cure}."
                return StagePlan(stage.name, None, ready=True, cure=found.cure), (told,)
            told = f"{stage.name} would be skipped: {found.problem}. {found.cure}."
            return StagePlan(stage.name, None, ready=False, cure=found.cure), (told,)
        return StagePlan(stage.name, found.name, ready=True, cure=None), ()

    def _translation(
        self, stage: Stage, wanted: str | None, request: ProjectSetupRequest
    ) -> tuple[StagePlan, tuple[str, ...]]:
        """Ready when every target has an engine; each that has none is a warning with its cure, not a refusal."""
        if request.source_language is None:
            found = self._resolve(Capability.TRANSLATION, wanted)
            told = ("the source language is not known yet: which engine translates is decided once it is heard",)
            if isinstance(found, Readiness):
                return StagePlan(stage.name, None, ready=False, cure=found.cure), told
            return StagePlan(stage.name, None, ready=True, cure=None), told
        source = BY_ID[request.source_language]
        engines, cures, warnings = [], [], []
        for target in (BY_ID[target] for target in request.target_languages):
            if target.code == source.code:
                continue
            found = self._resolve(Capability.TRANSLATION, wanted, pair=(source.code, target.code))
            if isinstance(found, Readiness):
                cures.append(found.cure or "")
                warnings.append(
                    f"no engine translates {source.name} into {target.name}: {found.problem}. {found.cure}."
                )
            else:
                engines.append(found.name)
        engine = ", ".join(dict.fromkeys(engines)) or None
        return StagePlan(stage.name, engine, ready=not cures, cure=cures[0] if cures else None), tuple(warnings)

    def _resolve(self, capability: Capability, wanted: str | None, **fit: Any) -> Any:
        default = default_engine(self._engines, capability, fit.get("pair"))
        return self._registry.resolve(capability, wanted, default, self._engine_settings, **fit)


def _transcript_warnings(request: ProjectSetupRequest, seconds: float | None) -> tuple[str, ...]:
    brought = request.source_transcript
    if brought is None or seconds is None or brought.ends_at_ms <= seconds * 1000:
        return ()
    return (
        f"the transcript goes on to {brought.ends_at_ms / 1000:.1f} s but the media ends at {seconds:.1f} s: "
        "cues after that are left out; check that the two belong together",
    )


def _language_warnings(request: ProjectSetupRequest | None) -> tuple[str, ...]:
    if request is None or request.source_language is None:
        return ()
    same = [BY_ID[target].tag for target in request.target_languages if target == request.source_language]
    return tuple(f"{tag} is both source and target: its lines are copied, not translated" for tag in same)
