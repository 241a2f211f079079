"""The diarization error rate: how much of the speaking time is given to nobody, to too many, or to the wrong one.

The reference is read from RTTM; overlapping speech counts once for each who speaks (NIST md-eval, `-c 0.25`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.optimize import linear_sum_assignment


@dataclass(frozen=True)
class Talk:
    """Somebody speaks from `start` to `end`, in seconds."""

    start: float
    end: float
    who: str


@dataclass(frozen=True)
class DiarizationError:
    """Seconds of each kind of error, and of speech in the reference (its overlaps counted for each speaker)."""

    missed: float
    false_alarm: float
    confused: float
    speech: float

    @property
    def rate(self) -> float:
        """0 is perfect; without any speech in the reference, the false alarm in seconds."""
        return (self.missed + self.false_alarm + self.confused) / (self.speech or 1.0)


def read_rttm(path: Path) -> tuple[Talk, ...]:
    """The SPEAKER lines of a file."""
    fields = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("SPEAKER")]
    return tuple(Talk(float(one[3]), float(one[3]) + float(one[4]), one[7]) for one in fields)


def diarization_error(truth: Sequence[Talk], heard: Sequence[Talk], *, collar: float = 0.25) -> DiarizationError:
    """Compare, with the best of all one-to-one mappings of speakers.

    collar: seconds on each side of every boundary of the reference that do not count.
    """
    spans, spoken, found = _grid(truth, heard, collar)
    shared = (spans[:, None, None] * spoken[:, :, None] * found[:, None, :]).sum(axis=0)
    rows, columns = linear_sum_assignment(shared, maximize=True)
    right = float(shared[rows, columns].sum())
    there, told = spoken.sum(axis=1), found.sum(axis=1)
    return DiarizationError(
        missed=float((spans * np.maximum(0, there - told)).sum()),
        false_alarm=float((spans * np.maximum(0, told - there)).sum()),
        confused=float((spans * np.minimum(there, told)).sum()) - right,
        speech=float((spans * there).sum()),
    )


def _grid(truth: Sequence[Talk], heard: Sequence[Talk], collar: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Stretches in which nothing changes: their seconds, and who speaks in each by the reference and by the answer."""
    edges = [edge for talk in truth for edge in (talk.start, talk.end)]
    near = [(edge - collar, edge + collar) for edge in edges] if collar else []
    cuts = {edge for talk in (*truth, *heard) for edge in (talk.start, talk.end)}
    points = sorted(cuts | {edge for pair in near for edge in pair})
    stretches = [(one, two) for one, two in pairwise(points) if not _within((one + two) / 2, near)]
    middles = np.array([(one + two) / 2 for one, two in stretches])
    spans = np.array([two - one for one, two in stretches])
    return spans, _speaking(middles, truth), _speaking(middles, heard)


def _within(point: float, spans: Sequence[tuple[float, float]]) -> bool:
    return any(start < point < end for start, end in spans)


def _speaking(points: np.ndarray, talks: Sequence[Talk]) -> np.ndarray:
    """(points, speakers): 1 where the speaker speaks."""
    names = sorted({talk.who for talk in talks})
    speaking = np.zeros((len(points), len(names)), int)
    for talk in talks:
        speaking[(points > talk.start) & (points < talk.end), names.index(talk.who)] = 1
    return speaking
