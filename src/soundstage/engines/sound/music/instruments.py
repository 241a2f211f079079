"""The instruments, as data, and the four ways in which they sound: struck, held, frequency-modulated, chimed.

`play(name, pitch, frames)` gives float32 `(2, frames)`, left and right, near peak 1, with its attack and no release.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.music.oscillators import (
    RATE,
    SINE,
    Signal,
    bent,
    partials,
    phase,
    ramp,
    read,
    ringing,
    seconds,
    table,
)
from soundstage.engines.sound.music.tonality import frequency


@dataclass(frozen=True)
class Struck:
    """Plucked or struck: harmonics fall as n^-`slope` and by half an octave's worth beyond `cutoff` Hz.

    decay: per second, of the fundamental at middle C; `damping` how much faster the high harmonics die.
    pluck: where the string is met, as a part of its length.
    """

    slope: float = 1.0
    cutoff: float = 4000.0
    decay: float = 1.2
    damping: float = 0.35
    pluck: float = 0.13
    release: float = 0.12
    drive: float = 0.0
    level: float = 1.0


@dataclass(frozen=True)
class Held:
    """Bowed, blown or electronic: harmonics of a bright and a dark table, `sweep` seconds from one to the other.

    attack: seconds. detune: cents between the voices left and right. vibrato: cents, at `rate` Hz after a moment.
    formant: Hz of a resonance that colours it, or 0. breath: noise, linear.
    """

    slope: float = 1.0
    cutoff: float = 3000.0
    dark: float = 1500.0
    sweep: float = 0.4
    attack: float = 0.05
    release: float = 0.15
    detune: float = 0.0
    vibrato: float = 0.0
    rate: float = 5.2
    odd: bool = False
    formant: float = 0.0
    breath: float = 0.0
    decay: float = 0.0
    level: float = 1.0


@dataclass(frozen=True)
class Modulated:
    """Two sines, one bending the other (Chowning 1973): `ratio` of their pitches, `index` of bending, which decays."""

    ratio: float = 1.0
    index: float = 1.5
    fade: float = 3.0
    decay: float = 1.0
    release: float = 0.15
    tremolo: float = 0.0
    level: float = 1.0


@dataclass(frozen=True)
class Chimed:
    """Bars and bells: `tones` of (ratio to the pitch, level, decay per second)."""

    tones: tuple[tuple[float, float, float], ...]
    release: float = 0.4
    level: float = 1.0


Instrument = Struck | Held | Modulated | Chimed

INSTRUMENTS = MappingProxyType[str, Instrument]({
    "piano": Struck(slope=0.9, cutoff=2600, decay=0.9, damping=0.28, pluck=0.12, release=0.14, level=1.26),
    "guitar": Struck(slope=0.8, cutoff=3200, decay=1.6, damping=0.5, pluck=0.18, release=0.18, level=1.62),
    "harp": Struck(slope=1.3, cutoff=2200, decay=1.3, damping=0.45, pluck=0.35, release=0.5, level=0.96),
    "clean": Struck(slope=0.8, cutoff=3800, decay=3.2, damping=0.5, pluck=0.22, release=0.05, level=2.00),
    "overdrive": Struck(slope=0.7, cutoff=2600, decay=0.5, damping=0.10, pluck=0.2, release=0.06, drive=5.0,
        level=0.59),
    "pluck": Struck(slope=0.7, cutoff=4200, decay=5.0, damping=0.8, pluck=0.31, release=0.12, level=2.34),
    "spiccato": Struck(slope=0.7, cutoff=2600, decay=6.0, damping=0.35, pluck=0.09, release=0.10, level=3.20),
    "upright": Struck(slope=1.5, cutoff=900, decay=2.0, damping=0.5, pluck=0.25, release=0.08, level=0.81),
    "finger": Struck(slope=1.2, cutoff=1100, decay=1.3, damping=0.4, pluck=0.2, release=0.06, level=0.93),
    "pick": Struck(slope=0.9, cutoff=1700, decay=1.2, damping=0.3, pluck=0.12, release=0.05, level=1.23),
    "strings": Held(slope=1.0, cutoff=2600, dark=2000, attack=0.16, release=0.35, detune=9, vibrato=7, level=1.06),
    "violin": Held(slope=0.9, cutoff=3600, dark=2800, attack=0.07, release=0.18, vibrato=16, rate=5.6, formant=2600,
        level=0.92),
    "cello": Held(slope=1.0, cutoff=1500, dark=1100, attack=0.08, release=0.25, detune=4, vibrato=8, rate=4.8,
        level=1.22),
    "pad": Held(slope=1.3, cutoff=1500, dark=900, sweep=1.5, attack=0.5, release=0.9, detune=11, level=0.88),
    "choir": Held(slope=1.1, cutoff=1800, dark=1500, attack=0.2, release=0.4, detune=12, vibrato=12, formant=900,
        level=1.12),
    "flute": Held(slope=2.2, cutoff=2200, dark=1800, attack=0.06, release=0.12, vibrato=11, rate=5.0, breath=0.02,
        level=0.65),
    "sax": Held(slope=0.9, cutoff=2100, dark=1500, attack=0.035, release=0.09, vibrato=14, formant=1300,
        breath=0.008, level=0.79),
    "trumpet": Held(slope=0.6, cutoff=2800, dark=1800, attack=0.03, release=0.08, vibrato=9, formant=1500, level=0.84),
    "brass": Held(slope=0.7, cutoff=2000, dark=1100, sweep=0.5, attack=0.06, release=0.16, detune=7, formant=900,
        level=0.89),
    "organ": Held(slope=0.9, cutoff=2400, dark=2400, attack=0.012, release=0.06, vibrato=8, rate=6.2, level=0.82),
    "accordion": Held(slope=0.7, cutoff=2600, dark=2200, attack=0.03, release=0.08, detune=14, odd=True, level=0.95),
    "synth": Held(slope=0.9, cutoff=3600, dark=2000, sweep=0.25, attack=0.01, release=0.12, detune=8, vibrato=9,
        level=1.02),
    "square": Held(slope=0.9, cutoff=7000, dark=5000, attack=0.003, release=0.03, vibrato=6, odd=True, level=0.8),
    "saws": Held(slope=0.9, cutoff=4000, dark=1500, sweep=0.18, attack=0.006, release=0.12, detune=16, level=1.11),
    "acid": Held(slope=0.9, cutoff=1500, dark=350, sweep=0.09, attack=0.004, release=0.04, level=0.69),
    "sub": Held(slope=2.5, cutoff=200, dark=150, sweep=1.0, attack=0.06, release=0.3, level=0.52),
    "epiano": Modulated(ratio=1.0, index=0.28, fade=3.0, decay=1.1, tremolo=0.18, level=0.89),
    "kalimba": Chimed(((1.0, 1.0, 3.5), (5.4, 0.16, 16.0), (2.01, 0.05, 5.0)), level=1.24),
    "vibraphone": Chimed(((1.0, 1.0, 1.3), (4.0, 0.20, 4.0), (10.0, 0.05, 12.0)), level=0.89),
    "bell": Chimed(((0.5, 0.22, 0.7), (1.0, 1.0, 1.0), (2.0, 0.4, 1.8), (3.0, 0.2, 3.0), (5.42, 0.07, 6.0)),
        level=0.75),
})  # fmt: skip


def play(name: str, pitch: int, frames: int) -> NDArray[np.float32]:
    """One note of an instrument from its attack on, `(2, frames)`. The same arguments give the same samples."""
    instrument = INSTRUMENTS[name]
    hertz = frequency(pitch)
    match instrument:
        case Struck():
            sound = _struck(instrument, hertz, frames)
        case Held():
            sound = _held(instrument, hertz, frames)
        case Modulated():
            sound = _modulated(instrument, hertz, frames)
        case Chimed():
            sound = _chimed(instrument, hertz, frames)
    return sound * np.float32(instrument.level)


def _both(mono: Signal) -> NDArray[np.float32]:
    return np.broadcast_to(mono, (2, len(mono)))


def _struck(it: Struck, hertz: float, frames: int) -> NDArray[np.float32]:
    n = partials(hertz)
    levels = n**-it.slope / (1 + (n * hertz / it.cutoff) ** 2) * (0.08 + np.abs(np.sin(np.pi * n * it.pluck)))
    decays = it.decay * (hertz / 261.6) ** 0.5 * (1 + it.damping * (n - 1) * (hertz / 261.6) ** 0.3)
    sound = ringing(hertz, frames, levels, decays)
    if it.drive:
        sound = np.tanh(sound * np.float32(it.drive))
    return _both(sound * ramp(frames, 0.002))


def _levels(it: Held, hertz: float, cutoff: float) -> NDArray[np.float64]:
    n = partials(hertz)
    levels = n**-it.slope / (1 + (n * hertz / max(cutoff, hertz)) ** 3)
    if it.odd:
        levels[1::2] *= 0.35
    if it.formant:
        levels *= 0.35 + np.exp(-(np.log2(n * hertz / it.formant) ** 2) / 0.5)
    return levels


def _held(it: Held, hertz: float, frames: int) -> NDArray[np.float32]:
    bright, dark = table(_levels(it, hertz, it.cutoff)), table(_levels(it, hertz, it.dark))
    time = seconds(frames)
    mix = np.exp(time * np.float32(-1 / it.sweep))
    detunes = (-it.detune / 2, it.detune / 2) if it.detune else (0.0,)
    bend: NDArray[np.float64] | None = None
    if it.vibrato:
        depth = (2 ** (it.vibrato / 1200) - 1) * hertz / (2 * np.pi * it.rate)
        bend = read(SINE, phase(it.rate, frames)) * ramp(frames, 0.5) * np.float64(depth)
    voices = []
    for side, cents in enumerate(detunes):
        tuned = hertz * 2 ** (cents / 1200)
        at = bent(tuned, bend) if bend is not None else phase(tuned, frames)
        low = read(dark, at + np.uint32(side * 0x50000000))
        voices.append(low + (read(bright, at + np.uint32(side * 0x50000000)) - low) * mix)
    if len(voices) == 2:
        left, right = voices
        sound = np.stack((left + right * np.float32(0.4), right + left * np.float32(0.4))) * np.float32(0.72)
    else:
        sound = _both(voices[0])
    if it.breath:
        noise = np.random.Generator(np.random.PCG64(round(hertz * 100))).standard_normal(frames, dtype=np.float32)
        sound = sound + np.convolve(noise, np.full(4, 0.25, dtype=np.float32), "same") * np.float32(it.breath)
    return sound * ramp(frames, it.attack)


def _modulated(it: Modulated, hertz: float, frames: int) -> NDArray[np.float32]:
    time = seconds(frames)
    register = min(1.5, (hertz / 261.6) ** 0.4)
    index = np.exp(time * np.float32(-it.fade)) * np.float32(it.index / register)
    index += np.float32(0.05)
    body = read(SINE, bent(hertz, (read(SINE, phase(hertz * it.ratio, frames)) * index).astype(np.float64)))
    tine = read(SINE, phase(min(hertz * 7.0, 15_000.0), frames)) * np.exp(time * np.float32(-14)) * np.float32(0.10)
    sound = (body + tine) * np.exp(time * np.float32(-it.decay * register)) * ramp(frames, 0.003)
    sway = read(SINE, phase(4.6, frames)) * np.float32(it.tremolo)
    return np.stack((sound * (1 + sway), sound * (1 - sway)))


def _chimed(it: Chimed, hertz: float, frames: int) -> NDArray[np.float32]:
    time = seconds(frames)
    sound = np.zeros(frames, dtype=np.float32)
    for ratio, level, decay in it.tones:
        if hertz * ratio < RATE * 0.42:
            fade = np.exp(time * np.float32(-decay * (hertz / 523.0) ** 0.3))
            sound += read(SINE, phase(hertz * ratio, frames)) * fade * np.float32(level)
    return _both(sound * ramp(frames, 0.002) * np.float32(0.8))
