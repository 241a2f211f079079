"""Media to the two tracks that all else works on: 48 kHz stereo FLAC and 16 kHz mono WAV, in one streaming pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from itertools import zip_longest
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import soundfile
import soxr
from pydantic import Field

from soundstage.domain.value import Milliseconds
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.downmix import Samples
from soundstage.media.levels import LevelMeter, Levels, decibels
from soundstage.media.peaks import PeakMeter
from soundstage.media.progress import Report, silent
from soundstage.media.sides import Phase, PhaseMeter
from soundstage.media.storage_full import full_disk_told
from soundstage.media.stream_audio import SOURCE_RATE, AudioStream
from soundstage.media.true_peak import TruePeakMeter

ANALYSIS_RATE = 16_000  # Hz
_FLAC_LEVEL = 0.125  # libsndfile's 0–1 for 0–8: a tenth less time than level 2 for the same size
_TOLERATED_LOSS_SECONDS = 0.5  # encoders round the lengths they tell


class Decoded(Levels):
    """What was decoded, with its levels (of the source track, before it is held at full scale).

    `true_peak_dbtp`: None for digital silence. `phase`: how the source track's channels stand to each other.
    `missing_ms`: how much shorter than its header tells the media is, 0 when whole; `damaged_packets`: left out, their
    time filled with silence where timestamps tell it. `bits` of the source track: 16 or 24.
    """

    duration_ms: Milliseconds
    source_frames: Annotated[int, Field(gt=0)]
    analysis_frames: Annotated[int, Field(gt=0)]
    bits: int
    damaged_packets: int
    missing_ms: Milliseconds
    true_peak_dbtp: float | None
    phase: Phase


class _Meters:
    """All that is measured of the source track while it is written."""

    def __init__(self) -> None:
        self.levels = LevelMeter(SOURCE_RATE)
        self.true_peak = TruePeakMeter()
        self.phase = PhaseMeter(SOURCE_RATE)

    def push(self, block: Samples) -> None:
        planar = np.ascontiguousarray(block.T)
        self.levels.push(planar.T)
        self.true_peak.push(planar)
        self.phase.push(planar)


def decode(
    path: Path,
    stream_indexes: tuple[int, ...],
    source: Path,
    analysis: Path,
    report: Report = silent,
    max_seconds: float | None = None,
    peaks: Path | None = None,
) -> Decoded:
    """Decode the streams with these container indexes, averaged, into `source` (FLAC 48 kHz stereo, 16-bit, or 24 where
    a lossless stream has more) and `analysis` (WAV 16 kHz mono 16-bit). Memory stays flat for any length. `peaks`: also
    write the source track's peaks there, as `peaks.write_peaks` would, without reading the track again.

    The timeline is the container's: a stream that starts late begins with silence. Truncated media gives what is there.
    Raises SourceFailure: INVALID_SOURCE_DATA (there is no sound), MISMATCHED_SOURCE_CODEC (there is data, and nothing
    of it can be decoded), SOURCE_TOO_LONG (past `max_seconds`, whatever
    the header told), INVALID_AUDIO_TRACKS_SELECTION (no such audio stream); StorageFull.
    """
    with ExitStack() as stack:
        streams = [stack.enter_context(AudioStream(path, index)) for index in stream_indexes]
        bits = max(stream.bits for stream in streams)
        likely = max((stream.likely_seconds or 0.0 for stream in streams), default=0.0)
        meters = _Meters()
        frames = 0
        with _Tracks(source, analysis, bits) as tracks:
            for block in _mixed(streams):
                frames += len(block)
                if max_seconds is not None and frames > max_seconds * SOURCE_RATE:
                    raise _too_long(max_seconds)
                meters.push(block)
                tracks.write(block)
                report(min(1.0, frames / SOURCE_RATE / likely) if likely else 0.0)
            if not frames:
                raise _nothing(sum(stream.damaged_packets for stream in streams))
        if peaks is not None:
            tracks.peaks.write(peaks, SOURCE_RATE)
        report(1.0)
        told = max((stream.told_seconds or 0.0 for stream in streams), default=0.0)
        missing = told - frames / SOURCE_RATE
        return Decoded(
            duration_ms=max(1, round(frames * 1000 / SOURCE_RATE)),
            source_frames=frames,
            analysis_frames=tracks.analysis_frames,
            bits=bits,
            damaged_packets=sum(stream.damaged_packets for stream in streams),
            missing_ms=round(missing * 1000) if missing > _TOLERATED_LOSS_SECONDS else 0,
            true_peak_dbtp=decibels(meters.true_peak.peak),
            phase=meters.phase.phase(),
            **meters.levels.levels().model_dump(),
        )


def _mixed(streams: list[AudioStream]) -> Iterator[Samples]:
    """The streams' blocks averaged, so that no mix clips; a stream that ends early is silent from there on."""
    if len(streams) == 1:
        yield from streams[0].blocks()
        return
    share = np.float32(1 / len(streams))
    for blocks in zip_longest(*(stream.blocks() for stream in streams)):
        there = [block for block in blocks if block is not None]
        mix = np.zeros((max(map(len, there)), 2), np.float32)
        for block in there:
            mix[: len(block)] += block * share
        yield mix


