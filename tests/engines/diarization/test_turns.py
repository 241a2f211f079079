"""Frames to turns and speakers: breaths bridged, overlaps kept, numbers by first appearance."""

from __future__ import annotations

import numpy as np

from soundstage.engines.diarization.frames import frames, start_ms
from soundstage.engines.diarization.turns import diarization
from soundstage.testing.engines import check_diarization

LONG = 60_000
SURE = np.full(frames(60), 0.9, np.float32)


def talking(*people: list[tuple[float, float]]) -> np.ndarray:
    on = np.zeros((frames(60), len(people)), np.bool_)
    for person, spans in enumerate(people):
        for start, end in spans:
            on[frames(start) : frames(end), person] = True
    return on


def told(*people: list[tuple[float, float]]) -> list[tuple[str, float, float]]:
    found = diarization(talking(*people), np.full(len(people), 0.9, np.float32), SURE, LONG)
    check_diarization(found, LONG)
    return [
        (turn.speaker_id, round(turn.span.start_ms / 1000, 1), round(turn.span.end_ms / 1000, 1))
        for turn in found.turns
    ]


def test_speakers_are_numbered_as_they_come() -> None:
    found = diarization(talking([(20, 25)], [(1, 5)], []), np.array([0.5, 0.25, 1], np.float32), SURE, LONG)
    assert [(one.speaker_id, one.name, one.confidence) for one in found.speakers] == [
        ("speaker-1", "Speaker 1", 0.25),
        ("speaker-2", "Speaker 2", 0.5),
    ]


def test_pauses_are_bridged_while_nobody_else_speaks() -> None:
    assert told([(1, 3), (4, 6), (9, 10)]) == [("speaker-1", 1, 6), ("speaker-1", 9, 10)]
    assert told([(1, 3), (4, 6)], [(3.2, 3.8)]) == [
        ("speaker-1", 1, 3), ("speaker-2", 3.2, 3.8), ("speaker-1", 4, 6),
    ]  # fmt: skip


def test_a_breath_is_bridged_even_then() -> None:
    assert told([(1, 3), (3.2, 6)], [(2, 5)]) == [("speaker-1", 1, 6), ("speaker-2", 2, 5)]


def test_a_click_is_no_turn() -> None:
    assert told([(1, 1.1)], [(3, 4)]) == [("speaker-1", 3, 4)]


def test_the_sample_is_where_nobody_else_speaks() -> None:
    found = diarization(talking([(1, 30)], [(1.5, 24), (26, 29)]), np.ones(2, np.float32), SURE, LONG)
    one, two = found.speakers
    assert one.sample is not None
    assert abs(one.sample.start_ms - 24_000) < 40 and abs(one.sample.duration_ms - 2_000) < 40
    assert two.sample is None
    alone = diarization(talking([(1, 30)]), np.ones(1, np.float32), SURE, LONG).speakers[0]
    assert alone.sample is not None and alone.sample.duration_ms == 6_000


def test_a_turn_is_as_sure_as_what_is_heard_of_it_alone() -> None:
    sure = np.where(np.arange(frames(60)) < frames(5), 0.8, 0.4).astype(np.float32)
    people = talking([(1, 10)], [(5, 10), (20, 22)], [(2, 3)])
    found = diarization(people, np.array([1, 1, 0.9], np.float32), sure, LONG)
    assert [(turn.speaker_id, turn.confidence) for turn in found.turns] == [
        ("speaker-1", 0.8), ("speaker-2", 0.45), ("speaker-3", 0.5), ("speaker-3", 0.4),
    ], "whoever is never heard alone in a turn is half as sure there"  # fmt: skip


def test_turns_end_with_the_track() -> None:
    found = diarization(np.ones((300, 1), np.bool_), np.ones(1, np.float32), SURE, 1_000)
    assert [(turn.span.start_ms, turn.span.end_ms) for turn in found.turns] == [(0, 1_000)]
    assert diarization(talking([(2, 60)]), np.ones(1, np.float32), SURE, 1_000).speakers == ()
    assert start_ms(1) - start_ms(0) == 17
