"""A video as browsers play it: its streams copied into another container, or H.264 and AAC of at most 540 lines."""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.error
import numpy as np
import soundfile

from soundstage.domain.value import Milliseconds, Value
from soundstage.errors import SourceFailure
from soundstage.media.container import open_media
from soundstage.media.packets import decoded, picture_stream, readable_frames, readable_packets
from soundstage.media.picture_filter import PictureFilter
from soundstage.media.playable import ProxyPlan, Way
from soundstage.media.progress import Report, silent
from soundstage.media.storage_full import full_disk_told

_SHORT, _LONG = 540, 960  # enough to see lips; three quarters of what 720 lines cost
_FASTEST = 1 / 31  # seconds between pictures: what is faster than 30 a second is thinned out
_CLOCK = Fraction(1, 90_000)
# superfast: half the CPU of veryfast for a third more bytes, of which a proxy has few.
_X264 = {"preset": "superfast", "crf": "26", "g": "60", "bf": "0"}
_TAGS = frozenset({"language", "title"})
_MOST_REORDERED = 32  # pictures that a codec may hold back
_SOUND_CODECS = {"mp4": "aac", "webm": "libopus"}
_SOUND_BITS = 128_000  # a second
_RATE = 48_000


class WrittenProxy(Value):
    """Size and length of what was written."""

    width: int
    height: int
    duration_ms: Milliseconds
    pictures: int


def write_proxy(
    path: Path,
    stream_index: int,
    sound_index: int | None,
    sound: Path,
    output: Path,
    plan: ProxyPlan,
    limit_seconds: float,
    report: Report = silent,
) -> WrittenProxy:
    """Write `output` by `plan` (COPY or TRANSCODE), on the timeline of the source track, the index at the front.

    Its picture is the video stream `stream_index` of `path`; its sound the stream `sound_index`, copied, or, where that
    is None, `sound` (the source track, 48 kHz stereo), encoded.

    Raises SourceFailure where that does not work, or takes longer than `limit_seconds`; StorageFull.
    """
    size = _encoded_size(path, stream_index) if plan.way is Way.TRANSCODE else None
    options = {"movflags": "faststart"} if plan.container == "mp4" else {}
    with full_disk_told(output), soundfile.SoundFile(sound) as track, open_media(path) as source:
        try:
            with av.open(str(output), "w", format=plan.container, options=options) as target:
                work = _Work(source, target, stream_index, sound_index, track, plan.container, size)
                return work.done(_Allowance(limit_seconds), report)
        except (av.error.FFmpegError, ValueError) as error:
            if isinstance(error, OSError) and error.errno in _DISK_ERRORS:
                raise
            raise SourceFailure(f"The video cannot be made to play in browsers: {error}.") from None


def _encoded_size(path: Path, stream_index: int) -> tuple[int, int]:
    """Width and height of the pictures after the filter, told by the first that can be decoded."""
    with open_media(path) as source:
        stream = picture_stream(source, stream_index)
        fitting = PictureFilter(stream, _SHORT, _LONG)
        first = next(readable_frames(readable_packets(source, stream), stream), None)
        if first is None:
            raise SourceFailure("No picture of the video can be read.")
        return fitting.size_of(first)


_DISK_ERRORS = (28, 122)  # ENOSPC, EDQUOT


class _Allowance:
    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._ends = time.monotonic() + seconds

    def check(self) -> None:
        if time.monotonic() > self._ends:
            raise SourceFailure(f"Making the video play in browsers took longer than {self._seconds:.0f} s.")


class _Work:
    """One proxy being written."""

    def __init__(
        self,
        source: Any,
        target: Any,
        stream_index: int,
        sound_index: int | None,
        track: Any,
        container: str,
        size: tuple[int, int] | None,
    ) -> None:
        self._source = source
        self._origin = Fraction(source.start_time or 0, 1_000_000)
        self._length = (source.duration or 0) / 1_000_000
        self._video = picture_stream(source, stream_index)
        self._audio = next((one for one in source.streams.audio if one.index == sound_index), None)
        self._picture = (
            _CopiedStream(self._video, target, self._origin)
            if size is None
            else _EncodedPicture(self._video, target, self._origin, size)
        )
        self._copied_sound = None if self._audio is None else _CopiedStream(self._audio, target, self._origin)
        self._sound = _EncodedSound(track, target, container) if self._audio is None else None

    def done(self, allowance: _Allowance, report: Report) -> WrittenProxy:
        streams = [self._video] if self._audio is None else [self._video, self._audio]
        for packet in readable_packets(self._source, *streams):
            allowance.check()
            if packet.stream is self._audio and self._copied_sound is not None:
                self._copied_sound.take(packet)
                continue
            self._picture.take(packet)
            if self._sound is not None:
                self._sound.advance(self._picture.seconds)
            report(min(1.0, self._picture.seconds / self._length) if self._length else 0.0)
        self._picture.finish()
        if self._sound is not None:
            self._sound.advance(None)
        if not self._picture.pictures:
            raise SourceFailure("No picture of the video can be read.")
        width, height = self._picture.size
        return WrittenProxy(
            width=width,
            height=height,
            duration_ms=max(0, round(self._picture.seconds * 1000)),
            pictures=self._picture.pictures,
        )


