"""Clustering on made voices: the right number of people, bounds, and long files in proportion to their length."""

from __future__ import annotations

import numpy as np
import pytest

from soundstage.engines.diarization.clustering import speakers


def voices(counts: list[int], scatter: float = 0.9, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Pieces of people in turns of five, (n, 192), and who spoke. `scatter`: length of the noise; voices have 1."""
    rng = np.random.default_rng(seed)
    people = rng.standard_normal((len(counts), 192))
    people /= np.linalg.norm(people, axis=1, keepdims=True)
    left, who = list(counts), []
    while any(left):
        for person in range(len(counts)):
            turn = min(5, left[person])
            who += [person] * turn
            left[person] -= turn
    noise = rng.standard_normal((len(who), 192)) * scatter / np.sqrt(192)
    made = people[who] + noise
    return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32), np.array(who)


def lengths(count: int) -> np.ndarray:
    return np.full(count, 2.0, np.float32)


@pytest.mark.parametrize("counts", [[1], [2], [20], [20, 3], [10, 10], [12, 5, 30, 4, 9, 8], [3] * 12])
def test_as_many_as_there_are(counts: list[int]) -> None:
    made, who = voices(counts)
    means = speakers(made, lengths(len(made)))
    assert means.shape == (len(counts), 192)
    assert np.allclose(np.linalg.norm(means, axis=1), 1, atol=1e-5)
    nearest = (made @ means.T).argmax(axis=1)
    assert all(len(set(nearest[who == person])) == 1 for person in range(len(counts)))


def test_bounds_hold() -> None:
    made, _ = voices([10, 10, 10])
    assert len(speakers(made, lengths(30), most=2)) == 2
    assert len(speakers(made, lengths(30), most=1)) == 1
    assert len(speakers(made, lengths(30), fewest=5)) == 5
    assert len(speakers(made[:2], lengths(2), fewest=5)) == 2


def test_too_many_are_reduced_by_the_least_known() -> None:
    """A single stray piece goes before two people who speak much are taken for one."""
    made, who = voices([30, 30, 1])
    means = speakers(made, lengths(61), most=2)
    nearest = (made @ means.T).argmax(axis=1)
    assert len(set(nearest[who == 0])) == len(set(nearest[who == 1])) == 1
    assert nearest[who == 0][0] != nearest[who == 1][0]


def test_one_stray_piece_is_nobody_in_a_long_talk() -> None:
    made, _ = voices([30, 30, 1])
    assert len(speakers(made, lengths(61))) == 2
    assert len(speakers(made, lengths(61), fewest=3)) == 3
    assert len(speakers(*(both[-12:] for both in (made, lengths(61))))) == 2


def test_hours_are_clustered_in_blocks() -> None:
    made, who = voices([1500, 900, 400, 200, 60])
    means = speakers(made, lengths(len(made)))
    assert len(means) == 5
    nearest = (made @ means.T).argmax(axis=1)
    assert all(len(set(nearest[who == person])) == 1 for person in range(5))


def test_the_same_each_time() -> None:
    made, _ = voices([9, 8, 7])
    assert np.array_equal(speakers(made.copy(), lengths(24)), speakers(made.copy(), lengths(24)))
