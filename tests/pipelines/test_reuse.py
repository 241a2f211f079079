"""The key by which a stage's result is found again: all that decides on it, and nothing else."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from soundstage.domain.artifact import Artifact
from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.media.validators import Validators
from soundstage.pipelines import translation_by_language
from soundstage.pipelines.project_setup import PIPELINE
from soundstage.pipelines.reuse import reuse_key
from soundstage.pipelines.stage import REQUEST, Stage
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.stages.detect_activity import DetectedActivity
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.probe import Probed
from soundstage.pipelines.stages.segment import Segmented
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed

REUSED = "probe decode separate detect_activity diarize transcribe segment translate".split()  # noqa: SIM905
# Fields that name the project, choose engines (which are in each key themselves), or say how all of it is done.
ELSEWHERE = {"project_name", "project_description", "folder_id", "add_output_as_an_audio_track", "engines"} | {
    "options",
    "reuse",
    "basis",
    "stop_after",
    "passed",
}


def file_of(content: str, name: str = "a") -> Artifact:
    return Artifact(sha256=content * 64, bytes=1, media_type="audio/wav", name=name)


AUDIO = Stream(index=0, kind=StreamKind.AUDIO, codec="flac", audio_index=0)
MEDIA = MediaInfo(container="flac", duration_ms=10, bytes=1, bit_rate=None, streams=(AUDIO,))
TAKEN: dict[str, Value] = {
    "ingest": Ingested(source=file_of("1", "original.flac"), file_name="talk.flac"),
    "probe": Probed(media=MEDIA, chosen=(AUDIO,)),
    "decode": DecodedAudio(source=file_of("2"), analysis=file_of("3"), peaks=file_of("4"), duration_ms=10),
    "separate": Separated(),
    "detect_activity": DetectedActivity(activity=file_of("5")),
    "diarize": Diarized(diarization=file_of("6")),
    "transcribe": Transcribed(transcript=file_of("7"), language="en"),
    "segment": Segmented(segments=file_of("8"), count=3),
}


@pytest.fixture
def key(make_context, engine, request_for) -> Callable[..., str | None]:
    """`key(stage, **changes)`: of a request, of `taken` outputs, of `specs`, of `settings`, of a `dictionary`."""
    usual = [engine(capability, "nowhere:load", name=f"a-{capability}") for capability in Capability]

    def of(stage: str | Stage, taken: dict[str, Value] | None = None, specs: Any = None, **changes: Any) -> str | None:
        settings = {name: changes.pop(name) for name in ("max_media_seconds", "dictionary") if name in changes}
        context = make_context(specs=usual if specs is None else specs(usual), **settings)
        found = PIPELINE.stage(stage) if isinstance(stage, str) else stage
        return reuse_key(context, found, TAKEN | {REQUEST: request_for(**changes)} | (taken or {}))

    return of


def test_the_same_gives_the_same_key_and_every_stage_another(key) -> None:
    keys = [key(stage) for stage in REUSED]
    assert keys == [key(stage) for stage in REUSED]
    assert len({*keys, key("ingest")}) == len(REUSED) + 1
    assert all(re.fullmatch("[0-9a-f]{64}", one) for one in keys)
    assert key("prepare") is None, "the project is each task's own"


@pytest.mark.parametrize(
    ("stages", "changes"),
    [
        ("ingest", {"media_url": "upload://other"}),
        ("probe", {"selected_audio_tracks": (0,)}),
        ("probe transcribe translate", {"source_language": 1}),
        ("probe decode", {"max_media_seconds": 5.0}),
        ("separate", {"options": {"separate": {"quality": "best"}}}),
        ("diarize", {"min_speakers": 2}),
        ("diarize", {"max_speakers": 2}),
        ("translate", {"target_languages": (76,)}),
        ("translate", {"chosen_dictionaries": (1,), "dictionary": (("stage", "Bühne"),)}),
        ("", {"project_name": "Another", "folder_id": 3, "reuse": False}),
        ("probe", {"taken": {"ingest": Ingested(source=file_of("1", "original.ogg"), file_name="talk.ogg")}}),
        ("probe decode", {"taken": {"ingest": Ingested(source=file_of("9"), file_name="talk.flac")}}),
        ("transcribe", {"taken": {"separate": Separated(analysis=file_of("9"))}}),
        ("translate segment", {"taken": {"transcribe": Transcribed(transcript=file_of("9"), language="en")}}),
        (
            "",
            {
                "taken": {
                    "ingest": Ingested(
                        source=file_of("1", "renamed.flac"), file_name="talk.flac", web=Validators(url_sha256="0" * 64)
                    ),
                    "diarize": Diarized(diarization=file_of("6", "renamed.json")),
                }
            },
        ),
    ],
)
def test_a_change_alters_the_keys_of_those_that_look_at_it(key, stages: str, changes: dict[str, Any]) -> None:
    altered = [stage for stage in ["ingest", *REUSED] if key(stage, **changes) != key(stage)]
    assert sorted(altered) == sorted(stages.split())


def test_the_engine_decides_by_name_version_and_model(key) -> None:
    def with_separation(**fields: Any) -> str | None:
        return key(
            "separate",
            specs=lambda usual: [
                replace(spec, **fields) if spec.capability is Capability.SEPARATION else spec for spec in usual
            ],
        )

    keys = [
        with_separation(),
        with_separation(name="another"),
        with_separation(version="2"),
        with_separation(model=lambda _settings: "revision 2"),
    ]
    assert len(set(keys)) == 4
    assert key("separate") == keys[0] == with_separation(title="Renamed", rank=3, memory_mb=1)
    assert with_separation(check=lambda _settings: Readiness.no("no weights", "pull them")) is None
    assert key("separate", engines={"separation": "unknown"}) is None
    assert key("translate", specs=lambda _usual: []) is None, "what lacked an engine is never taken over"
    assert key("segment", specs=lambda _usual: []) is not None


def test_a_raised_version_alters_the_key(key) -> None:
    stage = PIPELINE.stage("decode")
    assert key(replace(stage, version=stage.version + 1)) != key(stage)


WITH = {"translate": (translation_by_language,)}  # modules that look at the request for a stage


def test_every_field_that_a_stage_looks_at_is_in_its_key() -> None:
    """Whoever adds a field to the request, or looks at one in a stage, is told to put it into the stage's `Reuse`."""
    named: set[str] = set()
    for stage in PIPELINE.stages:
        if stage.reuse is None:
            continue
        modules = [inspect.getmodule(stage.run) or Stage, *WITH.get(stage.name, ())]
        looked_at = {name for one in modules for name in re.findall(r"\brequest\.(\w+)", inspect.getsource(one))}
        named |= {*stage.reuse.request, *looked_at}
        through_also = {"chosen_dictionaries"} if stage.reuse.also else set()
        assert looked_at - {"engines", "options"} - through_also <= set(stage.reuse.request), stage.name
    assert ProjectSetupRequest.model_fields.keys() - named <= ELSEWHERE
