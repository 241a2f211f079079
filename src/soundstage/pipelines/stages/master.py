"""Master: a good loudness for its kind, peaks under a ceiling, clean ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.domain.artifact import Artifact
from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.value import Value
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.errors import StageFailure
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound

if TYPE_CHECKING:
    from soundstage.media.mastering import MasteredSound

CEILING_DBTP = -1.0  # so that lossy codecs do not clip (EBU R 128)
LOUDNESS_LUFS = {AudioType.SOUND: -20.0, AudioType.MUSIC: -16.0}
MOST_LIMITING_DB = {AudioType.SOUND: 5.0, AudioType.MUSIC: 8.0}  # a door keeps its slam, even below the target


class Mastered(Value):
    """`audio`: stereo float32 WAV at 44.1 kHz, as many frames as were generated."""

    audio: Artifact
    frames: int


class MasterFindings(Value):
    """Loudness in LUFS and true peak in dBTP, None for silence. `limited_db`: how far peaks were turned down."""

    loudness_target_lufs: float
    loudness_before_lufs: float | None
    loudness_after_lufs: float | None
    true_peak_before_dbtp: float | None
    true_peak_after_dbtp: float | None
    gain_db: float
    limited_db: float


def master(context: StageContext, request: TextToSoundRequest, generated: GeneratedSound) -> Outcome[Mastered]:
    output = context.scratch() / "mastered.wav"
    target = LOUDNESS_LUFS[request.audio_type]
    done: MasteredSound = context.isolated(
        "soundstage.media.mastering:master",
        source=context.open(generated.audio),
        output=output,
        loudness_lufs=target,
        ceiling_dbtp=CEILING_DBTP,
        most_limiting_db=MOST_LIMITING_DB[request.audio_type],
    )
    if done.frames != generated.frames:
        raise StageFailure(f"Mastering changed the length from {generated.frames:,} to {done.frames:,} frames.")
    findings = MasterFindings(
        loudness_target_lufs=target,
        loudness_before_lufs=done.loudness_before,
        loudness_after_lufs=done.loudness_after,
        true_peak_before_dbtp=done.true_peak_before,
        true_peak_after_dbtp=done.true_peak_after,
        gain_db=done.gain_db,
        limited_db=done.limited_db,
    )
    return Outcome(
        output=Mastered(
            audio=context.put(output, name="mastered.wav", media_type="audio/wav"),
            frames=done.frames,
        ),
        findings=findings,
        summary=_summary(findings),
        media_seconds=done.frames / SAMPLE_RATE,
    )


def _summary(findings: MasterFindings) -> str:
    if findings.loudness_after_lufs is None or findings.loudness_before_lufs is None:
        return "The sound is silent; nothing was changed."
    said = (
        f"Loudness {findings.loudness_before_lufs:.1f} → {findings.loudness_after_lufs:.1f} LUFS "
        f"(gain {findings.gain_db:+.1f} dB), true peak {findings.true_peak_after_dbtp:.1f} dBTP"
    )
    if findings.limited_db:
        said += f", highest peak limited by {findings.limited_db:.1f} dB"
    if findings.loudness_after_lufs < findings.loudness_target_lufs - 1:
        said += "; kept below the target so that its peaks stay alive"
    return said + "."
