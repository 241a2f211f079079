"""Harmony: Roman numerals become chords, chords become voicings that move as little as they can."""

from __future__ import annotations

import re
from dataclasses import dataclass

from soundstage.engines.sound.music.form import Bar, Form
from soundstage.engines.sound.music.style import Style
from soundstage.engines.sound.music.tonality import SCALES, Tonality, nearest

_DEGREES = {"i": 0, "ii": 1, "iii": 2, "iv": 3, "v": 4, "vi": 5, "vii": 6}
_NUMERAL = re.compile(r"(?P<sign>[b#]?)(?P<degree>[iIvV]+)(?P<quality>.*)")
_EXTENSIONS: dict[str, tuple[int, ...]] = {
    "": (),
    "5": (),
    "6": (9,),
    "7": (10,),
    "maj7": (11,),
    "9": (10, 14),
    "maj9": (11, 14),
    "add9": (14,),
    "sus4": (),
    "sus2": (),
    "dim": (),
    "m7b5": (10,),
}
_THIRD_AND_FIFTH: dict[str, tuple[int, ...]] = {
    "5": (7,),
    "sus4": (5, 7),
    "sus2": (2, 7),
    "dim": (3, 6),
    "m7b5": (3, 6),
}


@dataclass(frozen=True)
class Chord:
    """`root` and `classes` (root first) are pitch classes; it sounds from `start` for `length` beats."""

    root: int
    classes: tuple[int, ...]
    start: float
    length: float

    def scale(self, tonality: Tonality) -> tuple[int, ...]:
        """The tonality's scale bent to hold the chord: a raised seventh over the dominant in minor, and so on."""
        own = set(self.classes)
        foreign = {c for c in own if c not in tonality.scale}
        bent = [c for c in tonality.scale if c in own or not any((c - f) % 12 in (1, 11) for f in foreign)]
        return tuple(sorted({*bent, *own}))


def chord(numeral: str, tonality: Tonality, start: float, length: float) -> Chord:
    """`V7`, `ii`, `bVII`, `Imaj9` … in a tonality; capitals are major, small letters minor.

    Degrees are those of the tonality's own scale, so `VI` in A minor is F major.
    """
    match = _NUMERAL.fullmatch(numeral)
    if match is None or match["degree"].lower() not in _DEGREES or match["quality"] not in _EXTENSIONS:
        raise ValueError(f"{numeral!r} is not a chord numeral such as 'V7' or 'bVII'")
    shift = {"": 0, "b": -1, "#": 1}[match["sign"]]
    root = (tonality.tonic + SCALES[tonality.mode][_DEGREES[match["degree"].lower()]] + shift) % 12
    triad = _THIRD_AND_FIFTH.get(match["quality"], (4, 7) if match["degree"].isupper() else (3, 7))
    steps = (0, *triad, *_EXTENSIONS[match["quality"]])
    return Chord(root, tuple(dict.fromkeys((root + step) % 12 for step in steps)), start, length)


def harmonise(form: Form, style: Style, tonality: Tonality, choices: dict[str, str]) -> tuple[Chord, ...]:
    """One or two chords a bar, then the final chord; a circular piece has none. `choices[section]`: its progression.

    The bar before the final chord holds the style's cadence, so that the end is felt coming.
    """
    chords: list[Chord] = []
    for bar in form.bars:
        numerals = _numerals(bar, style, tonality, choices[bar.section])
        edges = [0.0, style.measure.half if bar.beats > style.measure.half else bar.beats / 2, bar.beats]
        if len(numerals) == 1:
            edges.pop(1)
        chords += [
            chord(numeral, tonality, bar.start + edges[at], edges[at + 1] - edges[at])
            for at, numeral in enumerate(numerals)
        ]
    if form.circular:
        return tuple(chords)
    return (*chords, chord(style.final[tonality.mode], tonality, form.last_beat, 0.0))


def _numerals(bar: Bar, style: Style, tonality: Tonality, progression: str) -> list[str]:
    if bar.last:
        cadence = style.cadence[tonality.mode].split()
        return cadence if bar.beats >= style.beats else cadence[-1:]
    bars = progression.split(" | ")
    return bars[bar.place % len(bars)].split()


def voicings(chords: tuple[Chord, ...], centre: int, voices: int = 4) -> tuple[tuple[int, ...], ...]:
    """For each chord its pitches, low to high, each as near as can be to the ones before (and to `centre`)."""
    before: tuple[int, ...] | None = None
    found: list[tuple[int, ...]] = []
    for one in chords:
        before = min(_candidates(one, centre, voices), key=lambda v: (_effort(before, v, centre), v))
        found.append(before)
    return tuple(found)


def _candidates(one: Chord, centre: int, voices: int) -> list[tuple[int, ...]]:
    """Close positions and drop-twos of every inversion within an octave of the centre."""
    classes = one.classes[:voices] if len(one.classes) <= voices else (one.classes[1:])[:voices]
    found: list[tuple[int, ...]] = []
    for inversion in range(len(classes)):
        order = [*classes[inversion:], *classes[:inversion]]
        for bottom in range(centre - 12, centre + 3):
            if bottom % 12 != order[0]:
                continue
            pitches = [bottom]
            for wanted in order[1:]:
                pitches.append(pitches[-1] + (wanted - pitches[-1]) % 12)
            found.append(tuple(pitches))
            if len(pitches) >= 4:
                found.append(tuple(sorted([*pitches[:-2], pitches[-2] - 12, pitches[-1]])))
    return found


def _effort(before: tuple[int, ...] | None, after: tuple[int, ...], centre: int) -> float:
    """Semitones moved by all voices, with a pull to the centre and a price on parallel fifths and octaves."""
    pull = 0.4 * abs(sum(after) / len(after) - centre)
    if before is None:
        return pull * 4
    moved = sum(min(abs(p - q) for q in before) for p in after) + sum(min(abs(p - q) for q in after) for p in before)
    parallel = 0.0
    if len(before) == len(after):
        for low in range(len(before)):
            for high in range(low + 1, len(before)):
                same = (before[high] - before[low]) % 12 == (after[high] - after[low]) % 12
                if same and (after[high] - after[low]) % 12 in (0, 7) and after[low] != before[low]:
                    parallel += 1.5
    return moved + pull + parallel


def bass_root(one: Chord, centre: int) -> int:
    """The chord's root in the bass register, nearest to `centre`."""
    return nearest((one.root,), centre)
