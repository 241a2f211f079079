"""Who speaks in each frame: the likeliest way of speakers through the runs, and a second one where two talk at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from soundstage.engines.diarization.frames import (
    LOCAL_SPEAKERS,
    SAMPLES,
    TALKING,
    Grid,
    Window,
    certainty,
    frames,
    stretches,
)
from soundstage.engines.diarization.pieces import Piece
from soundstage.engines.diarization.sureness import sureness

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Runs = Sequence[npt.NDArray[np.int32]]

_UNIT = 0.2  # seconds decided at once
# What another speaker must gain, in summed cosines of frames: inside a run; after a pause inside it; at its start, the
# less the longer the silence was.
_CHANGE, _AFTER_PAUSE, _NEW_RUN = 4.0, 2.0, 2.0
_PAUSE = 0.15
_TRUSTED = 1.5  # seconds of speech whose embedding counts in full
_NEIGHBOURS = 0.3  # weight of who speaks just before and after an overlap, of all votes
_LEAST_VOTE = 0.15


@dataclass(frozen=True)
class Alone:
    """speakers: of each frame in which one person talks, (frames,); -1 elsewhere. sureness: of each of these, 0–1."""

    speakers: npt.NDArray[np.int16]
    sureness: Floats


def alone(run_list: Runs, cut: Sequence[Piece], likeness: Floats, length: int) -> Alone:
    """Who talks in each of `length` frames, as far as one person talks.

    likeness: (pieces, speakers), cosines to the speakers' means; NaN for a piece too short to have been heard.
    """
    import numpy as np  # noqa: PLC0415 - specs stay light

    units = list(_units(run_list, cut, likeness))
    best = np.zeros(likeness.shape[1])
    behind: list[npt.NDArray[np.intp]] = []
    end: int | None = None
    for members, first, score in units:
        price = _price(None if end is None else (int(members[0]) - end) * SAMPLES / 16_000, first)
        leader = int(best.argmax())
        behind.append(np.where(best >= best[leader] - price, np.arange(len(best)), leader))
        best = np.maximum(best, best[leader] - price) + score
        end = int(members[-1])
    found = Alone(np.full(length, -1, np.int16), np.zeros(length, np.float32))
    speaker = int(best.argmax())
    for (members, _, score), before in zip(reversed(units), reversed(behind), strict=True):
        found.speakers[members] = speaker
        found.sureness[members] = sureness(score[None, :] / np.float32(len(members)))[0, speaker]
        speaker = int(before[speaker])
    return found


def _price(silence: float | None, first: bool) -> float:
    import math  # noqa: PLC0415

    if silence is None:
        return 0.0
    if first:
        return _NEW_RUN * math.exp(-max(0.0, silence) / 0.5)
    return _AFTER_PAUSE if silence > _PAUSE else _CHANGE


def _units(
    run_list: Runs, cut: Sequence[Piece], likeness: Floats
) -> Iterator[tuple[npt.NDArray[np.int32], bool, Floats]]:
    """Each run in units of a fifth of a second: their frames, whether they open the run, and each speaker's score."""
    import numpy as np  # noqa: PLC0415

    number = 0
    for index, run in enumerate(run_list):
        score = np.zeros((len(run), likeness.shape[1]), np.float32)
        weight = np.full(len(run), 1e-9, np.float32)
        while number < len(cut) and cut[number].run == index:
            piece = cut[number].frames
            if not np.isnan(likeness[number, 0]):
                middle = 1 - np.abs((np.arange(len(piece), dtype=np.float32) + 0.5) / len(piece) * 2 - 1)
                shape = middle**2 + np.float32(0.02)  # a piece knows most about its middle
                place = int(np.searchsorted(run, piece[0]))
                trust = min(1.0, len(piece) / frames(_TRUSTED))
                score[place : place + len(piece)] += shape[:, None] * likeness[number] * np.float32(trust)
                weight[place : place + len(piece)] += shape
            number += 1
        score /= weight[:, None]
        places = np.array_split(np.arange(len(run)), max(1, round(len(run) / frames(_UNIT))))
        for unit in places:
            yield run[unit], bool(unit[0] == 0), score[unit].sum(axis=0)


def talking(
    grid: Grid, windows: Sequence[Window], speakers: npt.NDArray[np.int16], count: int
) -> npt.NDArray[np.bool_]:
    """(frames, speakers): who talks. Where two talk at once, the two whom the windows say it is.

    A window's local speaker is whoever was found in the frames in which it is heard alone.
    """
    import numpy as np  # noqa: PLC0415

    on = np.zeros((len(speakers), count), np.bool_)
    known = np.flatnonzero(speakers >= 0)
    on[known, speakers[known]] = True
    both = stretches(grid.speakers > 1)
    votes = _votes(both, windows, speakers, count)
    for (first, end), vote in zip(both, votes, strict=True):
        total = max(float(vote.sum()), 1.0)
        for beside in (first - 1, end):
            if 0 <= beside < len(speakers) and speakers[beside] >= 0:
                vote[speakers[beside]] += _NEIGHBOURS * total
        for speaker in np.argsort(-vote, kind="stable")[:2]:
            if vote[speaker] > _LEAST_VOTE * vote.sum():
                on[first:end, speaker] = True
    return on


def _votes(
    both: Sequence[tuple[int, int]], windows: Sequence[Window], speakers: npt.NDArray[np.int16], count: int
) -> npt.NDArray[np.float32]:
    """(overlaps, speakers): how much the windows are for each speaker."""
    import numpy as np  # noqa: PLC0415

    votes = np.zeros((len(both), count), np.float32)
    starts, ends = [first for first, _ in both], [end for _, end in both]
    for window in windows:
        here = range(
            int(np.searchsorted(ends, window.first, side="right")),
            int(np.searchsorted(starts, window.frames.stop)),
        )
        if not here:
            continue
        weight = certainty(len(window.classes))
        who = _identities(window, speakers[window.frames], count)
        for overlap in here:
            first, end = (min(max(edge - window.first, 0), len(weight)) for edge in both[overlap])
            for local in range(LOCAL_SPEAKERS):
                votes[overlap] += who[local] * weight[first:end][_talks(window, local)[first:end]].sum()
    return votes


def _identities(window: Window, speakers: npt.NDArray[np.int16], count: int) -> npt.NDArray[np.float32]:
    """(local speakers, speakers): the share of each speaker in the frames that are the local speaker's alone."""
    import numpy as np  # noqa: PLC0415

    shares = np.zeros((LOCAL_SPEAKERS, count), np.float32)
    for local in range(LOCAL_SPEAKERS):
        mine = speakers[(window.classes == local + 1) & (speakers >= 0)]
        if len(mine):
            shares[local] = np.bincount(mine, minlength=count) / len(mine)
    return shares


def _talks(window: Window, local: int) -> npt.NDArray[np.bool_]:
    import numpy as np  # noqa: PLC0415

    return np.array([local in talks for talks in TALKING])[window.classes]
