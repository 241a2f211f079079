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
    done: MasteredSound = context.isolated(
        "soundstage.media.mastering:master",
        source=context.open(raw.audio),
        output=output,
        loudness_lufs=LOUDNESS_LUFS[request.audio_type],
        ceiling_dbtp=CEILING_DBTP,
        most_limiting_db=MOST_LIMITING_DB[request.audio_type],
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
    )
    audio = context.put(output, name=output.name, media_type="audio/wav")
    return MasteredTake(audio=audio), told


def _summary(findings: MasterFindings) -> str:
    first = findings.takes[0]
    if first.loudness_after_lufs is None or first.loudness_before_lufs is None:
        return "The sound is silent; nothing was changed."
    said = (
        f"Loudness {first.loudness_before_lufs:.1f} → {first.loudness_after_lufs:.1f} LUFS "
        f"(gain {first.gain_db:+.1f} dB), true peak {first.true_peak_after_dbtp:.1f} dBTP"
    )
    if first.limited_db:
        said += f", highest peak limited by {first.limited_db:.1f} dB"
    if first.loudness_after_lufs < findings.loudness_target_lufs - 1:
        said += "; kept below the target so that its peaks stay alive"
    return said + "."
