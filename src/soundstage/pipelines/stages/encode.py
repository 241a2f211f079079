"""Encode: each take as a WAV with its recipe inside, its stems, and its waveform for the eye."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from soundstage import __version__
from soundstage.domain.artifact import Artifact
from soundstage.domain.request import TextToSoundRequest
from soundstage.domain.sound import Recipe, Seed, SoundProduct, SoundTake, Stem, seed_of
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.errors import StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound, RawTake
from soundstage.pipelines.stages.master import Mastered, MasteredTake
from soundstage.pipelines.stages.understand import Understood
from soundstage.pipelines.wording import size

if TYPE_CHECKING:
    from soundstage.media.wav import WrittenWav


class WrittenTake(Value):
    """A file as it is: 16-bit PCM with triangular dither, the recipe inside."""

    variation: int
    bytes: int
    sha256: str
    clipped_samples: int
    stems: tuple[str, ...]
    midi: bool


class EncodeFindings(Value):
    """What all files have in common, and each take's."""

    sample_rate: int
    channels: int
    bits: int
    frames: int
    seconds: float
    takes: tuple[WrittenTake, ...]


def encode(
    context: StageContext,
    request: TextToSoundRequest,
    understood: Understood,
    generated: GeneratedSound,
    mastered: Mastered,
) -> Outcome[SoundProduct]:
    takes, written = [], []
    for variation, (raw, done) in enumerate(zip(generated.takes, mastered.takes, strict=True)):
        recipe = _recipe(request, understood, generated, raw)
        with context.portion(variation / len(mastered.takes), (variation + 1) / len(mastered.takes)):
            take, clipped = _encode(context, variation, raw, done, recipe)
        takes.append(take)
        written.append(
            WrittenTake(
                variation=variation,
                bytes=take.audio.bytes,
                sha256=take.audio.sha256,
                clipped_samples=clipped,
                stems=tuple(stem.name for stem in take.stems),
                midi=take.midi is not None,
            )
        )
    seconds = generated.frames / SAMPLE_RATE
    return Outcome(
        output=SoundProduct(takes=tuple(takes), duration_ms=max(1, round(seconds * 1000))),
        findings=EncodeFindings(
            sample_rate=SAMPLE_RATE,
            channels=2,
            bits=16,
            frames=generated.frames,
            seconds=round(seconds, 3),
            takes=tuple(written),
        ),
        summary=_summary(seconds, takes),
        media_seconds=seconds * len(takes),
    )


def _encode(
    context: StageContext, variation: int, raw: RawTake, done: MasteredTake, recipe: Recipe
) -> tuple[SoundTake, int]:
    scratch = context.scratch()
    number = f"-{variation}" if variation else ""
    wav, peaks = scratch / f"sound{number}.wav", scratch / f"peaks{number}.bin"
    with context.portion(0.0, 0.6):
        written = _write(context, done.audio, wav, recipe, raw.seed)
    with context.portion(0.6, 0.7):
        context.isolated("soundstage.media.peaks:write_peaks", audio=wav, output=peaks)
    stems = []
    for index, stem in enumerate(done.stems):
        path = scratch / f"sound{number}.{stem.name}.wav"
        with context.portion(0.7 + 0.3 * index / len(done.stems), 0.7 + 0.3 * (index + 1) / len(done.stems)):
            _write(context, stem.audio, path, recipe, seed_of(raw.seed, index + 1))
        stems.append(Stem(name=stem.name, audio=context.put(path, name=path.name, media_type="audio/wav")))
    take = SoundTake(
        audio=context.put(wav, name=wav.name, media_type="audio/wav"),
        recipe=recipe,
        peaks=context.put(peaks, name=peaks.name, media_type="application/octet-stream"),
        stems=tuple(stems),
        midi=None if raw.midi is None else context.adopt(raw.midi, name=f"sound{number}.mid", media_type="audio/midi"),
        seam=done.seam,
    )
    return take, written.clipped_samples


def _write(context: StageContext, samples: Artifact, output: Path, recipe: Recipe, dither: Seed) -> WrittenWav:
    written: WrittenWav = context.isolated(
        "soundstage.media.wav:write_wav",
        samples=context.open(samples),
        output=output,
        recipe_json=recipe.model_dump_json(),
        dither_seed=dither,
    )
    if written.frames != recipe.frames:
        raise StageFailure(f"The file holds {written.frames:,} frames instead of {recipe.frames:,}.")
    return written


def _recipe(request: TextToSoundRequest, understood: Understood, generated: GeneratedSound, raw: RawTake) -> Recipe:
    return Recipe(
        soundstage=__version__,
        engine=generated.engine,
        engine_version=generated.engine_version,
        prompt=request.prompt,
        seed=raw.seed,
        duration=request.duration,
        frames=generated.frames,
        sample_rate=SAMPLE_RATE,
        audio_type=request.audio_type,
        plan=understood.plan.model_dump(mode="json"),
        licence=generated.licence,
        loop=request.loop,
        negative_prompt=request.negative_prompt,
        prompt_influence=request.prompt_influence,
        ingredients=raw.ingredients,
    )


def _summary(seconds: float, takes: list[SoundTake]) -> str:
    files = "44.1 kHz stereo WAV" if len(takes) == 1 else f"{len(takes)} takes as 44.1 kHz stereo WAV"
    whole = sum(file.bytes for take in takes for file in take.files)
    return f"Wrote {seconds:.2f} s of {files}, {size(whole)} in all, each with its recipe inside."
