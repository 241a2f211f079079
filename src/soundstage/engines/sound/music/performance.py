"""The performance: the score in seconds, swung and humanised. What is heard and the MIDI file are both made of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundstage.engines.sound.music.orchestra import PLAYERS
from soundstage.engines.sound.music.score import Hit, Note, Part, Score

_LONGEST = 13.0  # seconds of one note; beyond that it has died or may be let go
_SHORTEST = 0.03


@dataclass(frozen=True, slots=True)
class Played:
    """`start` and `held` in seconds from the beginning; `velocity` 0–1."""

    start: float
    held: float
    pitch: int
    velocity: float


@dataclass(frozen=True, slots=True)
class Stroke:
    start: float
    drum: str
    velocity: float


@dataclass(frozen=True)
class Performance:
    """Of each part of the score what is played, in its order; and the drums. All within `seconds`."""

    score: Score
    seconds: float
    parts: tuple[tuple[Part, tuple[Played, ...]], ...]
    strokes: tuple[Stroke, ...]


def perform(score: Score, seconds: float, random: np.random.Generator) -> Performance:
    """Hands stray round the beat (normally, at most twice `loose`), no two strokes are equally strong.

    In a circular piece what is early at the beginning comes at the end. Pitches are moved into the players' compass.
    """
    parts = tuple((part, _part(part, score, seconds, random)) for part in score.parts)
    return Performance(score, seconds, parts, _strokes(score.hits, score, seconds, random))


def _part(part: Part, score: Score, seconds: float, random: np.random.Generator) -> tuple[Played, ...]:
    player = PLAYERS[part.instrument]
    shift = _octaves(part.notes, player.low, player.high)
    strays = _strays(len(part.notes), score.loose, random)
    strengths = 1 + 0.06 * np.clip(random.standard_normal(len(part.notes)), -2, 2)
    played: list[Played] = []
    for note, stray, strength in zip(part.notes, strays, strengths, strict=True):
        begin = score.seconds(note.start)
        start = _at(begin + note.delay + part.late + float(stray), score, seconds)
        held = seconds - start if note.length <= 0 else score.seconds(note.start + note.length) - begin
        if start >= seconds:
            continue
        velocity = float(np.clip(note.velocity * strength, 0.05, 1.0))
        pitch = player.within(note.pitch + shift)
        played.append(Played(start, min(max(held, _SHORTEST), _LONGEST), pitch, velocity))
    return tuple(played)


def _octaves(notes: tuple[Note, ...], low: int, high: int) -> int:
    """The octaves that bring most of a part into a compass, so that the line keeps its shape."""
    if not notes:
        return 0
    shifts = sorted((0, 12, -12, 24, -24), key=abs)
    return min(shifts, key=lambda shift: (sum(not low <= note.pitch + shift <= high for note in notes), abs(shift)))


def _strokes(hits: tuple[Hit, ...], score: Score, seconds: float, random: np.random.Generator) -> tuple[Stroke, ...]:
    strays = _strays(len(hits), score.loose * 0.5, random)
    strokes = (
        Stroke(_at(score.seconds(hit.start) + float(stray), score, seconds), hit.drum, min(1.0, hit.velocity))
        for hit, stray in zip(hits, strays, strict=True)
    )
    return tuple(stroke for stroke in strokes if stroke.start < seconds)


def _strays(count: int, loose: float, random: np.random.Generator) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.clip(random.standard_normal(count), -2, 2) * loose * 0.6


def _at(start: float, score: Score, seconds: float) -> float:
    return start % seconds if score.circular else max(0.0, start)
