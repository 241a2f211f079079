"""Voices of throats: a train of harmonics whose strengths follow resonances that move.

The source-filter view of G. Fant, "Acoustic Theory of Speech Production" (1960), done by additive synthesis
(X. Rodet, "Time-domain formant-wave-function synthesis", 1984, makes the same spectra from grains): a harmonic's gain
is read from the tract at its momentary pitch, so formants may glide and nothing aliases.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, phase
from soundstage.engines.sound.synthesis.noise import shaped, slow
from soundstage.engines.sound.synthesis.sounds import Signal

_HOP = 64  # frames between two looks at the tract
_MOST_HARMONICS = 72


@dataclass(frozen=True)
class Formant:
    """A resonance that moves: (share of the length 0…1, Hz) points, its width in Hz and its gain."""

    path: tuple[tuple[float, float], ...]
    width: float
    gain: float = 1.0


def still(*formants: tuple[float, float, float]) -> tuple[Formant, ...]:
    """Resonances that stay: (Hz, width, gain)."""
    return tuple(Formant(((0.0, hz),), width, gain) for hz, width, gain in formants)


def glide(frames: int, points: Sequence[tuple[float, float]]) -> Signal:
    """A smooth curve through (share of the length, value) points."""
    length = frames / SAMPLE_RATE
    first, last = points[0], points[-1]
    return curve(frames, [(-1e-3, first[1]), *((share * length, value) for share, value in points), (length, last[1])])


def unsteady(rng: Generator, pitch: Signal, jitter: float, rough: float = 0.0) -> Signal:
    """The pitch with slow drift (`jitter`, share) and fast roughness of the folds (`rough`, share)."""
    frames = len(pitch)
    wobble = np.float32(jitter) * slow(rng, frames, 7.0)
    if rough > 0:
        wobble = wobble + np.float32(rough) * shaped(rng, frames, filters.chain(filters.high(20), filters.low(70, 2)))
    return np.asarray(pitch * np.maximum(1 + wobble, 0.3), np.float32)


def voiced(pitch: Signal, tract: Sequence[Formant], tilt_db: float = 9.0, top_hz: float = 9000.0) -> Signal:
    """(frames,) of harmonics of `pitch` (Hz a frame); the source falls by `tilt_db` an octave, the tract shapes it."""
    frames = len(pitch)
    points = -(-frames // _HOP) + 1
    at = np.minimum(np.arange(points) * _HOP, frames - 1)
    hz = pitch[at].astype(np.float64)
    share = at / max(frames - 1, 1)
    centres = [
        np.interp(share, [place for place, _ in formant.path], [hz for _, hz in formant.path]) for formant in tract
    ]
    turn = np.exp(1j * phase(pitch)).astype(np.complex64)
    wave = turn.copy()
    out = np.zeros(frames, np.float32)
    for number in range(1, min(_MOST_HARMONICS, int(top_hz / max(float(hz.min()), 20.0)) + 1) + 1):
        tone = number * hz
        gain = sum(
            one.gain / np.sqrt(1 + ((tone - centre) / (one.width / 2)) ** 2)
            for one, centre in zip(tract, centres, strict=True)
        ) * number ** (-tilt_db / 6.0206)
        gain = np.where(tone < top_hz, gain, 0.0).astype(np.float32)
        out += wave.imag * filters.joined(gain, _HOP, frames)
        wave *= turn
    return out


def aspirated(rng: Generator, frames: int, tract: Sequence[Formant], floor: float = 0.02) -> Signal:
    """(frames,) of breath through the tract's mean resonances, at RMS 1."""
    bands = [
        filters.peak(mean, max(mean / one.width, 0.5), one.gain)
        for one in tract
        for mean in (float(np.mean([hz for _, hz in one.path])),)
    ]
    return shaped(rng, frames, filters.beside(*bands, filters.scaled(floor, filters.high(1500))))


def crackled(rng: Generator, frames: int, rate_hz: float, depth: float) -> NDArray[np.float32]:
    """A gain that flutters at about `rate_hz`: what a rough throat, a rattle or a growl does to its own sound."""
    flutter = 1 - depth / 2 + depth / 2 * np.tanh(2 * slow(rng, frames, rate_hz))
    return np.asarray(flutter, np.float32)


@dataclass(frozen=True)
class Note:
    """One sound of a throat. Paths are (share of the note, value) points; `rest` is the silence after it.

    pitch: Hz. formants: moving resonances. tilt: dB an octave. drift, rough: shares, see `unsteady`.
    flutter: (Hz, depth), see `crackled`. tremble: (Hz, share of the pitch, share of the level) of a regular vibrato.
    breath: level of the air beside the voice. loud: the level's path. drive: how hard it saturates.
    """

    seconds: float
    pitch: tuple[tuple[float, float], ...]
    formants: tuple[Formant, ...]
    rest: float = 0.05
    tilt: float = 4.0
    drift: float = 0.01
    rough: float = 0.0
    flutter: tuple[float, float] = (100.0, 0.0)
    tremble: tuple[float, float, float] = (8.0, 0.0, 0.0)
    breath: float = 0.05
    loud: tuple[tuple[float, float], ...] = ((0.0, 0.0), (0.15, 1.0), (0.7, 0.8), (1.0, 0.0))
    drive: float = 0.0


def noted(rng: Generator, note: Note, size: float = 1.0, stretch: float = 1.0) -> Signal:
    """(frames,) of one note, peak 1; `size` scales pitch and resonances, `stretch` the length."""
    frames = max(64, round(note.seconds * stretch * float(rng.uniform(0.92, 1.08)) * SAMPLE_RATE))
    up = size * float(rng.uniform(0.95, 1.05))
    time = np.arange(frames, dtype=np.float32) / SAMPLE_RATE
    rate, bend, swell = note.tremble
    vibrato = np.sin(2 * np.pi * np.float32(rate * rng.uniform(0.93, 1.07)) * time)
    pitch = glide(frames, [(share, hz * up) for share, hz in note.pitch]) * (1 + np.float32(bend) * vibrato)
    tract = [
        Formant(tuple((share, hz * size**0.5) for share, hz in one.path), one.width, one.gain) for one in note.formants
    ]
    sound = voiced(unsteady(rng, pitch.astype(np.float32), note.drift, note.rough), tract, note.tilt)
    sound *= np.float32(1 / max(float(np.abs(sound).max()), 1e-9))
    if note.breath > 0:
        sound += np.float32(0.3 * note.breath) * aspirated(rng, frames, tract)
    if note.flutter[1] > 0:
        sound *= crackled(rng, frames, note.flutter[0], note.flutter[1])
    sound *= (1 + np.float32(swell) * vibrato) * glide(frames, note.loud)
    if note.drive > 0:
        sound = np.tanh(np.float32(1 + note.drive) * sound / np.float32(max(float(np.abs(sound).max()), 1e-9)))
    return np.asarray(sound / np.float32(max(float(np.abs(sound).max()), 1e-9)), np.float32)


def called(rng: Generator, notes: Sequence[Note], size: float = 1.0, stretch: float = 1.0) -> Signal:
    """(frames,) of notes and their rests, one after the other."""
    parts: list[Signal] = []
    for note in notes:
        parts += [noted(rng, note, size, stretch), np.zeros(round(note.rest * stretch * SAMPLE_RATE), np.float32)]
    return np.concatenate(parts)
