"""Decoded pictures upright, with square pixels, progressive, and no larger than wanted."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import av.error
import av.filter

_TURNS = {90: "transpose=cclock", -90: "transpose=clock", -270: "transpose=cclock", 270: "transpose=clock"}


class PictureFilter:
    """`stream` tells the shape of its pixels. `short`, `long`: the most pixels on the shorter and the longer side.

    All that comes out has one size.
    """

    def __init__(self, stream: Any, short: int, long: int, pixel_format: str = "yuv420p") -> None:
        aspect = stream.sample_aspect_ratio
        self._aspect = float(aspect) if aspect is not None and 0.1 < aspect < 10 else 1.0
        self._short = short
        self._long = long
        self._pixel_format = pixel_format
        self._kind: tuple[int, int, str] | None = None
        self._graph: Any = None
        self.size: tuple[int, int] | None = None

    def push(self, frame: Any) -> Iterator[Any]:
        """The pictures that are ready now. Their time stamps are in the time base of the frames."""
        kind = (frame.width, frame.height, frame.format.name)
        if kind != self._kind:
            yield from self.flush()
            self._kind, self._graph = kind, self._built(frame)
        self._graph.push(frame)
        yield from self._ready()

    def flush(self) -> Iterator[Any]:
        """The pictures that were held back."""
        if self._graph is not None:
            self._graph.push(None)
            yield from self._ready()
            self._graph = None

    def _ready(self) -> Iterator[Any]:
        while True:
            try:
                yield self._graph.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                return

    def size_of(self, frame: Any) -> tuple[int, int]:
        """Width and height, even numbers, that this frame would get as the first."""
        width, height = frame.width * self._aspect, float(frame.height)
        if _turn(frame) in _TURNS:
            width, height = height, width
        factor = min(1.0, self._short / min(width, height), self._long / max(width, height))
        return max(2, round(width * factor / 2) * 2), max(2, round(height * factor / 2) * 2)

    def _built(self, frame: Any) -> Any:
        self.size = self.size or self.size_of(frame)
        turn = _turn(frame)
        filters = ["bwdif=deint=interlaced"]
        filters += [_TURNS[turn]] if turn in _TURNS else []
        filters += ["hflip", "vflip"] if abs(turn) == 180 else []
        filters += [f"scale={self.size[0]}:{self.size[1]}", "setsar=1", f"format={self._pixel_format}"]
        graph = av.filter.Graph()
        last = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=frame.time_base or Fraction(1, 1000)
        )
        for step in [*filters, "buffersink"]:
            name, _, arguments = step.partition("=")
            following = graph.add(name, arguments)
            last.link_to(following)
            last = following
        graph.configure()
        return graph


def _turn(frame: Any) -> int:
    """Degrees, a multiple of 90, by which the pictures are to be turned against the clock."""
    return int(round(frame.rotation / 90) * 90)
