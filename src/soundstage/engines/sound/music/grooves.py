"""Drum patterns, as data, and how they are laid over a form.

A pattern is one bar in sixteenths (twelve in three-four): a digit 1–9 is a stroke of that strength, `.` none.
Each groove has variants from light to full; the last of a phrase gets a fill.
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from soundstage.engines.sound.music.form import Bar, Form
from soundstage.engines.sound.music.score import Hit

_FOUR = "8...8...8...8..."
Pattern = dict[str, str]

GROOVES = MappingProxyType[str, tuple[Pattern, ...]]({
    "pop": (
        {"kick": "9.......8.......", "snare": "....8.......8...", "hat": "5...4...5...4..."},
        {"kick": "9......68.......", "snare": "....9.......9...", "hat": "6.4.6.4.6.4.6.4."},
        {"kick": "9..6..7.8..6....", "snare": "....9..2....9...", "hat": "6.4.6.4.6.4.6.4.", "open": "..............5"},
    ),
    "rock": (
        {"kick": "9.......9.......", "snare": "....9.......9...", "hat": "7.5.7.5.7.5.7.5."},
        {"kick": "9.....7.9.......", "snare": "....9.......9...", "hat": "8.6.8.6.8.6.8.6."},
        {"kick": "9.7...7.9.7..7..", "snare": "....9.......9..3", "ride": "8.6.8.6.8.6.8.6."},
    ),
    "lofi": (
        {"kick": "8.........7.....", "snare": "....6.......6...", "hat": "4...4...4...4..."},
        {"kick": "8......5..7.....", "snare": "....7.......7...", "hat": "5.3.5.3.5.3.5.3."},
        {"kick": "8..5......7..4..", "snare": "....7..2....7.2.", "hat": "5.3.5.345.3.5.3."},
    ),
    "jazz": (
        {"ride": "6...6.4.6...6.4.", "pedal": "....5.......5..."},
        {"ride": "7...7.5.7...7.5.", "pedal": "....6.......6...", "kick": "3.......3......."},
        {"ride": "7...7.5.7...7.5.", "pedal": "....6.......6", "kick": "3...3...3...3", "brush": "......4.......3."},
    ),
    "electronic": (
        {"kick": _FOUR, "hat": "..5...5...5...5."},
        {"kick": "9...9...9...9...", "clap": "....7.......7...", "open": "..6...6...6...6."},
        {"kick": "9...9...9...9...", "clap": "....8.......8..3", "open": "..6...6...6...6.", "hat": "4434443444344434"},
    ),
    "cinematic": (
        {"taiko": "8...............", "low": "........6......."},
        {"taiko": "9.....5.7.......", "low": "....4.......5.5."},
        {"taiko": "9..6..6.9..6.66.", "low": "9.......9.......", "snare": "................"},
    ),
    "folk": (
        {"shaker": "4.2.4.2.4.2.4.2."},
        {"shaker": "5.3.5.3.5.3.5.3.", "kick": "6.......6......."},
        {"shaker": "5.353.535.353.53", "kick": "7.....4.7.......", "clap": "....4.......4..."},
    ),
    "funk": (
        {"kick": "9.......8.......", "snare": "....8.......8...", "hat": "6.4.6.4.6.4.6.4."},
        {"kick": "9..7......7..6..", "snare": "....9..2.2..9...", "hat": "7.5.7.5.7.5.7.5."},
        {"kick": "9..7..6...7..6..", "snare": "....9..2.2..9..2", "hat": "7565756575657565"},
    ),
    "soft": (
        {"kick": "5...............", "shaker": "2...2...2...2..."},
        {"kick": "5.........4.....", "shaker": "3.2.3.2.3.2.3.2.", "rim": "........4......."},
    ),
    "orchestral": (
        {"low": "6..............."},
        {"low": "7.......5......."},
        {"low": "8.......6...5.5.", "crash": "................"},
    ),
    "waltz": (
        {"kick": "5...........", "brush": "....3...3..."},
        {"kick": "6...........", "brush": "....4...4...", "hat": "4...3...3..."},
    ),
})  # fmt: skip
_FILLS = ("snare", "snare", "high", "low")


def drums(form: Form, groove: str, beats: int, energy: float, random: np.random.Generator) -> tuple[Hit, ...]:
    """Every stroke of the piece. Breaks are silent, intros light, choruses full; the end gets kick and crash."""
    variants = GROOVES[groove]
    hits: list[Hit] = []
    for bar in form.bars:
        if bar.section == "C":
            continue
        level = energy + {"intro": -0.45, "A": 0.0, "B": 0.3}[bar.section]
        variant = variants[int(np.clip(round(level * (len(variants) - 1)), 0, len(variants) - 1))]
        fill = bar.closes and bar.beats == beats and "snare" in variants[-1] and random.uniform() < 0.75
        hits += _bar(bar, variant, fill=fill, random=random)
        if bar.place == 0 and bar.start > 0 and bar.section in "AB" and "hat" in variants[0]:
            hits.append(Hit(bar.start, "crash", 0.5))
    hits += _final(form, groove)
    return tuple(hits)


def _bar(bar: Bar, variant: Pattern, *, fill: bool, random: np.random.Generator) -> list[Hit]:
    hits = []
    for drum, pattern in variant.items():
        for at, mark in enumerate(pattern):
            beat = at / 4
            if mark == "." or beat >= bar.beats or (fill and beat >= bar.beats - 1 and drum != "kick"):
                continue
            hits.append(Hit(bar.start + beat, drum, int(mark) / 9 * (1 + random.uniform(-0.06, 0.06))))
    if fill:
        for at, drum in enumerate(_FILLS):
            hits.append(Hit(bar.start + bar.beats - 1 + at / 4, drum, 0.55 + 0.1 * at))
    return hits


def _final(form: Form, groove: str) -> list[Hit]:
    if groove in ("cinematic", "orchestral"):
        return [Hit(form.last_beat, "taiko", 0.9), Hit(form.last_beat, "crash", 0.4)]
    if groove in ("soft", "folk", "waltz"):
        return [Hit(form.last_beat, "kick", 0.5)]
    return [Hit(form.last_beat, "kick", 0.9), Hit(form.last_beat, "crash", 0.6)]
