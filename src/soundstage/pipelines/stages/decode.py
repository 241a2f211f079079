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
    """Loudness in LUFS (EBU R 128; None where there is too little sound), `peak_dbfs` of the source track.

    `missing_ms`: how much less there is than the media's header tells; `damaged_packets` were left out. `warnings` say
    what may be wrong with the media.
    """

    duration_ms: Milliseconds
    missing_ms: Milliseconds
    damaged_packets: int
    integrated_lufs: float | None
    peak_dbfs: float | None
    silence_share: Share
    clipped_samples: int
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
        peak_dbfs=decoded.sample_peak_dbfs,
        silence_share=decoded.silence_share,
        clipped_samples=decoded.clipped_samples,
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
    return tuple(warnings)


def _summary(findings: DecodeFindings) -> str:
    parts = [f"Decoded {clock(findings.duration_ms)}"]
    if findings.integrated_lufs is not None:
        parts.append(f"loudness {findings.integrated_lufs:.1f} LUFS")
    if findings.peak_dbfs is not None:
        parts.append(f"peak {findings.peak_dbfs:.1f} dBFS")
    parts.append(f"{percent(findings.silence_share)} silence")
    return " ".join([", ".join(parts) + ".", *findings.warnings])
