"""The grid: windows cover any track, and what they say together is what they say one by one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from soundstage.engines.diarization.frames import (
    WINDOW_FRAMES,
    WINDOW_MS,
    Grid,
    Window,
    start_ms,
    stretches,
    window_starts,
)
from soundstage.engines.diarization.pieces import impure, pieces, runs


def said(*parts: tuple[int, int]) -> np.ndarray:
    """Classes of a window: `(class, frames)`, silence after them."""
    classes = np.concatenate([np.full(count, number, np.int8) for number, count in parts])
    return np.pad(classes, (0, WINDOW_FRAMES - len(classes)))


@pytest.mark.parametrize("duration_ms", [1, 999, 10_000, 10_001, 12_160, 25_000, 3_600_000])
def test_windows_cover_the_track(duration_ms: int) -> None:
    starts = list(window_starts(duration_ms))
    assert starts[0] == (0, 0)
    assert all(later[0] - one[0] <= 2_160 for one, later in pairwise(starts))
    assert 0 <= starts[-1][0] + WINDOW_MS - duration_ms < 135 or duration_ms < WINDOW_MS
    assert all(abs(start_ms(frame) - start_ms(0) - ms) <= 1 for ms, frame in starts)


def test_windows_are_asked_by_majority_and_their_own_numbers_do_not_count() -> None:
    first = Window(0, said((0, 50), (1, 300), (4, 60), (2, 100)))
    second = Window(128, np.concatenate([said((3, 222), (6, 60), (2, 100))]))
    grid = Grid.of([first, second])
    assert len(grid.speakers) == 128 + WINDOW_FRAMES
    assert stretches(grid.speakers == 1) == [(50, 350), (410, 510)]
    assert stretches(grid.speakers == 2) == [(350, 410)]


def test_a_change_lies_in_the_silence_between_two() -> None:
    grid = Grid.of([Window(0, said((1, 200), (0, 21), (2, 200)))])
    assert grid.changes == (210,)
    assert [(int(run[0]), int(run[-1])) for run in runs(grid)] == [(0, 199), (221, 420)]


def test_a_breath_ends_no_run_and_a_pause_does() -> None:
    grid = Grid.of([Window(0, said((1, 100), (0, 20), (1, 100), (0, 100), (1, 100)))])
    assert [len(run) for run in runs(grid)] == [200, 100]


def test_pieces_overlap_by_half_and_cover_their_run() -> None:
    grid = Grid.of([Window(0, said((1, 500), (4, 20), (2, 30)))])
    found = runs(grid)
    cut = pieces(found)
    assert [piece.run for piece in cut] == [0] * (len(cut) - 1) + [1]
    assert np.array_equal(np.unique(np.concatenate([piece.frames for piece in cut[:-1]])), found[0])
    assert all(len(piece.frames) == 119 for piece in cut[:-1])
    assert all(later.frames[0] - one.frames[0] <= 60 for one, later in pairwise(cut[:-1]))
    assert len(cut[-1].frames) == 30


def test_nobody_no_pieces() -> None:
    assert pieces(runs(Grid.of([Window(0, said((0, 1)))]))) == []


def test_a_piece_between_two_voices_is_impure() -> None:
    cut = pieces(runs(Grid.of([Window(0, said((1, 500)))])))
    one, two = np.eye(192, dtype=np.float32)[:2]
    half = len(cut) // 2
    voices = [one] * half + [two] * (len(cut) - half)
    assert impure(cut, voices) == {half - 1, half}
    assert impure(cut, [one] * len(cut)) == set()
    assert impure(cut, [None] * len(cut)) == set()
