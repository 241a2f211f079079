"""Melody: a motif of one or two bars, answered, varied and led home over phrases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from soundstage.engines.sound.music.form import Bar, Form
from soundstage.engines.sound.music.harmony import Chord
from soundstage.engines.sound.music.score import Note
from soundstage.engines.sound.music.style import Style
from soundstage.engines.sound.music.tonality import Tonality, nearest

_WIDEST = 5  # semitones between two notes of a figure
_LEAP = 5  # semitones from phrase to phrase, before the chord is met
_STEPS = np.array([-3, -2, -1, 0, 1, 2, 3])
_LIKELY = np.array([0.02, 0.10, 0.33, 0.10, 0.33, 0.10, 0.02])


@dataclass(frozen=True)
class Motif:
    """`cell` is its rhythm (see `styles`), `moves` its steps along the scale from note to note."""

    cell: str
    moves: tuple[int, ...]


def spots(cell: str, beats: float) -> list[tuple[float, float, str]]:
    """Start and length in beats, and the character, of every note in a rhythm cell laid over `beats`."""
    step = beats / len(cell)
    found: list[tuple[float, float, str]] = []
    for at, mark in enumerate(cell):
        if mark in ".-":
            continue
        end = at + 1
        while end < len(cell) and cell[end] == "-":
            end += 1
        found.append((at * step, (end - at) * step, mark))
    return found


def lead(form: Form, style: Style, tonality: Tonality, chords: tuple[Chord, ...], energy: float,
         random: np.random.Generator) -> tuple[Note, ...]:  # fmt: skip
    """The tune of the whole piece, with its last note on the tonic over the final chord.

    Every section has its own pair of motifs, which come back each time the section does. Within a phrase the bars
    go: motif, answer, motif from elsewhere, close. Phrases close half (fifth or second) and whole (tonic) in turn.
    """
    motifs = {
        section: (_motif(style, energy, random), _motif(style, energy, random))
        for section in ("verse", "chorus", "bridge", "break")
    }
    notes: list[Note] = []
    for phrase in form.phrases:
        section = phrase[0].section
        if section == "intro":
            continue
        centre = style.centre + (4 if section in ("chorus", "ending") else 0)
        variation = phrase[0].time
        motif = motifs["chorus" if section == "ending" else section]
        before = notes[-1].pitch if notes else centre
        notes += _phrase(phrase, motif, centre, tonality, chords, variation, random, before)
    if form.circular:
        return tuple(notes)
    tonic = nearest((tonality.tonic,), notes[-1].pitch if notes else style.centre)
    return (*notes, Note(form.last_beat, 0.0, tonic, 0.8))


def _motif(style: Style, energy: float, random: np.random.Generator) -> Motif:
    at = energy * (len(style.cells) - 1) + random.uniform(-0.8, 0.8)
    cell = style.cells[int(np.clip(round(at), 0, len(style.cells) - 1))]
    count = sum(mark == "x" for mark in cell)
    arch = np.where(np.arange(count) < count / 2, 0.10, -0.10)  # rises first, falls afterwards
    moves: list[int] = []
    while sum(abs(move) for move in moves) < 2:  # a motif that stays where it is, is none
        moves = []
        for lean in arch:
            likely = np.clip(_LIKELY + lean * np.sign(_STEPS) * 0.8, 0.01, None)
            moves.append(int(random.choice(_STEPS, p=likely / likely.sum())))
    return Motif(cell, tuple(moves))


def _phrase(bars: tuple[Bar, ...], motifs: tuple[Motif, Motif], centre: int, tonality: Tonality,
            chords: tuple[Chord, ...], variation: int, random: np.random.Generator,
            before: int) -> list[Note]:  # fmt: skip
    notes: list[Note] = []
    begin = min(max(centre + int(random.integers(-3, 4)), before - _LEAP), before + _LEAP)
    pitch = nearest(chord_at(chords, bars[0].start).classes, begin)
    for bar in bars:
        if bar.closes and len(bars) > 1:
            notes += _close(bar, pitch, tonality, chords, whole=bar.last or variation % 2 == 1)
            continue
        motif = motifs[1] if bar.place % 4 == 1 else motifs[0]
        if bar.place % 4 == 2:  # the sequence: the same figure from another place of the scale
            pitch = nearest(chord_at(chords, bar.start).classes, pitch + int(random.choice((-4, -3, -2, 2, 3, 4))))
        played = _figure(bar, motif, pitch, centre, tonality, chords, variation, random)
        notes += played
        pitch = played[-1].pitch if played else pitch
    return notes


def _figure(bar: Bar, motif: Motif, pitch: int, centre: int, tonality: Tonality, chords: tuple[Chord, ...],
            variation: int, random: np.random.Generator) -> list[Note]:  # fmt: skip
    notes: list[Note] = []
    for at, (start, length, _) in enumerate(spots(motif.cell, bar.beats)):
        one = chord_at(chords, bar.start + start)
        scale = one.scale(tonality)
        move = motif.moves[at % len(motif.moves)] if at or bar.place % 4 != 2 else 0
        if variation and at and random.uniform() < 0.2:
            move = -move
        further = _walk(pitch, move, scale)
        pitch = further if centre - 9 <= further <= centre + 11 else _walk(pitch, -move, scale)
        strong = start in (0, 1.5 if bar.beats == 3 else 2.0, 3.0 if bar.beats == 5 else 2.0)
        before = notes[-1].pitch if notes else pitch
        pitch = nearest(one.classes if strong else scale, pitch)
        if abs(pitch - before) > _WIDEST:
            pitch = nearest(one.classes, before)
        notes.append(Note(bar.start + start, length * 0.95, pitch, 0.85 if strong else 0.7))
    return notes


def _close(bar: Bar, pitch: int, tonality: Tonality, chords: tuple[Chord, ...], *, whole: bool) -> list[Note]:
    """Two notes leading by step to a long one: the tonic's neighbour before the final chord, else a resting tone."""
    one = chord_at(chords, bar.start + bar.beats / 2)
    wanted = (tonality.scale[1], tonality.scale[6], tonality.scale[4]) if bar.last else (
        (tonality.tonic,) if whole else (tonality.scale[4], tonality.scale[1]))  # fmt: skip
    resting = tuple(c for c in one.classes if c in wanted) or one.classes
    goal = nearest(resting, pitch)
    first = chord_at(chords, bar.start)
    approach = nearest(first.classes, (pitch + goal) // 2 + (2 if goal <= pitch else -2))
    if bar.beats < 3:
        return [Note(bar.start, bar.beats * 0.95, nearest(first.classes, goal), 0.75)]
    half = bar.beats / 2
    step = _walk(goal, 1 if approach > goal else -1, first.scale(tonality))
    return [
        Note(bar.start, half / 2 * 0.95, approach, 0.75),
        Note(bar.start + half / 2, half / 2 * 0.95, step, 0.65),
        Note(bar.start + half, half * 0.92, goal, 0.8),
    ]


def chord_at(chords: tuple[Chord, ...], beat: float) -> Chord:
    """The chord that sounds at a beat."""
    found = chords[0]
    for one in chords:
        if one.start > beat + 1e-6:
            break
        found = one
    return found


def _walk(pitch: int, move: int, scale: tuple[int, ...]) -> int:
    """`move` steps along the scale from the scale tone nearest to `pitch`."""
    pitch = nearest(scale, pitch)
    for _ in range(abs(move)):
        pitch += 1 if move > 0 else -1
        while pitch % 12 not in scale:
            pitch += 1 if move > 0 else -1
    return pitch
