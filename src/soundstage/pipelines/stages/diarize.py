"""Diarize: who speaks when."""

from __future__ import annotations

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.speaker import Speaker
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization, DiarizationOptions
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.absence import absence
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.documents import put_document
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio
from soundstage.pipelines.wording import clock, counted, listed


class Diarized(Value):
    """`diarization` is a document of the contract's `Diarization`; None where no engine tells speakers apart."""

    diarization: Artifact | None = None


class DiarizeFindings(Value):
    engine: str
    speakers: tuple[Speaker, ...]
    turns: int


def diarize(context: StageContext, request: ProjectSetupRequest, decoded: DecodedAudio) -> Outcome[Diarized]:
    engine = context.engine(Capability.DIARIZATION, request.engines.get(Capability.DIARIZATION))
    if isinstance(engine, Readiness):
        missing = absence(Capability.DIARIZATION, engine, "Speakers are not told apart: no segment has a speaker")
        return Outcome(output=Diarized(), findings=missing, summary=missing.summary, skipped=True)
    options = DiarizationOptions(min_speakers=request.min_speakers, max_speakers=request.max_speakers)
    with context.portion(0.0, 0.98):
        found: Diarization = engine.call("diarize", audio=context.open(decoded.analysis), options=options)
    airtimes = [f"{speaker.name} {clock(speaker.airtime_ms)}" for speaker in found.speakers]
    return Outcome(
        output=Diarized(diarization=put_document(context, found, "diarization.json")),
        findings=DiarizeFindings(engine=engine.spec.name, speakers=found.speakers, turns=len(found.turns)),
        summary=f"Heard {counted(len(found.speakers), 'speaker')} in {counted(len(found.turns), 'turn')}"
        + (f": {listed(airtimes)}." if airtimes else "."),
        engine=engine.spec.name,
        device=engine.spec.devices[0],
        media_seconds=decoded.duration_ms / 1000,
    )
