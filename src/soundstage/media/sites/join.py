"""The picture and the sound that a site sends as two files, put into one; nothing is encoded anew."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from soundstage.media.container import open_media
from soundstage.media.packets import readable_packets

# What MP4 players know; all else goes into Matroska, which takes everything.
_MP4_CODECS = frozenset({"h264", "hevc", "av1", "aac", "mp3"})


def join(picture: Path, sound: Path, folder: Path) -> Path:
    """A file in `folder` with the first picture of one and the first sound of the other, each on its own times.

    Raises SourceFailure where a file cannot be read.
    """
    with open_media(picture) as seen, open_media(sound) as heard:
        streams = [*seen.streams.video[:1], *heard.streams.audio[:1]]
        names = {stream.codec_context.name for stream in streams if stream.codec_context is not None}
        output = folder / f"joined.{'mp4' if names <= _MP4_CODECS else 'mkv'}"
        with av.open(str(output), "w") as target:
            written = {stream: target.add_stream_from_template(stream) for stream in streams}
            files = [
                _packets(source, stream, written[stream]) for source, stream in zip((seen, heard), streams, strict=True)
            ]
            for _, _, packet in heapq.merge(*files, key=lambda one: one[:2]):
                target.mux(packet)
    return output


def _packets(source: Any, stream: Any, out: Any) -> Iterator[tuple[Fraction, int, Any]]:
    """Packets with their decoding time; those that step back are left out, for no container takes them."""
    last: int | None = None
    for packet in readable_packets(source, stream):
        packet.dts = packet.pts if packet.dts is None else packet.dts
        if packet.dts is None or (last is not None and packet.dts <= last):
            continue
        last = packet.dts
        at = Fraction(packet.dts) * packet.time_base
        packet.stream = out
        yield at, out.index, packet
