"""One audio stream of a media file as blocks of 48 kHz stereo, on the file's timeline, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soxr
from av.stream import Discard

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.container import open_media
from soundstage.media.downmix import Samples, stereo_matrix
from soundstage.media.told_length import has_length_tag, length_of, present_share

SOURCE_RATE = 48_000  # Hz
BLOCK_FRAMES = SOURCE_RATE  # one second: long enough that NumPy's cost per call vanishes, short enough to stay small

# A hole in the timestamps longer than this is filled with silence, so that sound stays with picture after lost
# packets; shorter ones are rounding (Matroska counts milliseconds) and encoder jitter.
_GAP_SECONDS = 0.1
_START_SECONDS = 0.002  # the same for the stream's start against the file's
_LONGEST_GAP_SECONDS = 60.0  # in a file that does not tell its length; longer jumps are broken timestamps
_MAX_ERRORS = 32
_MOST_PLANES = 7
_LOSSLESS = ("pcm_", "flac", "alac", "wavpack", "tta", "truehd", "mlp", "ape")
_ESTIMATED = frozenset({"aac", "mpeg", "mpegts", "ac3", "eac3", "amr"})
_INTEGER_SCALES = {"u8": 128.0, "s16": 32768.0, "s32": 2147483648.0}


class AudioStream:
    """Reads one stream with a container of its own, so that several are read in step whatever their interleaving.

    After `blocks()` has ended, `damaged_packets` tells how many packets could not be decoded.
    """

    def __init__(self, path: Path, index: int) -> None:
        self._path = path
        self._container = open_media(path)
        self._stream: Any = next((s for s in self._container.streams.audio if s.index == index), None)
        if self._stream is None:
            self._container.close()
            raise SourceFailure(
                f"Stream {index} is no audio stream of this media.", ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION
            )
        if self._stream.codec_context is None:
            self._container.close()
            raise SourceFailure(
                "The audio is in a format that cannot be decoded. Export it as AAC, FLAC or PCM.",
                ExceptionReason.MISMATCHED_SOURCE_CODEC,
            )
        for stream in self._container.streams:
            if stream.index != index:
                stream.discard = Discard.all
        self._origin = (self._container.start_time or 0) / 1_000_000
        self._clock = 0.0  # seconds of sound given out so far, counted at the stream's own rates
        self._skew = 0.0  # seconds by which broken timestamps are off
        self.damaged_packets = 0

    def __enter__(self) -> AudioStream:
        return self

    def __exit__(self, *exception: object) -> None:
        self._container.close()

    @property
    def bits(self) -> int:
        """Bits a sample that the source track needs: 24 for lossless streams of more than 16, else 16."""
        context = self._stream.codec_context
        wide = context.format is not None and context.format.bytes > 2
        return 24 if wide and context.name.startswith(_LOSSLESS) else 16

    @property
    def told_seconds(self) -> float | None:
        """The stream's length as the file's header tells it; None where FFmpeg would only estimate it."""
        container = self._container.format.name
        if container in _ESTIMATED or (container == "mp3" and not has_length_tag(self._path)):
            return None
        if self._stream.duration and self._stream.time_base:
            seconds = float(self._stream.duration * self._stream.time_base)
            return seconds / present_share(self._path) if container == "wav" else seconds
        tag = _clock_seconds(self._stream.metadata.get("DURATION", ""))
        if tag:
            return length_of(self._container, tag)
        return length_of(self._container) if len(self._container.streams) == 1 else None

    @property
    def likely_seconds(self) -> float | None:
        """The length to measure progress by, or None when nothing is known."""
        return self.told_seconds or length_of(self._container)

    def blocks(self) -> Iterator[Samples]:
        """(BLOCK_FRAMES, 2) float32 at 48 kHz, full scale ±1; only the last block is shorter.

        Frames of changing layout, format and rate are handled; exactly round(n · 48000 / rate) frames come of n.
        """
        waiting: list[Samples] = []
        count = 0
        for samples in self._at_source_rate():
            waiting.append(samples)
            count += len(samples)
            if count < BLOCK_FRAMES:
                continue
            joined = np.concatenate(waiting) if len(waiting) > 1 else waiting[0]
            whole = count - count % BLOCK_FRAMES
            for start in range(0, whole, BLOCK_FRAMES):
                yield joined[start : start + BLOCK_FRAMES]
            waiting = [joined[whole:]]
            count -= whole
        if count:
            yield np.concatenate(waiting)

    def _at_source_rate(self) -> Iterator[Samples]:
        converter: _Converter | None = None
        for rate, samples in self._runs():
            if converter is not None and converter.rate != rate:
                yield converter.flush()
                converter = None
            converter = converter or _Converter(rate)
            yield converter.push(samples)
        if converter is not None:
            yield converter.flush()

    def _runs(self) -> Iterator[tuple[int, Samples]]:
        """Frames of one kind joined to about a second of (n, 2) float32 at their own rate, holes filled."""
        fifo = av.AudioFifo()  # joins small frames natively: one array a second instead of fifty
        kind: tuple[str, str, int] | None = None
        matrix = np.empty((0, 2), np.float32)
        for frame in map(_Interleaver(), self._frames()):
            gap = self._gap(frame)
            this = (frame.format.name, frame.layout.name, frame.rate)
            if kind is not None and fifo.samples and (this != kind or gap or fifo.samples >= kind[2]):
                yield kind[2], to_stereo(fifo.read(), matrix)
            if this != kind:
                kind, matrix, fifo = this, stereo_matrix([c.name for c in frame.layout.channels]), av.AudioFifo()
            for start in range(0, gap, frame.rate):
                yield frame.rate, np.zeros((min(frame.rate, gap - start), 2), np.float32)
            frame.pts = None  # the queue refuses timestamps with holes; they were judged above
            fifo.write(frame)
            self._clock += frame.samples / frame.rate
        if kind is not None and fifo.samples:
            yield kind[2], to_stereo(fifo.read(), matrix)

    def _gap(self, frame: Any) -> int:
        """How many samples of silence belong before this frame, by its timestamp."""
        time = frame.time
        if time is None:
            return 0
        lag = time - self._origin - self._skew - self._clock
        if abs(lag) <= (_GAP_SECONDS if self._clock else _START_SECONDS):
            return 0
        likely = self.likely_seconds
        latest = likely + 1.0 if likely else self._clock + _LONGEST_GAP_SECONDS
        if lag < 0 or self._clock + lag > latest:
            self._skew += lag  # timestamps that jump back, or out of the file, say nothing: go on from here
            return 0
        gap: int = round(lag * frame.rate)
        self._clock += gap / frame.rate
        return gap

    def _frames(self) -> Iterator[Any]:
        """Decoded frames; packets that cannot be decoded are counted and left out."""
        for packet in self._packets():
            try:
                frames = packet.decode()
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.damaged_packets += 1
                if self.damaged_packets > _MAX_ERRORS and not self._clock:
                    return  # nothing but rubbish
                continue
            for frame in frames:
                if frame.samples and frame.rate:
                    yield frame

    def _packets(self) -> Iterator[Any]:
        """What can be read of the stream. Some files give an error for ever: so many in a row are the end."""
        packets, errors = self._container.demux(self._stream), 0
        while errors <= _MAX_ERRORS:
            try:
                packet = next(packets, None)
            except av.error.EOFError:
                return
            except av.error.FFmpegError:
                self.damaged_packets += 1
                errors += 1
                packets = self._container.demux(self._stream)  # an error ends the generator; reading may go on
                continue
            if packet is None:
                return
            errors = 0
            yield packet


def to_stereo(frame: Any, matrix: Samples) -> Samples:
    """A decoded frame of any sample format as (n, 2) float32 of full scale ±1, by weights of (channels, 2)."""
    channels = len(matrix)
    array = frame.to_ndarray()  # planar (channels, n) or packed (1, n · channels)
    by_frame = array.T if frame.format.is_planar else array.reshape(-1, channels)
    base = frame.format.name.removesuffix("p")
    samples: Samples = np.ascontiguousarray(by_frame, dtype=np.float32)
    if base in _INTEGER_SCALES:
        samples = samples - np.float32(128.0 if base == "u8" else 0.0)
        samples *= np.float32(1.0 / _INTEGER_SCALES[base])
    elif not np.isfinite(samples.sum()):
        samples = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    if channels == 1:
        return np.repeat(samples, 2, axis=1)
    return samples if channels == 2 else np.ascontiguousarray(samples @ matrix)


class _Interleaver:
    """Frames as they are, those of more than seven planes with their samples interleaved.

    PyAV looks for the end of a longer list of planes behind its end: it finds planes that are none, and crashes (7.1).
    """

    def __init__(self) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._resampler: Any = None

    def __call__(self, frame: Any) -> Any:
        if not frame.format.is_planar or frame.layout.nb_channels <= _MOST_PLANES:
            return frame
        kind = (frame.format.name, frame.layout.name, frame.rate)
        if kind != self._kind:
            self._kind = kind
            self._resampler = av.AudioResampler(frame.format.packed.name, frame.layout.name, frame.rate)
        pts = frame.pts
        packed = self._resampler.resample(frame)[0]
        packed.pts, packed.time_base = pts, frame.time_base
        return packed


class _Converter:
    """Streaming conversion from one rate to 48 kHz, exact in length."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self._taken = 0
        self._given = 0
        self._soxr = None if rate == SOURCE_RATE else soxr.ResampleStream(rate, SOURCE_RATE, 2, quality="HQ")

    def push(self, samples: Samples) -> Samples:
        self._taken += len(samples)
        if self._soxr is None:
            return samples
        return self._cut(self._soxr.resample_chunk(samples))

    def flush(self) -> Samples:
        nothing = np.zeros((0, 2), np.float32)
        if self._soxr is None:
            return nothing
        rest = self._cut(self._soxr.resample_chunk(nothing, last=True))
        missing = self._owed - self._given
        self._given += missing
        return np.concatenate([rest, np.zeros((missing, 2), np.float32)])

    @property
    def _owed(self) -> int:
        return (self._taken * SOURCE_RATE * 2 + self.rate) // (2 * self.rate)  # rounded half up, in integers

    def _cut(self, samples: Samples) -> Samples:
        samples = samples[: self._owed - self._given]
        self._given += len(samples)
        return samples


def _clock_seconds(text: str) -> float | None:
    """Seconds of Matroska's `00:01:02.500000000`, or None."""
    try:
        hours, minutes, seconds = text.split(":")
        return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
    except ValueError:
        return None
