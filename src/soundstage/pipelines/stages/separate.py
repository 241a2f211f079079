"""Separate: speech and background out of the mix."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from soundstage.domain.artifact import Artifact
from soundstage.domain.options import Quality, SeparationQuality
from soundstage.domain.request import KeptStems, ProjectSetupRequest
from soundstage.domain.value import Value
from soundstage.engines.separation.contract import Stems
from soundstage.engines.spec import Capability, Readiness
from soundstage.errors import StageFailure
from soundstage.pipelines.absence import absence, came_without, not_wanted
from soundstage.pipelines.context import AnyEngine_co, EngineHandle, ReuseContext, StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.decode import DecodedAudio

# Words are understood better from the speech while there is something to take away: without any music (28 dB between
# the stems) 3.1 % of them are wrong from the stem, from the mix 2.5 %.
_CLEAR_DB = 20.0
# … with some of the background left, for masks tear holes that a transcriber stumbles over. Of 800 words over music at
# 0, 5 and 10 dB 5.1, 2.5 and 2.1 % are wrong from the mix, 3.1, 1.8 and 1.5 % so: docs/decisions/0029.
_UNDERNEATH = 0.25
_NO_SPEECH_DBFS = -60.0
_WITHOUT = "The mix stays whole: there are no speech and background tracks"


class Separated(Value):
    """The stems (FLAC 48 kHz stereo), or nothing where no engine separates.

    `analysis`: the speech as engines listen to it (WAV 16 kHz mono 16-bit), where it is better heard than the mix: the
    stem with a quarter of the background under it.
    """

    speech: Artifact | None = None
    background: Artifact | None = None
    analysis: Artifact | None = None


class SeparateFindings(Value):
    """Levels in dBFS RMS; `speech_to_background_db` is how far speech stands above the background.

    `listened_to`: what is transcribed, the `mix` or the `speech`: its stem with a quarter of the background under it.
    `quality`: how it was done in the end. `engine` and `quality` are None of stems that came with a project file.
    """

    engine: str | None
    speech_dbfs: float
    background_dbfs: float
    speech_to_background_db: float
    listened_to: Literal["speech", "mix"]
    quality: Quality | None


def separate(context: StageContext, request: ProjectSetupRequest, decoded: DecodedAudio) -> Outcome[Separated]:
    if request.stems is not None:
        return _came_along(context, request.stems, decoded)
    asked = request.options.separate.quality
    if asked is SeparationQuality.NONE:
        left = not_wanted(Capability.SEPARATION, f"separate.quality={asked}", _WITHOUT)
        return Outcome(output=Separated(), findings=left, summary=left.summary, skipped=True)
    wish = Quality.FAST if asked is None else Quality(asked)
    (engine,) = separation_engines(context, request)
    if isinstance(engine, Readiness):
        missing = absence(Capability.SEPARATION, engine, _WITHOUT)
        return Outcome(output=Separated(), findings=missing, summary=missing.summary, skipped=True)
    scratch = context.scratch()
    speech, background = scratch / "speech.flac", scratch / "background.flac"
    with context.portion(0.0, 0.95):
        stems, quality = _stems(engine, wish, mix=context.open(decoded.source), speech=speech, background=background)
    analysis = _heard(context, stems, speech, background)
    return Outcome(
        output=Separated(
            speech=context.put(speech, name="speech.flac", media_type="audio/flac"),
            background=context.put(background, name="background.flac", media_type="audio/flac"),
            analysis=analysis,
        ),
        findings=_findings(stems, engine.spec.name, quality),
        summary=_summary(stems) + _shortfall(engine, asked, quality),
        engine=engine.spec.name,
        device=engine.spec.devices[0],
        media_seconds=decoded.duration_ms / 1000,
    )


def _came_along(context: StageContext, came: KeptStems, decoded: DecodedAudio) -> Outcome[Separated]:
    """The stems of the project as they are, and what is listened to made of them."""
    if came.speech is None or came.background is None:
        left = came_without(Capability.SEPARATION, _WITHOUT)
        return Outcome(output=Separated(), findings=left, summary=left.summary, skipped=True)
    speech, background = (
        context.adopt(stem, name=stem.name, media_type=stem.media_type) for stem in (came.speech, came.background)
    )
    if speech is None or background is None:
        raise StageFailure("The speech and background tracks of the project are no longer in the store.")
    paths = context.open(speech), context.open(background)
    levels = [context.isolated("soundstage.media.rms:rms_dbfs", path=path) for path in paths]
    stems = Stems(speech_dbfs=levels[0], background_dbfs=levels[1])
    return Outcome(
        output=Separated(speech=speech, background=background, analysis=_heard(context, stems, *paths)),
        findings=_findings(stems),
        summary=f"The tracks came with the project. {_summary(stems)}",
        media_seconds=decoded.duration_ms / 1000,
    )


def _heard(context: StageContext, stems: Stems, speech: Path, background: Path) -> Artifact | None:
    """What is transcribed instead of the mix, where that is better."""
    if not _clearer(stems):
        return None
    analysis = context.scratch() / "speech.wav"
    write_heard(context, speech, background, analysis)
    return context.put(analysis, name="speech.wav", media_type="audio/wav")


def _findings(stems: Stems, engine: str | None = None, quality: Quality | None = None) -> SeparateFindings:
    return SeparateFindings(
        engine=engine,
        speech_dbfs=stems.speech_dbfs,
        background_dbfs=stems.background_dbfs,
        speech_to_background_db=round(stems.speech_dbfs - stems.background_dbfs, 1),
        listened_to="speech" if _clearer(stems) else "mix",
        quality=quality,
    )


def separation_engines(
    context: ReuseContext[AnyEngine_co], request: ProjectSetupRequest, *_taken: Any
) -> tuple[AnyEngine_co | Readiness]:
    """The engine that separates, or why there is none."""
    asked = request.options.separate.quality
    quality = None if asked in (None, SeparationQuality.NONE) else Quality(asked)
    return (context.engine(Capability.SEPARATION, request.engines.get(Capability.SEPARATION), quality=quality),)


def _stems(engine: EngineHandle, wish: Quality, **paths: Path) -> tuple[Stems, Quality]:
    """The stems, and in which of the engine's ways they were made."""
    known = engine.spec.qualities
    quality = wish if wish in known else known[0]
    options = {"quality": quality} if known != (Quality.FAST,) else {}
    stems: Stems = engine.call("separate", **paths, **options)
    return stems, quality


