"""Master: a good loudness for its kind, peaks under a ceiling, clean ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Seam, Stem
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.errors import StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound, RawTake

if TYPE_CHECKING:
    from soundstage.media.mastering import MasteredSound

CEILING_DBTP = -1.0  # so that lossy codecs do not clip (EBU R 128)
LOUDNESS_LUFS = {AudioType.SOUND: -20.0, AudioType.MUSIC: -16.0}
MOST_LIMITING_DB = {AudioType.SOUND: 5.0, AudioType.MUSIC: 8.0}  # a door keeps its slam, even below the target


class MasteredTake(Value):
    """`audio` and the stems: stereo float32 WAV at 44.1 kHz, as many frames as were generated."""

    audio: Artifact
    stems: tuple[Stem, ...] = ()
    seam: Seam | None = None


class Mastered(Value):
    """The takes in the order of their variations."""

    takes: tuple[MasteredTake, ...]
    frames: int


class TakeLevels(Value):
    """Loudness in LUFS and true peak in dBTP, None for silence. `limited_db`: how far peaks were turned down.

    `seam`: where the take is a loop, how well its end leads into its beginning.
    """

    variation: int
    loudness_before_lufs: float | None
    loudness_after_lufs: float | None
    true_peak_before_dbtp: float | None
    true_peak_after_dbtp: float | None
    gain_db: float
    limited_db: float
    seam: Seam | None = None


class MasterFindings(Value):
    """What was aimed at, and what became of each take."""

    loudness_target_lufs: float
    ceiling_dbtp: float
    takes: tuple[TakeLevels, ...]


def master(context: StageContext, request: TextToSoundRequest, generated: GeneratedSound) -> Outcome[Mastered]:
    takes, levels = [], []
    for variation, raw in enumerate(generated.takes):
        with context.portion(variation / len(generated.takes), (variation + 1) / len(generated.takes)):
            take, told = _master(context, request, variation, raw, generated.frames)
        takes.append(take)
        levels.append(told)
    findings = MasterFindings(
        loudness_target_lufs=LOUDNESS_LUFS[request.audio_type], ceiling_dbtp=CEILING_DBTP, takes=tuple(levels)
    )
    return Outcome(
        output=Mastered(takes=tuple(takes), frames=generated.frames),
        findings=findings,
        summary=_summary(findings),
        media_seconds=generated.frames * len(takes) / SAMPLE_RATE,
    )


def _master(
    context: StageContext, request: TextToSoundRequest, variation: int, raw: RawTake, frames: int
) -> tuple[MasteredTake, TakeLevels]:
    folder = context.scratch()
    output = folder / f"mastered-{variation}.wav"
    parts = tuple(folder / f"mastered-{variation}.{stem.name}.wav" for stem in raw.stems)
    done: MasteredSound = context.isolated(
        "soundstage.media.mastering:master",
        source=context.open(raw.audio),
        output=output,
        loudness_lufs=LOUDNESS_LUFS[request.audio_type],
        ceiling_dbtp=CEILING_DBTP,
        most_limiting_db=MOST_LIMITING_DB[request.audio_type],
        loop=request.loop,
        stems=tuple(context.open(stem.audio) for stem in raw.stems),
        stem_outputs=parts,
    )
    if done.frames != frames:
        raise StageFailure(f"Mastering changed the length from {frames:,} to {done.frames:,} frames.")
    told = TakeLevels(
        variation=variation,
        loudness_before_lufs=done.loudness_before,
        loudness_after_lufs=done.loudness_after,
        true_peak_before_dbtp=done.true_peak_before,
        true_peak_after_dbtp=done.true_peak_after,
        gain_db=done.gain_db,
        limited_db=done.limited_db,
        seam=done.seam,
    )
    take = MasteredTake(
        audio=context.put(output, name=output.name, media_type="audio/wav"),
        stems=tuple(
            Stem(name=stem.name, audio=context.put(part, name=part.name, media_type="audio/wav"))
            for stem, part in zip(raw.stems, parts, strict=True)
        ),
        seam=done.seam,
    )
    return take, told


def _summary(findings: MasterFindings) -> str:
    heard = [take for take in findings.takes if take.loudness_after_lufs is not None]
    if not heard:
        return "The sound is silent; nothing was changed."
    before, after, gain, peak = (
        _span([value for take in heard if (value := getattr(take, name)) is not None], form)
        for name, form in (
            ("loudness_before_lufs", ".1f"),
            ("loudness_after_lufs", ".1f"),
            ("gain_db", "+.1f"),
            ("true_peak_after_dbtp", ".1f"),
        )
    )
    said = f"Loudness {before} → {after} LUFS (gain {gain} dB), true peak {peak} dBTP"
    limited = max(take.limited_db for take in heard)
    if limited:
        said += f", highest peak limited by {limited:.1f} dB"
    if min(take.loudness_after_lufs or 0.0 for take in heard) < findings.loudness_target_lufs - 1:
        said += "; kept below the target so that its peaks stay alive"
    seams = [take.seam.step_db for take in heard if take.seam is not None]
    if seams:
        heard_or_not = "it is not heard" if max(seams) <= 0 else "it may be heard"
        said += f"; the loop's seam is at {_span(seams, '+.1f')} dB of the sound around it: {heard_or_not}"
    return said + "."


def _span(values: list[float], form: str) -> str:
    """One figure, or the lowest and the highest of several takes."""
    low, high = format(min(values), form), format(max(values), form)
    return low if low == high else f"{low} to {high}"
