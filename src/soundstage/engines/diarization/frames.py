"""The time grid of the diarizer: frames of 16.875 ms, and what overlapping windows of ten seconds say about each.

Windows begin every 2.16 s, which is 128 frames and a whole number of milliseconds, so that nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Classes = npt.NDArray[np.int8]
    Floats = npt.NDArray[np.float32]

SAMPLES = 270  # of a frame at 16 kHz
FIRST_CENTRE = 495  # the sample in the middle of frame 0
WINDOW_MS, WINDOW_FRAMES = 10_000, 589
_HOP_MS = 2_160
_GRID_MS, _GRID_FRAMES = 135, 8  # the smallest step that is whole in both

LOCAL_SPEAKERS = 3
# Which local speakers talk in each class.
TALKING = ((), (0,), (1,), (2,), (0, 1), (0, 2), (1, 2))
_EDGE = 0.08  # weight of a window's first and last frames, where it knows little of what surrounds them
_LOOSE = 6  # frames around a change in which windows may disagree on where it is


def frames(seconds: float) -> int:
    return max(1, round(seconds * 16_000 / SAMPLES))


def seconds(count: float) -> float:
    return count * SAMPLES / 16_000


def start_ms(frame: int) -> int:
    return round((frame * SAMPLES + FIRST_CENTRE - SAMPLES / 2) / 16)


def window_starts(duration_ms: int) -> Iterator[tuple[int, int]]:
    """`(milliseconds, frame)` where each window begins; the last one ends with the track, or up to 135 ms after it."""
    last = max(0, -(-(duration_ms - WINDOW_MS) // _GRID_MS))
    steps = [*range(0, last, _HOP_MS // _GRID_MS), last]
    yield from ((step * _GRID_MS, step * _GRID_FRAMES) for step in steps)


@dataclass(frozen=True)
class Window:
    """first: its first frame. classes: (589,), the likeliest class of each frame."""

    first: int
    classes: Classes

    @property
    def frames(self) -> slice:
        return slice(self.first, self.first + len(self.classes))


@dataclass(frozen=True)
class Grid:
    """What all windows say together.

    speakers: (frames,) int8, how many talk at once: 0, 1 or 2.
    changes: frames at which another speaker takes over, sorted.
    """

    speakers: Classes
    changes: tuple[int, ...]

    @classmethod
    def of(cls, windows: Sequence[Window]) -> Grid:
        import numpy as np  # noqa: PLC0415 - specs stay light

        length = windows[-1].first + WINDOW_FRAMES
        count, change, weight = (np.zeros(length, np.float32) for _ in range(3))
        many = np.array([len(talking) for talking in TALKING], np.float32)
        for window in windows:
            certain = certainty(len(window.classes))
            count[window.frames] += many[window.classes] * certain
            change[window.frames] += _changes(window.classes) * certain
            weight[window.frames] += certain
        speakers = np.floor(count / weight + 0.5).astype(np.int8)
        return cls(speakers=speakers, changes=tuple(_places(change / weight, speakers)))


def certainty(length: int) -> Floats:
    """The weight of each frame of a window: most in its middle."""
    import numpy as np  # noqa: PLC0415

    return np.maximum(np.hamming(length), _EDGE).astype(np.float32)


def stretches(on: npt.NDArray[Any]) -> list[tuple[int, int]]:
    """`[first, end)` of each run of true values."""
    import numpy as np  # noqa: PLC0415

    edges = np.diff(np.concatenate([[0], on.astype(np.int8), [0]]))
    return list(zip(np.flatnonzero(edges == 1).tolist(), np.flatnonzero(edges == -1).tolist(), strict=True))


def _changes(classes: Classes) -> Floats:
    """1 from where one local speaker, alone, ends to where the next one begins; a little wider on both sides."""
    import numpy as np  # noqa: PLC0415

    marked = np.zeros(len(classes), np.float32)
    alone = np.flatnonzero((classes >= 1) & (classes <= LOCAL_SPEAKERS))
    for at in np.flatnonzero(np.diff(classes[alone])):
        before, after = alone[at], alone[at + 1]
        marked[max(0, before - _LOOSE) : after + _LOOSE + 1] = 1.0
    return marked


def _places(share: Floats, speakers: Classes) -> Iterator[int]:
    """Where most windows agree that the speaker changes: in the silence between the two, or where most agree."""
    import numpy as np  # noqa: PLC0415

    for first, end in stretches(share > 0.5):
        silent = np.flatnonzero(speakers[first:end] == 0)
        most = np.flatnonzero(share[first:end] == share[first:end].max())
        yield first + int(np.median(silent if len(silent) else most))
