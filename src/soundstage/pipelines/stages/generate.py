"""Generate: the engine makes the sound, exactly as many frames as were asked for."""

from __future__ import annotations

import time

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import Seed, TextToSoundRequest
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE, Generated, SoundOrder
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.understand import Understood, sound_engine


class GeneratedSound(Value):
    """`audio`: stereo float32 WAV at 44.1 kHz, as the engine left it; and who made it, for the recipe."""

    audio: Artifact
    frames: int
    engine: str
    engine_version: str
    licence: str


class GenerateFindings(Value):
    """Levels in dBFS. `speed` is seconds of sound made in a second; `notes` are the engine's own."""

    engine: str
    engine_version: str
    licence: str
    seed: Seed
    frames: int
    seconds: float
    peak_dbfs: float
    rms_dbfs: float
    speed: float
    notes: tuple[str, ...]


def frames_of(duration: float) -> int:
    """Frames at 44.1 kHz of a length in seconds, at least one."""
    return max(1, round(duration * SAMPLE_RATE))


def generate(context: StageContext, request: TextToSoundRequest, understood: Understood) -> Outcome[GeneratedSound]:
    handle = sound_engine(context, understood.engine)
    spec = handle.spec
    output = context.scratch() / "raw.wav"
    frames = frames_of(request.duration)
    order = SoundOrder(
        prompt=request.prompt,
        plan=understood.plan,
        audio_type=request.audio_type,
        frames=frames,
        seed=request.seed,
    )
    began = time.monotonic()
    made: Generated = handle.call("generate", order=order, output=output)
    took = max(time.monotonic() - began, 1e-3)
    if made.frames != frames:
        raise EngineFailure(f"{spec.name} made {made.frames:,} frames instead of {frames:,}. Use another engine.")
    seconds = frames / SAMPLE_RATE
    return Outcome(
        output=GeneratedSound(
            audio=context.put(output, name="raw.wav", media_type="audio/wav"),
            frames=frames,
            engine=spec.name,
            engine_version=spec.version,
            licence=spec.licence,
        ),
        findings=GenerateFindings(
            engine=spec.name,
            engine_version=spec.version,
            licence=spec.licence,
            seed=request.seed,
            frames=frames,
            seconds=round(seconds, 3),
            peak_dbfs=made.peak_dbfs,
            rms_dbfs=made.rms_dbfs,
            speed=round(seconds / took, 1),
            notes=made.notes,
        ),
        summary=f"Made {seconds:.2f} s with {spec.title} {spec.version}, seed {request.seed}, in {took:.2f} s.",
        engine=spec.name,
        device=spec.devices[0],
        media_seconds=seconds,
    )
