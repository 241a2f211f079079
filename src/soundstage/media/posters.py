"""Poster frames: a few pictures of a video, spread over its length, as JPEG."""

from __future__ import annotations

from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import av
import av.error

from soundstage.domain.value import Milliseconds, Value
from soundstage.media.container import open_media
from soundstage.media.packets import picture_stream, readable_frames, readable_packets
from soundstage.media.picture_filter import PictureFilter
from soundstage.media.progress import Report, silent
from soundstage.media.storage_full import full_disk_told
from soundstage.media.told_length import length_of

MEDIA_TYPE = "image/jpeg"
_SHORT, _LONG = 360, 640
_SEARCHED_PACKETS = 250  # past the place that was jumped to: more than ten seconds, and a file cannot keep us


class WrittenPoster(Value):
    """A picture and when it is shown, on the timeline of the source track."""

    path: Path
    at_ms: Milliseconds


def write_posters(
    path: Path, stream_index: int, folder: Path, count: int = 6, report: Report = silent
) -> list[WrittenPoster]:
    """Write up to `count` JPEGs (`poster-1.jpg` …) of at most 640 × 360, or 360 × 640, into `folder`.

    Each is the key frame at or before the middle of an equal part of the video; fewer where parts share one or cannot
    be read, one where the length is not told, none where nothing can be decoded. Raises SourceFailure where no decoder
    is known, StorageFull.
    """
    posters: list[WrittenPoster] = []
    with open_media(path) as container:
        stream = picture_stream(container, stream_index)
        stream.codec_context.skip_frame = "NONKEY"
        origin = (container.start_time or 0) / 1_000_000
        length = length_of(container) or 0.0
        for number in range(count if length else 1):
            frame = _frame_at(container, stream, origin + length * (number + 0.5) / count)
            report((number + 1) / count)
            if frame is None:
                continue
            at_ms = max(0, round(((frame.time or 0.0) - origin) * 1000))
            if posters and at_ms <= posters[-1].at_ms:
                continue
            output = folder / f"poster-{len(posters) + 1}.jpg"
            _write(frame, stream, output)
            posters.append(WrittenPoster(path=output, at_ms=at_ms))
    return posters


def _frame_at(container: Any, stream: Any, seconds: float) -> Any:
    with suppress(av.error.FFmpegError):  # a stream that cannot be jumped in: the next key frame from here
        container.seek(round(seconds * 1_000_000), backward=True, any_frame=False)
    packets = islice(readable_packets(container, stream), _SEARCHED_PACKETS)
    return next(readable_frames(packets, stream), None)


def _write(frame: Any, stream: Any, output: Path) -> None:
    frame.pts = 0
    scaled = PictureFilter(stream, _SHORT, _LONG, "yuvj420p")
    picture = next(iter([*scaled.push(frame), *scaled.flush()]))
    encoder: Any = av.codec.CodecContext.create("mjpeg", "w")
    encoder.width, encoder.height, encoder.pix_fmt = picture.width, picture.height, "yuvj420p"
    encoder.time_base = picture.time_base
    encoder.options = {"qmin": "3", "qmax": "6"}
    with full_disk_told(output), output.open("wb") as file:
        for packet in [*encoder.encode(picture), *encoder.encode(None)]:
            file.write(bytes(packet))
