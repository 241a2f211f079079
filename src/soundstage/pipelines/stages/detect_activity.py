"""Detect activity: where there is speech, singing and music."""

from __future__ import annotations

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.timing import Span, total_ms
from soundstage.domain.value import Milliseconds, Share, Value
from soundstage.engines.activity.contract import Activity
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.absence import absence
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.documents import put_document
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.wording import clock, counted, listed, percent


class DetectedActivity(Value):
    """`activity` is a document of the contract's `Activity`; None where no engine looked."""

    activity: Artifact | None = None


class Heard(Value):
    """How much of a kind there is: `share` of the whole length, in how many spans."""

    duration_ms: Milliseconds
    share: Share
    spans: int


class ActivityFindings(Value):
    """The kinds may overlap: singing over music counts as both."""

    engine: str
    speech: Heard
    singing: Heard
    music: Heard


def detect_activity(
    context: StageContext, request: ProjectSetupRequest, decoded: DecodedAudio
) -> Outcome[DetectedActivity]:
    engine = context.engine(Capability.ACTIVITY, request.engines.get(Capability.ACTIVITY))
    if isinstance(engine, Readiness):
        missing = absence(Capability.ACTIVITY, engine, "The whole length is listened to for words")
        return Outcome(output=DetectedActivity(), findings=missing, summary=missing.summary, skipped=True)
    with context.portion(0.0, 0.98):
        activity: Activity = engine.call("detect", audio=context.open(decoded.analysis))
    findings = ActivityFindings(
        engine=engine.spec.name,
        speech=_heard(activity.speech, decoded.duration_ms),
        singing=_heard(activity.singing, decoded.duration_ms),
        music=_heard(activity.music, decoded.duration_ms),
    )
    return Outcome(
        output=DetectedActivity(activity=put_document(context, activity, "activity.json")),
        findings=findings,
        summary=_summary(findings, decoded.duration_ms),
        engine=engine.spec.name,
        device=engine.spec.devices[0],
        media_seconds=decoded.duration_ms / 1000,
    )


def _heard(spans: tuple[Span, ...], duration_ms: int) -> Heard:
    covered = min(total_ms(spans), duration_ms)  # the last window of a detector may reach past the end
    return Heard(duration_ms=covered, share=round(covered / duration_ms, 4), spans=len(spans))


def _summary(findings: ActivityFindings, duration_ms: int) -> str:
    kinds = (("speech", findings.speech), ("singing", findings.singing), ("music", findings.music))
    heard = [
        f"{clock(kind.duration_ms)} of {name} ({percent(kind.share)}, in {counted(kind.spans, 'span')})"
        for name, kind in kinds
        if kind.spans
    ]
    if not heard:
        return f"Neither speech nor singing nor music in {clock(duration_ms)}."
    missing = [name for name, kind in kinds if not kind.spans]
    rest = f"; no {' and no '.join(missing)}" if missing else ""
    return f"Found {listed(heard)}{rest}."
