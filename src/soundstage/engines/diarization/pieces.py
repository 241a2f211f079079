"""Speech cut into pieces that one voice embedding is made of: about two seconds of one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soundstage.engines.diarization.frames import Grid, frames

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Frames = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float32]

_PAUSE = 0.8  # seconds that end a run
_PIECE = 2.0  # seconds of speech that tell a voice
_STEP = 1.0
_ONE_PERSON = 0.45  # cosine


@dataclass(frozen=True)
class Piece:
    """Speech that is heard as one: `frames` (sorted frame numbers) of the run with the number `run`."""

    frames: Frames
    run: int


def runs(grid: Grid) -> list[Frames]:
    """Frames of one speaker alone, parted at changes, at overlaps and at pauses."""
    import numpy as np  # noqa: PLC0415

    alone = np.flatnonzero(grid.speakers == 1).astype(np.int32)
    if not len(alone):
        return []
    breaks = np.zeros(len(grid.speakers) + 1, np.int32)
    breaks[list(grid.changes)] = 1
    breaks[:-1][grid.speakers > 1] = 1
    before = np.cumsum(breaks)[alone]
    cut = (np.diff(alone) > frames(_PAUSE)) | (np.diff(before) > 0)
    return np.split(alone, np.flatnonzero(cut) + 1)


def pieces(found: Sequence[Frames]) -> list[Piece]:
    """Runs cut into pieces of two seconds that overlap by half; shorter runs as they are."""
    cut = []
    for number, run in enumerate(found):
        length, spare = frames(_PIECE), len(run) - frames(_PIECE)
        steps = max(0, -(-spare // frames(_STEP)))
        places = [round(step * spare / steps) for step in range(steps + 1)] if steps else [0]
        cut += [Piece(run[place : place + length], number) for place in places]
    return cut


def impure(cut: Sequence[Piece], voices: Sequence[Floats | None]) -> set[int]:
    """Numbers of the pieces whose neighbours in the run, which do not overlap, sound like two people."""
    found = set()
    for middle in range(1, len(cut) - 1):
        before, after = voices[middle - 1], voices[middle + 1]
        if cut[middle - 1].run != cut[middle + 1].run or before is None or after is None:
            continue
        if float(before @ after) < _ONE_PERSON:
            found.add(middle)
    return found
