"""Detect activity: seconds and shares of speech, singing and music."""

from __future__ import annotations

from pathlib import Path

from soundstage.domain.timing import Span
from soundstage.engines.activity.contract import Activity
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.stages.detect_activity import DetectedActivity, detect_activity

FOUND = Activity(
    speech=(Span(start_ms=1000, end_ms=3000), Span(start_ms=4000, end_ms=5000)),
    singing=(),
    music=(Span(start_ms=0, end_ms=10_016),),
)


class Ear:
    def __init__(self, found: Activity) -> None:
        self.found = found

    def detect(self, audio: Path, report: Report) -> Activity:
        return self.found


def load(_settings: dict[str, object]) -> Ear:
    return Ear(FOUND)


def load_deaf(_settings: dict[str, object]) -> Ear:
    return Ear(Activity(speech=(), singing=(), music=()))


def test_what_is_found_is_told(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.ACTIVITY, f"{__name__}:load")])
    outcome = detect_activity(context, request_for(), decoded_audio(context))
    assert (outcome.findings.speech.duration_ms, outcome.findings.speech.share) == (3000, 0.3)
    assert (outcome.findings.music.duration_ms, outcome.findings.music.share) == (10_000, 1.0)
    assert outcome.findings.singing.spans == 0
    assert outcome.summary == (
        "Found 3.0 s of speech (30 %, in 2 spans) and 10.0 s of music (100 %, in 1 span); no singing."
    )
    assert open_document(context, outcome.output.activity, Activity) == FOUND


def test_nothing_found_is_told(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.ACTIVITY, f"{__name__}:load_deaf")])
    outcome = detect_activity(context, request_for(), decoded_audio(context))
    assert not outcome.skipped
    assert outcome.summary == "Neither speech nor singing nor music in 10.0 s."


def test_without_an_engine_it_is_skipped(make_context, request_for, decoded_audio) -> None:
    context = make_context()
    outcome = detect_activity(context, request_for(), decoded_audio(context))
    assert outcome.skipped
    assert outcome.output == DetectedActivity()
    assert outcome.findings.cure
