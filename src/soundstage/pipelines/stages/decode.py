"""Decode: the chosen audio as a source track for people and an analysis track for engines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.domain.artifact import Artifact
from soundstage.domain.value import Milliseconds, Share, Value
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.probe import Probed
from soundstage.pipelines.wording import clock, counted, percent

if TYPE_CHECKING:
    from soundstage.media.decode import Decoded

_OUT_OF_PHASE = 0.1  # of the audible time; wide stereo effects touch it for moments
_AGAINST = -0.5
_CLIPPED = 100  # samples at full scale; a recording made as loud as it can be has a few


class DecodedAudio(Value):
    """`source`: FLAC 48 kHz stereo. `analysis`: WAV 16 kHz mono 16-bit. Both are `duration_ms` long.

    `peaks`: the source track's waveform at several zooms (`media.peaks`).
    """

    source: Artifact
    analysis: Artifact
    peaks: Artifact
    duration_ms: Milliseconds


class DecodeFindings(Value):
    """Of the source track: loudness in LUFS and its range in LU (EBU R 128; None where there is too little sound),
    highest sample in dBFS and true peak in dBTP (ITU-R BS.1770-5; None for digital silence).

    `sides`: how its two channels stand to each other; `dual_mono`: the media has several channels and they hold the
    same sound. `correlation` of left and right: 1 the same, −1 out of phase (None where a channel is empty);
    `out_of_phase_share`: of the audible time.
    `missing_ms`: how much less there is than the media's header tells; `damaged_packets` were left out. `warnings` say
    what may be wrong with the media.
    """

    duration_ms: Milliseconds
    missing_ms: Milliseconds
    damaged_packets: int
    integrated_lufs: float | None
    loudness_range_lu: float | None
    peak_dbfs: float | None
    true_peak_dbtp: float | None
    silence_share: Share
    clipped_samples: int
    sides: str
    dual_mono: bool
    correlation: float | None
    out_of_phase_share: Share
    warnings: tuple[str, ...] = ()


def decode(context: StageContext, ingested: Ingested, probed: Probed) -> Outcome[DecodedAudio]:
    scratch = context.scratch()
    source, analysis, peaks = scratch / "source.flac", scratch / "analysis.wav", scratch / "peaks.bin"
    with context.portion(0.0, 0.95):
        decoded: Decoded = context.isolated(
            "soundstage.media.decode:decode",
            path=context.open(ingested.source),
            stream_indexes=tuple(stream.index for stream in probed.chosen),
            source=source,
            analysis=analysis,
            peaks=peaks,
            max_seconds=context.settings.max_media_seconds,
        )
    findings = DecodeFindings(
        duration_ms=decoded.duration_ms,
        missing_ms=decoded.missing_ms,
        damaged_packets=decoded.damaged_packets,
        integrated_lufs=decoded.integrated_lufs,
        loudness_range_lu=decoded.loudness_range_lu,
        peak_dbfs=decoded.sample_peak_dbfs,
        true_peak_dbtp=decoded.true_peak_dbtp,
        silence_share=decoded.silence_share,
        clipped_samples=decoded.clipped_samples,
        sides=decoded.phase.sides.value,
        dual_mono=decoded.phase.sides == "same" and any((stream.channels or 1) > 1 for stream in probed.chosen),
        correlation=decoded.phase.correlation,
        out_of_phase_share=decoded.phase.out_of_phase_share,
        warnings=_warnings(decoded),
    )
    return Outcome(
        output=DecodedAudio(
            source=context.put(source, name="source.flac", media_type="audio/flac"),
            analysis=context.put(analysis, name="analysis.wav", media_type="audio/wav"),
            peaks=context.put(peaks, name="peaks.bin", media_type="application/octet-stream"),
            duration_ms=decoded.duration_ms,
        ),
        findings=findings,
        summary=_summary(findings),
        media_seconds=decoded.duration_ms / 1000,
    )


def _warnings(decoded: Decoded) -> tuple[str, ...]:
    warnings = []
    if decoded.missing_ms:
        warnings.append(f"The media ends {clock(decoded.missing_ms)} before its header says: it may be cut off.")
    if decoded.damaged_packets:
        warnings.append(f"The media is damaged: {counted(decoded.damaged_packets, 'packet')} left out.")
    if decoded.silence_share >= 0.999:
        warnings.append("The audio is silent throughout.")
    if decoded.clipped_samples >= _CLIPPED:
        warnings.append(f"The audio seems clipped: {counted(decoded.clipped_samples, 'sample')} at full scale.")
    if decoded.phase.sides in ("left_only", "right_only"):
        there, empty = ("left", "right") if decoded.phase.sides == "left_only" else ("right", "left")
        warnings.append(f"All sound is on the {there} channel; the {empty} one is empty.")
    if decoded.phase.out_of_phase_share >= _OUT_OF_PHASE or (decoded.phase.correlation or 0.0) < _AGAINST:
        warnings.append(
            f"Left and right are out of phase for {percent(decoded.phase.out_of_phase_share)} of the time, and engines "
            "hear their sum, in which such sound is lost: turn one channel's polarity round and set it up again."
        )
    return tuple(warnings)


def _summary(findings: DecodeFindings) -> str:
    parts = [f"Decoded {clock(findings.duration_ms)}"]
    if findings.integrated_lufs is not None:
        spread = f" (range {findings.loudness_range_lu:.1f} LU)" if findings.loudness_range_lu is not None else ""
        parts.append(f"loudness {findings.integrated_lufs:.1f} LUFS{spread}")
    if findings.true_peak_dbtp is not None:
        parts.append(f"true peak {findings.true_peak_dbtp:.1f} dBTP")
    parts.append(f"{percent(findings.silence_share)} silence")
    if findings.dual_mono:
        parts.append("left and right the same")
    return " ".join([", ".join(parts) + ".", *findings.warnings])
