"""The score: what sounds when, in quarter notes, before anything is played."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """`start` and `length` in quarters, `pitch` as a MIDI number, `velocity` 0–1, `delay` in seconds after `start`.

    A length of 0 rings to the end of the piece.
    """

    start: float
    length: float
    pitch: int
    velocity: float
    delay: float = 0.0


@dataclass(frozen=True, slots=True)
class Hit:
    """One stroke of a drum: `start` in quarters, `velocity` 0–1."""

    start: float
    drum: str
    velocity: float


@dataclass(frozen=True)
class Part:
    """One instrument's notes and its place in the mix.

    role: melody, double, harmony, pad or bass. pan: −1 left … 1 right. send: how much goes into the room, 0–1.
    ducked: makes way for the bass drum (the pumping of dance music). late: seconds behind the beat.
    """

    instrument: str
    notes: tuple[Note, ...]
    role: str
    pan: float = 0.0
    send: float = 0.3
    ducked: bool = False
    late: float = 0.0

    @property
    def stem(self) -> str:
        return {"double": "melody", "pad": "harmony"}.get(self.role, self.role)


@dataclass(frozen=True)
class Score:
    """A whole piece. The final chord falls on `last_beat`; a circular piece has none and ends there.

    tempo: quarters a minute. swing: where the second of each two halves of `swung` quarters lies, 0.5 straight … 0.75.
    loose: how far, in seconds, hands stray from the beat. drum_level: dB beside the style's own.
    bar: quarters in a bar, and `metre` its name.
    """

    parts: tuple[Part, ...]
    hits: tuple[Hit, ...]
    kit: str
    tempo: float
    last_beat: float
    swing: float
    loose: float
    room_seconds: float
    drum_level: float = 0.0
    swung: float = 1.0
    circular: bool = False
    metre: str = "4/4"

    def seconds(self, beat: float) -> float:
        """Time of a beat, swung: the first half of each pair is stretched to `swing` of it, the second squeezed."""
        whole, part = divmod(beat / self.swung, 1.0)
        half = part / 0.5 * self.swing if part < 0.5 else self.swing + (part - 0.5) / 0.5 * (1.0 - self.swing)
        return (whole + half) * self.swung * 60.0 / self.tempo
