"""Separate: speech and background out of the mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.absence import absence
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio

if TYPE_CHECKING:
    from soundstage.engines.separation.contract import Stems


class Separated(Value):
    """The stems (FLAC 48 kHz stereo), or nothing where no engine separates."""

    speech: Artifact | None = None
    background: Artifact | None = None


class SeparateFindings(Value):
    """Levels in dBFS RMS."""

    engine: str
    speech_dbfs: float
    background_dbfs: float


def separate(context: StageContext, request: ProjectSetupRequest, decoded: DecodedAudio) -> Outcome[Separated]:
    engine = context.engine(Capability.SEPARATION, request.engines.get(Capability.SEPARATION))
    if isinstance(engine, Readiness):
        missing = absence(
            Capability.SEPARATION, engine, "The mix stays whole: there are no speech and background tracks"
        )
        return Outcome(output=Separated(), findings=missing, summary=missing.summary, skipped=True)
    scratch = context.scratch()
    speech, background = scratch / "speech.flac", scratch / "background.flac"
    with context.portion(0.0, 0.95):
        stems: Stems = engine.call("separate", mix=context.open(decoded.source), speech=speech, background=background)
    return Outcome(
        output=Separated(
            speech=context.put(speech, name="speech.flac", media_type="audio/flac"),
            background=context.put(background, name="background.flac", media_type="audio/flac"),
        ),
        findings=SeparateFindings(
            engine=engine.spec.name, speech_dbfs=stems.speech_dbfs, background_dbfs=stems.background_dbfs
        ),
        summary=f"Parted speech ({stems.speech_dbfs:.1f} dBFS) from background ({stems.background_dbfs:.1f} dBFS).",
        engine=engine.spec.name,
        device=engine.spec.devices[0],
        media_seconds=decoded.duration_ms / 1000,
    )
