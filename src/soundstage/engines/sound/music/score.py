"""The score: what sounds when, in beats, before anything is synthesised."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in beats, `pitch` as a MIDI number, `velocity` 0–1, `delay` in seconds after `start`."""

    start: float
    length: float
    pitch: int
    velocity: float
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One stroke of a drum: `start` in beats, `velocity` 0–1."""

    start: float
    drum: str
    velocity: float


@dataclass(frozen=True)
class Part:
    """One instrument's notes and its place in the mix.

    gain: linear. pan: −1 left … 1 right. send: how much goes into the room, 0–1.
    ducked: makes way for the bass drum (the pumping of dance music).
    """

    instrument: str
    notes: tuple[Note, ...]
    gain: float
    pan: float = 0.0
    send: float = 0.3
    ducked: bool = False


@dataclass(frozen=True)
class Score:
    """A whole piece. The final chord falls on `last_beat`; `swing` is where the off-beat eighth lies in the beat.

    `loose` is how far, in seconds, hands stray from the beat. `drum_gain` is linear.
    """

    parts: tuple[Part, ...]
    hits: tuple[Hit, ...]
    tempo: float
    last_beat: float
    swing: float
    loose: float
    room_seconds: float
    drum_gain: float

    def seconds(self, beat: float) -> float:
        """Time of a beat, swung: the first half of each beat is stretched to `swing` of it, the second squeezed."""
        whole = int(beat)
        part = beat - whole
        half = part / 0.5 * self.swing if part < 0.5 else self.swing + (part - 0.5) / 0.5 * (1.0 - self.swing)
        return (whole + half) * 60.0 / self.tempo
