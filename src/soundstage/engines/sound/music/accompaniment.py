"""What carries the tune: chords played in the style's manner, sustained pads, and the bass."""

from __future__ import annotations

import numpy as np

from soundstage.engines.sound.music.form import Bar, Form
from soundstage.engines.sound.music.harmony import Chord, bass_root
from soundstage.engines.sound.music.melody import chord_at, spots
from soundstage.engines.sound.music.score import Note
from soundstage.engines.sound.music.style import Style
from soundstage.engines.sound.music.tonality import Tonality, nearest

_STRUM = 0.011  # seconds from string to string
# How much busier than the style's energy says a section is accompanied.
_BUSIER = {"intro": -0.4, "verse": 0.0, "chorus": 0.25, "bridge": 0.1, "break": -0.6, "ending": 0.15}
_LOUDER = {"intro": 0.9, "break": 0.88, "chorus": 1.05, "ending": 1.05}
Voicing = tuple[int, ...]


def pad(chords: tuple[Chord, ...], voiced: tuple[Voicing, ...]) -> tuple[Note, ...]:
    """Each chord held until the next; common tones are tied over, so that only what changes is struck."""
    notes: list[Note] = []
    held: dict[int, float] = {}
    for one, pitches in zip(chords, voiced, strict=True):
        for pitch in [p for p in held if p not in pitches]:
            notes.append(Note(held[pitch], one.start - held[pitch], pitch, 0.6))
            del held[pitch]
        for pitch in pitches:
            held.setdefault(pitch, one.start)
        if one is chords[-1] and one.length == 0:  # the final chord is struck whole, so that it rings as one
            notes += [Note(start, one.start - start, pitch, 0.6) for pitch, start in held.items() if start < one.start]
            notes += [Note(one.start, 0.0, pitch, 0.65) for pitch in pitches]
    last = chords[-1]
    if last.length > 0:  # a circular piece: what is held ends where it begins again
        notes += [Note(start, last.start + last.length - start, pitch, 0.6) for pitch, start in held.items()]
    return tuple(notes)


def comp(form: Form, style: Style, chords: tuple[Chord, ...], voiced: tuple[Voicing, ...], energy: float,
         random: np.random.Generator) -> tuple[Note, ...]:  # fmt: skip
    """The chords in the style's rhythm and manner, and the final chord, rolled."""
    cells = {section: _pick(style.comp_cells, energy + lift, random) for section, lift in _BUSIER.items()}
    by_start = {one.start: pitches for one, pitches in zip(chords, voiced, strict=True)}
    notes: list[Note] = []
    for bar in form.bars:
        for count, (start, length, _) in enumerate(_fitting(cells[bar.section], bar, style.beats)):
            one = chord_at(chords, bar.start + start)
            strength = (0.72 if start % 1 == 0 else 0.6) * _LOUDER.get(bar.section, 1.0)
            room = max(0.05, min(length, one.start + one.length - bar.start - start))
            notes += _stroke(style.comping, one, by_start[one.start], bar.start + start, room, strength, count)
    return tuple(notes) if form.circular else (*notes, *_final(style, chords[-1], voiced[-1]))


def _stroke(manner: str, one: Chord, pitches: Voicing, start: float, length: float, strength: float,
            count: int) -> list[Note]:  # fmt: skip
    if manner == "block":
        return [Note(start, length * 0.9, pitch, strength) for pitch in pitches]
    if manner == "power":
        return [Note(start, length * 0.92, pitch, strength) for pitch in _power(one)]
    if manner == "strum":
        strings = pitches if count % 2 == 0 else pitches[::-1]
        return [Note(start, length, pitch, strength, delay=i * _STRUM) for i, pitch in enumerate(strings)]
    if manner == "alberti":
        low, high, *_ = pitches[0], pitches[-1]
        figure = (low, high, pitches[len(pitches) // 2], high)
        return [Note(start, length * 1.1, figure[count % 4], strength * 0.85)]
    climb = (*pitches, pitches[0] + 12, *pitches[:0:-1])
    return [Note(start, max(length * 1.6, 0.5), climb[count % len(climb)], strength)]


def _power(one: Chord) -> Voicing:
    root = bass_root(one, 45)
    return (root, root + 7, root + 12)


def _final(style: Style, one: Chord, pitches: Voicing) -> list[Note]:
    if style.comping == "power":
        return [Note(one.start, 0.0, pitch, 0.8) for pitch in _power(one)]
    roll = 0.0 if style.comping == "block" else _STRUM * 2
    return [Note(one.start, 0.0, pitch, 0.75, delay=i * roll) for i, pitch in enumerate(pitches)]


def bass(form: Form, style: Style, tonality: Tonality, chords: tuple[Chord, ...], energy: float,
         random: np.random.Generator) -> tuple[Note, ...]:  # fmt: skip
    """The bass line, and the final root. Breaks rest on long roots."""
    centre = 40
    cells = {section: _pick(style.bass_cells, energy + lift, random) for section, lift in _BUSIER.items()}
    notes: list[Note] = []
    for bar in form.bars:
        cell = cells[bar.section] if bar.section != "break" else "r---"
        if style.walks and bar.section not in ("intro", "break"):  # a walking line never walks the same way twice
            cell = style.bass_cells[int(random.integers(1, len(style.bass_cells)))]
        for start, length, mark in _fitting(cell, bar, style.beats):
            at = bar.start + start
            one = chord_at(chords, at)
            tone = mark if abs(one.start - at) > 1e-6 else "r"  # a new chord is always met on its root
            following = chords[0] if form.circular and bar.last else chord_at(chords, bar.start + bar.beats)
            pitch = _tone(tone, one, following, tonality, centre)
            notes.append(Note(at, length * 0.93, pitch, 0.85 if tone == "r" else 0.75))
    if form.circular:
        return tuple(notes)
    return (*notes, Note(form.last_beat, 0.0, bass_root(chords[-1], centre), 0.85))


def _tone(mark: str, one: Chord, following: Chord, tonality: Tonality, centre: int) -> int:
    root = bass_root(one, centre)
    if mark == "o":
        return root + 12
    if mark == "a":
        goal = bass_root(following, centre)
        return nearest(one.scale(tonality), goal + (2 if root > goal else -2))
    wanted = {"3": (3, 4), "5": (7, 6)}.get(mark, (0,))
    return next((root + step for step in wanted if (root + step) % 12 in one.classes), root)


def _pick(cells: tuple[str, ...], energy: float, random: np.random.Generator) -> str:
    at = energy * (len(cells) - 1) + random.uniform(-0.4, 0.4)
    return cells[int(np.clip(round(at), 0, len(cells) - 1))]


def _fitting(cell: str, bar: Bar, beats: float) -> list[tuple[float, float, str]]:
    """The notes of a cell for a full bar that begin within this bar, cut at its end."""
    return [(s, min(n, bar.beats - s), m) for s, n, m in spots(cell, beats) if s < bar.beats - 1e-6]
