"""Encode: the finished WAV with its recipe inside, and its waveform for the eye."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage import __version__
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import Recipe, SoundProduct
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.errors import StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound
from soundstage.pipelines.stages.master import Mastered
from soundstage.pipelines.stages.understand import Understood
from soundstage.pipelines.wording import size

if TYPE_CHECKING:
    from soundstage.media.wav import WrittenWav


class EncodeFindings(Value):
    """The file as it is: 16-bit PCM with triangular dither, the recipe inside."""

    sample_rate: int
    channels: int
    bits: int
    frames: int
    seconds: float
    bytes: int
    sha256: str
    clipped_samples: int


def encode(
    context: StageContext,
    request: TextToSoundRequest,
    understood: Understood,
    generated: GeneratedSound,
    mastered: Mastered,
) -> Outcome[SoundProduct]:
    scratch = context.scratch()
    wav, peaks = scratch / "sound.wav", scratch / "peaks.bin"
    recipe = _recipe(request, understood, generated)
    with context.portion(0.0, 0.8):
        written: WrittenWav = context.isolated(
            "soundstage.media.wav:write_wav",
            samples=context.open(mastered.audio),
            output=wav,
            recipe_json=recipe.model_dump_json(),
            dither_seed=request.seed,
        )
    if written.frames != generated.frames:
        raise StageFailure(f"The file holds {written.frames:,} frames instead of {generated.frames:,}.")
    with context.portion(0.8, 1.0):
        context.isolated("soundstage.media.peaks:write_peaks", audio=wav, output=peaks)
    audio = context.put(wav, name="sound.wav", media_type="audio/wav")
    seconds = written.frames / written.sample_rate
    return Outcome(
        output=SoundProduct(
            audio=audio,
            recipe=recipe,
            duration_ms=max(1, round(seconds * 1000)),
            peaks=context.put(peaks, name="peaks.bin", media_type="application/octet-stream"),
        ),
        findings=EncodeFindings(
            sample_rate=written.sample_rate,
            channels=written.channels,
            bits=16,
            frames=written.frames,
            seconds=round(seconds, 3),
            bytes=audio.bytes,
            sha256=audio.sha256,
            clipped_samples=written.clipped_samples,
        ),
        summary=f"Wrote {seconds:.2f} s of 44.1 kHz stereo WAV, {size(audio.bytes)}, with its recipe inside.",
        media_seconds=seconds,
    )


def _recipe(request: TextToSoundRequest, understood: Understood, generated: GeneratedSound) -> Recipe:
    return Recipe(
        soundstage=__version__,
        engine=generated.engine,
        engine_version=generated.engine_version,
        prompt=request.prompt,
        seed=request.seed,
        duration=request.duration,
        frames=generated.frames,
        sample_rate=SAMPLE_RATE,
        audio_type=request.audio_type,
        plan=understood.plan.model_dump(mode="json"),
        licence=generated.licence,
    )
