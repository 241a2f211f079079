"""Reading packets and pictures of damaged files: what cannot be read is left out, and nothing is read for ever."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import av.error

from soundstage.errors import ExceptionReason, SourceFailure

_MAX_READ_ERRORS = 32  # in a row


def picture_stream(container: Any, index: int) -> Any:
    """The video stream of this index. Raises SourceFailure where there is none, or none that can be decoded."""
    stream = next((one for one in container.streams.video if one.index == index), None)
    if stream is None or stream.codec_context is None:
        raise SourceFailure("The video is in a format that cannot be decoded.", ExceptionReason.MISMATCHED_SOURCE_CODEC)
    return stream


def readable_packets(container: Any, *streams: Any) -> Iterator[Any]:
    """The packets of these streams, in file order, without those that end a stream; damage is passed over."""
    errors = 0
    packets = container.demux(*streams)
    while errors <= _MAX_READ_ERRORS:
        try:
            packet = next(packets, None)
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            errors += 1
            packets = container.demux(*streams)  # an error ends the generator; reading may go on
            continue
        if packet is None:
            return
        errors = 0
        if packet.size:
            yield packet


def readable_frames(packets: Iterator[Any], stream: Any) -> Iterator[Any]:
    """The decoded frames of one stream's packets; packets that cannot be decoded are left out."""
    for packet in packets:
        yield from decoded(packet, stream)
    yield from decoded(None, stream)


def decoded(packet: Any, stream: Any) -> Iterator[Any]:
    """The frames of one packet, or those held back for None; none where it is damaged."""
    try:
        frames = stream.decode(packet)
    except av.error.FFmpegError:
        return
    for frame in frames:
        frame.time_base = stream.time_base  # those that were held back come without
        yield frame
