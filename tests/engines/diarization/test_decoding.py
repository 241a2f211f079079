"""Who speaks in each frame: changes are found where voices change, and overlaps get the two whom the windows hear."""

from __future__ import annotations

import numpy as np
from tests.engines.diarization.test_frames import said

from soundstage.engines.diarization.decoding import alone, talking
from soundstage.engines.diarization.frames import Grid, Window, frames, stretches
from soundstage.engines.diarization.pieces import pieces, runs


def likeness(cut, first_of_second: int) -> np.ndarray:
    """Pieces sound like speaker 0 before a frame and like speaker 1 from it on, by their share."""
    later = np.array([(piece.frames >= first_of_second).mean() for piece in cut], np.float32)
    return np.stack([0.9 - 0.8 * later, 0.1 + 0.8 * later], axis=1)


def test_a_change_that_no_window_heard_is_found_in_the_voices() -> None:
    grid = Grid.of([Window(0, said((1, 560)))])
    run_list = runs(grid)
    cut = pieces(run_list)
    found = alone(run_list, cut, likeness(cut, 280), len(grid.speakers))
    (before, after) = stretches(found.speakers == 0)[0], stretches(found.speakers == 1)[0]
    assert before[0] == 0 and before[1] == after[0] and after[1] == 560
    assert abs(after[0] - 280) <= frames(0.5)


def test_short_doubts_change_nothing() -> None:
    grid = Grid.of([Window(0, said((1, 560)))])
    run_list = runs(grid)
    cut = pieces(run_list)
    doubtful = likeness(cut, 600)
    doubtful[3] = (0.45, 0.5)
    assert (alone(run_list, cut, doubtful, len(grid.speakers)).speakers[:560] == 0).all()


def test_a_piece_that_was_not_heard_goes_with_its_neighbours() -> None:
    grid = Grid.of([Window(0, said((1, 100), (0, 10), (2, 12), (0, 10), (1, 100)))])
    run_list = runs(grid)
    cut = pieces(run_list)
    heard = np.array([[0.9, 0.1], [np.nan, np.nan], [0.9, 0.1]], np.float32)
    found = alone(run_list, cut, heard, len(grid.speakers)).speakers
    assert set(found[found >= 0]) == {0} and (found >= 0).sum() == 212


def test_how_sure_it_is_falls_where_voices_are_alike() -> None:
    grid = Grid.of([Window(0, said((1, 560)))])
    run_list = runs(grid)
    cut = pieces(run_list)
    heard = np.where(np.arange(len(cut))[:, None] < len(cut) / 2, [0.9, 0.1], [0.52, 0.5]).astype(np.float32)
    found = alone(run_list, cut, heard, len(grid.speakers))
    assert (found.speakers[:560] == 0).all() and (found.sureness[560:] == 0).all()
    assert found.sureness[:100].min() > 0.95 and found.sureness[-130:-30].max() < 0.5


def test_two_at_once_are_the_two_whom_the_windows_hear() -> None:
    windows = [Window(0, said((1, 200), (4, 50), (2, 200)))]
    grid = Grid.of(windows)
    run_list = runs(grid)
    found = np.full(len(grid.speakers), -1, np.int16)
    found[:200], found[250:450] = 2, 0
    on = talking(grid, windows, found, 3)
    assert stretches(on[:, 2]) == [(0, 250)] and stretches(on[:, 0]) == [(200, 450)]
    assert not on[:, 1].any() and len(run_list) == 2


def test_an_overlap_with_nobody_known_stays_silent() -> None:
    windows = [Window(0, said((4, 100)))]
    grid = Grid.of(windows)
    assert not talking(grid, windows, np.full(len(grid.speakers), -1, np.int16), 2).any()