def _shortfall(engine: EngineHandle, asked: SeparationQuality | None, quality: Quality) -> str:
    if asked is None or asked.value == quality.value:
        return ""
    return f" {engine.spec.name} knows no other way than {quality}, and no other engine here does {asked}."


def write_heard(context: StageContext, speech: Path, background: Path, output: Path) -> None:
    """The analysis track of the speech: its stem, with some of the background under it."""
    context.isolated(
        "soundstage.media.analysis_track:write_analysis",
        source=speech,
        output=output,
        background=background,
        share=_UNDERNEATH,
    )


def _clearer(stems: Stems) -> bool:
    """Whether the speech is better listened to than the mix."""
    above = stems.speech_dbfs - stems.background_dbfs
    return stems.speech_dbfs > _NO_SPEECH_DBFS and above < _CLEAR_DB


def _summary(stems: Stems) -> str:
    levels = f"Parted speech ({stems.speech_dbfs:.1f} dBFS) from background ({stems.background_dbfs:.1f} dBFS); "
    if stems.speech_dbfs <= _NO_SPEECH_DBFS:
        return levels + "there is hardly any speech, so what is transcribed is the mix."
    if not _clearer(stems):
        return levels + "the mix is clear enough to be transcribed."
    return levels + "the speech, with a quarter of the background, is transcribed."