class _Tracks:
    """Writes both tracks; the analysis track has exactly a third of the frames, rounded up."""

    def __init__(self, source: Path, analysis: Path, bits: int) -> None:
        self._scale = np.float32(2 ** (bits - 1))
        self._shift = 32 - bits if bits > 16 else 0  # libsndfile takes 24 bits as the upper ones of 32
        self._outputs = (source, analysis)
        self._converter = soxr.ResampleStream(SOURCE_RATE, ANALYSIS_RATE, 1, quality="HQ")
        self._source_frames = 0
        self.analysis_frames = 0
        self.peaks = PeakMeter()
        with full_disk_told(source):
            self._source: Any = soundfile.SoundFile(
                source, "w", SOURCE_RATE, 2, f"PCM_{bits}", format="FLAC", compression_level=_FLAC_LEVEL
            )
        with full_disk_told(analysis):
            self._analysis: Any = soundfile.SoundFile(analysis, "w", ANALYSIS_RATE, 1, "PCM_16", format="WAV")

    def __enter__(self) -> _Tracks:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        source, analysis = self._outputs
        if kind is None:
            self._write_analysis(self._converter.resample_chunk(np.zeros(0, np.float32), last=True))
            missing = self._owed - self.analysis_frames
            if missing > 0:
                self._write_analysis(np.zeros(missing, np.float32))
        with full_disk_told(source):
            self._source.close()
        with full_disk_told(analysis):
            self._analysis.close()

    def write(self, block: Samples) -> None:
        self._source_frames += len(block)
        integers = np.rint(block * self._scale)
        np.clip(integers, -self._scale, self._scale - 1, out=integers)
        pcm = integers.astype(np.int32) << self._shift if self._shift else integers.astype(np.int16)
        with full_disk_told(self._outputs[0]):
            self._source.write(pcm)
        self.peaks.push((pcm >> 16).astype(np.int16) if self._shift else pcm)
        mono = (block[:, 0] + block[:, 1]) * np.float32(0.5)
        self._write_analysis(self._converter.resample_chunk(mono))

    @property
    def _owed(self) -> int:
        return -(-self._source_frames * ANALYSIS_RATE // SOURCE_RATE)

    def _write_analysis(self, samples: Samples) -> None:
        samples = samples[: self._owed - self.analysis_frames]
        self.analysis_frames += len(samples)
        pcm = np.clip(np.rint(samples * np.float32(32768)), -32768, 32767).astype(np.int16)
        with full_disk_told(self._outputs[1]):
            self._analysis.write(pcm)


def _nothing(damaged: int) -> SourceFailure:
    if damaged:
        return SourceFailure(
            f"Nothing of the audio can be decoded: {damaged} packets are not what the header says. Export it again.",
            ExceptionReason.MISMATCHED_SOURCE_CODEC,
        )
    return SourceFailure(
        "The audio track is empty. Choose another with selected_audio_tracks where there is one, or export it again.",
        ExceptionReason.INVALID_SOURCE_DATA,
    )


def _too_long(max_seconds: float) -> SourceFailure:
    return SourceFailure(
        f"The media is longer than the {max_seconds / 60:g} minutes that this server takes (max_media_seconds).",
        ExceptionReason.SOURCE_TOO_LONG,
    )
