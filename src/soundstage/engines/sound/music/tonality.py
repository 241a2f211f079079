"""Tonalities: names such as `F# minor`, their scales, and pitches as MIDI numbers (69 = A4 = 440 Hz)."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_LETTERS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
_SIGNS = {"": 0, "#": 1, "♯": 1, "b": -1, "♭": -1}
SCALES = {"major": (0, 2, 4, 5, 7, 9, 11), "minor": (0, 2, 3, 5, 7, 8, 10)}


@dataclass(frozen=True)
class Tonality:
    """`tonic` is a pitch class (0 = C … 11 = B); `mode` is `major` or (natural) `minor`."""

    tonic: int
    mode: str

    @property
    def name(self) -> str:
        return f"{NAMES[self.tonic]} {self.mode}"

    @property
    def scale(self) -> tuple[int, ...]:
        """The seven pitch classes, tonic first."""
        return tuple((self.tonic + step) % 12 for step in SCALES[self.mode])


def parse(text: str) -> Tonality:
    """`A minor`, `Eb major`, `F# minor`. Raises ValueError for anything else."""
    note, _, mode = text.strip().partition(" ")
    letter, sign = note[:1].upper(), note[1:]
    mode = mode.strip().lower() or "major"
    if letter not in _LETTERS or sign not in _SIGNS or mode not in SCALES:
        raise ValueError(f"{text!r} is not a tonality such as 'A minor', 'Eb major' or 'F# minor'")
    return Tonality((_LETTERS[letter] + _SIGNS[sign]) % 12, mode)


def frequency(pitch: float) -> float:
    """Hz of a MIDI pitch in equal temperament."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def nearest(pitch_classes: tuple[int, ...], target: int) -> int:
    """The pitch nearest to `target` whose class is among `pitch_classes`; of two equally near, the lower."""
    return min(
        (target + d for d in range(-6, 7) if (target + d) % 12 in pitch_classes), key=lambda p: (abs(p - target), p)
    )