class _CopiedStream:
    """Packets as they are, moved to the timeline of the source track."""

    def __init__(self, stream: Any, target: Any, origin: Fraction) -> None:
        self._target = target
        self._out = target.add_stream_from_template(stream)
        for tag in _TAGS & stream.metadata.keys():
            self._out.metadata[tag] = stream.metadata[tag]
        self._offset = round(origin / stream.time_base)
        self._last: int | None = None
        self._waiting: list[Any] = []
        self.size = (getattr(stream, "width", 0) or 0, getattr(stream, "height", 0) or 0)
        self.pictures = 0
        self.seconds = 0.0

    def take(self, packet: Any) -> None:
        """Matroska tells no decoding times for the first packets; they are counted back from the first that has one."""
        if packet.dts is None and len(self._waiting) < _MOST_REORDERED:
            self._waiting.append(packet)
            return
        step = max(1, packet.duration or 1)
        for before, waiting in zip(range(len(self._waiting), 0, -1), self._waiting, strict=True):
            waiting.dts = packet.dts - before * step if packet.dts is not None else waiting.pts
            self._write(waiting)
        self._waiting = []
        self._write(packet)

    def finish(self) -> None:
        for waiting in self._waiting:
            waiting.dts = waiting.pts
            self._write(waiting)
        self._waiting = []

    def _write(self, packet: Any) -> None:
        if packet.dts is None or (self._last is not None and packet.dts <= self._last):
            return  # a repeated or backward packet, which no container takes
        self._last = packet.dts
        packet.dts -= self._offset
        if packet.pts is not None:
            packet.pts -= self._offset
            self.seconds = max(self.seconds, float((packet.pts + (packet.duration or 0)) * packet.time_base))
        packet.stream = self._out
        self._target.mux(packet)
        self.pictures += 1


class _EncodedPicture:
    """Decoded, upright, at most 540 lines and 30 pictures a second, as H.264."""

    def __init__(self, stream: Any, target: Any, origin: Fraction, size: tuple[int, int]) -> None:
        stream.thread_type = "AUTO"
        self._stream = stream
        self._target = target
        self._origin = origin
        self._filter = PictureFilter(stream, _SHORT, _LONG)
        self.size = self._filter.size = size
        self._out: Any = target.add_stream("libx264", rate=30, options=_X264)
        self._out.width, self._out.height, self._out.pix_fmt = *size, "yuv420p"
        self._out.codec_context.time_base = _CLOCK
        self._next = -1.0
        self._last = -1
        self.pictures = 0
        self.seconds = 0.0

    def take(self, packet: Any) -> None:
        for frame in decoded(packet, self._stream):
            self._decoded(frame)

    def finish(self) -> None:
        for frame in decoded(None, self._stream):
            self._decoded(frame)
        for picture in self._filter.flush():
            self._encode(picture)
        if self.pictures:
            self._target.mux(self._out.encode(None))

    def _decoded(self, frame: Any) -> None:
        if frame.pts is None:
            return
        moment = float(frame.pts * frame.time_base - self._origin)
        if moment < self._next:
            return
        self._next = moment + _FASTEST
        frame.pts = round(moment / _CLOCK)
        frame.time_base = _CLOCK
        for picture in self._filter.push(frame):
            self._encode(picture)

    def _encode(self, picture: Any) -> None:
        at = round(picture.pts * picture.time_base / _CLOCK) if picture.pts is not None else self._last
        if at <= self._last:
            return
        self._last = at
        picture.pts, picture.time_base, picture.pict_type = at, _CLOCK, 0
        self.seconds = float(at * _CLOCK)
        self.pictures += 1
        self._target.mux(self._out.encode(picture))


class _EncodedSound:
    """The source track, encoded as far as the pictures are."""

    def __init__(self, track: Any, target: Any, container: str) -> None:
        self._target = target
        self._out: Any = target.add_stream(_SOUND_CODECS[container], rate=_RATE, layout="stereo")
        self._out.bit_rate = _SOUND_BITS
        self._blocks: Iterator[np.ndarray] = track.blocks(_RATE, dtype="float32", always_2d=True)
        self._fifo = av.AudioFifo()
        self._at = 0

    def advance(self, seconds: float | None) -> None:
        """Write the sound up to this moment and a second more; all that is left for None."""
        while seconds is None or self._at / _RATE < seconds + 1.0:
            block = next(self._blocks, None)
            if block is None:
                if seconds is None:
                    self._target.mux(self._out.encode(None))
                return
            planar = np.ascontiguousarray(block.T)
            frame = av.AudioFrame.from_ndarray(planar, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = _RATE, self._at, Fraction(1, _RATE)
            self._at += len(block)
            self._target.mux(self._out.encode(frame))
