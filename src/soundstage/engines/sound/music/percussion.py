"""Drums by synthesis: swept sines, filtered noise and a little metal. Each is float32 mono near peak 1."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soundstage.engines.sound.music.oscillators import RATE, Signal, ramp, seconds


def drum(name: str) -> Signal:
    """One stroke of a drum, always the same. Raises KeyError for a drum that is not in `DRUMS`."""
    sound = DRUMS[name]()
    sound /= np.abs(sound).max()
    tail = min(len(sound), RATE // 50)
    sound[-tail:] *= np.linspace(1, 0, tail, dtype=np.float32)
    return sound


def _noise(length: float, seed: int, low: float, high: float) -> Signal:
    """Band-limited white noise, `low`–`high` Hz, RMS near 1 of the band."""
    frames = int(length * RATE)
    white = np.random.Generator(np.random.PCG64(seed)).standard_normal(frames, dtype=np.float32)
    sos = signal.butter(2, (low, min(high, 20_000.0)), "bandpass", fs=RATE, output="sos")
    return _float(signal.sosfilt(sos, white))


def _float(sound: NDArray[np.float64]) -> Signal:
    single: Signal = sound.astype(np.float32)
    return single


def _sweep(length: float, start: float, end: float, fall: float, decay: float) -> Signal:
    """A sine that falls from `start` to `end` Hz with rate `fall` and dies with `decay` per second."""
    time = np.arange(int(length * RATE)) / RATE
    turns = end * time + (start - end) * (1 - np.exp(-fall * time)) / fall
    return _float(np.sin(2 * np.pi * turns) * np.exp(-decay * time))


def _fade(sound: Signal, decay: float, rise: float = 0.0005) -> Signal:
    count = len(sound)
    faded: Signal = sound * np.exp(seconds(count) * np.float32(-decay)) * ramp(count, rise)
    return faded


def _mixed(*sounds: Signal) -> Signal:
    out = np.zeros(max(map(len, sounds)), dtype=np.float32)
    for sound in sounds:
        out[: len(sound)] += sound
    return out


def _kick() -> Signal:
    click = _fade(_noise(0.02, 11, 1500, 6000), 300) * np.float32(0.25)
    return _mixed(_sweep(0.4, 170, 48, 38, 9), click)


def _snare() -> Signal:
    body = _mixed(_sweep(0.2, 240, 185, 40, 22), _sweep(0.2, 380, 330, 40, 30) * np.float32(0.5))
    return _mixed(body * np.float32(0.7), _fade(_noise(0.28, 12, 900, 9000), 17) * np.float32(0.8))


def _brush() -> Signal:
    return _fade(_noise(0.25, 13, 1200, 8000), 16, rise=0.02)


def _metal(length: float, seed: int, low: float) -> Signal:
    """Six square-like partials at clashing ratios, in noise: the recipe of analogue cymbals."""
    time = np.arange(int(length * RATE)) / RATE
    ring = sum(np.sign(np.sin(2 * np.pi * f * time)) for f in (263.0, 400.0, 421.0, 474.0, 587.0, 845.0))
    sos = signal.butter(3, low, "highpass", fs=RATE, output="sos")
    return _mixed(
        _float(signal.sosfilt(sos, np.asarray(ring) * 0.35)), _noise(length, seed, low, 17_000) * np.float32(0.6)
    )


def _clap() -> Signal:
    burst = _noise(0.3, 16, 900, 5000)
    time = seconds(len(burst))
    shape = np.exp(time * np.float32(-24)) * np.float32(0.6)
    for start in (0.0, 0.011, 0.022):
        late = time - np.float32(start)
        shape += np.where(late >= 0, np.exp(np.maximum(late, 0) * np.float32(-180)), 0).astype(np.float32)
    clap: Signal = burst * shape
    return clap


def _rim() -> Signal:
    return _mixed(_sweep(0.06, 1700, 1650, 10, 90), _sweep(0.06, 820, 800, 10, 80))


def _shaker() -> Signal:
    return _fade(_noise(0.12, 17, 4500, 12_000), 38, rise=0.018)


def _taiko() -> Signal:
    skin = _fade(_noise(0.12, 18, 150, 1800), 45) * np.float32(0.35)
    return _mixed(_sweep(1.3, 120, 62, 22, 4.2), _sweep(0.8, 210, 150, 25, 9) * np.float32(0.35), skin)


def _tom(start: float, end: float) -> Signal:
    return _mixed(_sweep(0.5, start, end, 18, 8), _fade(_noise(0.05, 19, 300, 3000), 90) * np.float32(0.2))


DRUMS: MappingProxyType[str, Callable[[], Signal]] = MappingProxyType({
    "kick": _kick,
    "snare": _snare,
    "brush": _brush,
    "rim": _rim,
    "clap": _clap,
    "hat": lambda: _fade(_metal(0.09, 14, 7000), 55),
    "pedal": lambda: _fade(_metal(0.07, 15, 6000), 60),
    "open": lambda: _fade(_metal(0.4, 20, 6500), 9),
    "ride": lambda: _fade(_metal(0.9, 21, 5200), 5) + _fade(_metal(0.9, 22, 3000), 30) * np.float32(0.5),
    "crash": lambda: _fade(_metal(2.0, 23, 3200), 2.4),
    "shaker": _shaker,
    "taiko": _taiko,
    "low": lambda: _tom(130, 85),
    "high": lambda: _tom(220, 150),
})  # fmt: skip
# Which of them stands in for a drum of a soundfont's kit.
STAND_INS = MappingProxyType({
    "bell": "rim", "mid": "high", "tambourine": "shaker", "cowbell": "rim", "bongo": "high", "bongolow": "low",
    "congamute": "rim", "conga": "high", "congalow": "low", "timbale": "high", "agogo": "rim", "maracas": "shaker",
    "guiro": "shaker", "claves": "rim", "woodblock": "rim", "triangle": "open",
})  # fmt: skip
