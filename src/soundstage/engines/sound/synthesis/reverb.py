"""Spaces: synthetic room responses, and what distance does to a sound.

A response is a few early reflections and noise that decays faster the higher its pitch (J. A. Moorer, "About this
reverberation business", Computer Music Journal, 1979). Outdoors there is no room, only a few late, dull echoes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, seconds
from soundstage.engines.sound.synthesis.noise import level, shaped
from soundstage.engines.sound.synthesis.sounds import Stereo, frames_of


@dataclass(frozen=True)
class Space:
    """`t60` in seconds at low and high pitch; `wet` share of reverberation at distance 0; `size` metres to a wall."""

    name: str
    t60_low: float
    t60_high: float
    wet: float
    size: float
    echoes: int = 8
    tail: bool = True


SPACES = {
    space.name: space
    for space in (
        Space("outdoors", 0.5, 0.2, 0.10, 18, echoes=5, tail=False),
        Space("small room", 0.35, 0.2, 0.22, 1.2),
        Space("room", 0.6, 0.35, 0.26, 2.5),
        Space("corridor", 1.3, 0.7, 0.4, 3.0),
        Space("hall", 2.2, 1.1, 0.45, 9.0),
        Space("church", 4.0, 1.8, 0.6, 14.0),
        Space("cave", 3.2, 0.9, 0.6, 8.0),
        Space("tunnel", 3.0, 1.2, 0.5, 4.0),
        Space("street", 0.9, 0.4, 0.2, 8.0, echoes=10),
    )
}


def response(space: Space) -> Stereo:
    """(frames, 2) of the space's wet response, each channel at energy 1; the same in every process."""
    rng = Generator(PCG64([0x51AC, *space.name.encode()]))
    frames = frames_of(max(space.t60_low * 0.85, 0.25))
    out = np.zeros((frames, 2), np.float32)
    if space.tail:
        for channel in range(2):
            deep = shaped(rng, frames, filters.chain(filters.high(60), filters.low(900)))
            bright = shaped(rng, frames, filters.chain(filters.high(900), filters.low(7000)))
            out[:, channel] = deep * decay(frames, space.t60_low) + bright * decay(frames, space.t60_high)
        out *= np.minimum(seconds(frames) / (space.size / 343 * 1.5), 1)[:, None] * 0.05
    late = space.size / 343 * 2
    for _ in range(space.echoes):
        delay = late * (0.4 + 2.6 * rng.random())
        start = int(delay * SAMPLE_RATE)
        length = min(frames - start, 400)
        if length > 0:
            dull = decay(400, 0.004 + 0.3 * delay if not space.tail else 0.002)[:length]
            gain = np.float32(rng.choice((-1, 1)) * 0.6 / (1 + 40 * delay) * 6)
            side = rng.random(2).astype(np.float32) * 0.6 + 0.4
            out[start : start + length] += gain * dull[:, None] * side * np.float32(0.2)
    energy = float(np.sqrt(np.sum(np.square(out, dtype=np.float64)) / 2))
    return out / np.float32(energy)


class Reverb:
    """One space, fed block by block: the tail of a block sounds on into the next."""

    def __init__(self, space: Space, block: int) -> None:
        kernel = response(space)
        self._length = filters.fast_length(block + len(kernel) - 1)
        # channels first: an FFT along memory is several times faster than one across it
        self._kernel = np.fft.rfft(np.ascontiguousarray(kernel.T), self._length)
        self._tail = np.zeros((2, self._length - 1), np.float32)

    def wet(self, block: Stereo) -> Stereo:
        """(frames, 2) of reverberation for a block of at most the size told at the start."""
        frames = len(block)
        spectrum = np.fft.rfft(np.ascontiguousarray(block.T), self._length)
        spectrum *= self._kernel
        sound = np.fft.irfft(spectrum, self._length).astype(np.float32, copy=False)
        sound[:, :-1] += self._tail
        self._tail[:, : self._length - 1 - frames] = sound[:, frames:-1]
        self._tail[:, self._length - 1 - frames :] = 0
        return sound[:, :frames].T


def farther(samples: Stereo, distance: float) -> Stereo:
    """The sound from `distance` 0 (close) … 1 (far): air takes the highs; quieter, narrower."""
    if distance < 0.02:
        return samples
    cutoff = 16_000 * (700 / 16_000) ** distance
    dull = filters.filtered(samples, filters.low(cutoff, 2), tail=0.02)
    middle = dull.mean(axis=1, keepdims=True)
    narrow = np.float32(0.6 * distance)
    placed: Stereo = (dull * (1 - narrow) + middle * narrow) * np.float32(10 ** (-13 * distance / 20))
    return placed


def room_tone(rng: Generator, frames: int, space: str | None) -> Stereo:
    """(frames, 2) of the quiet a place has, at RMS 1: moving air outdoors, dull rumble and a little hiss indoors."""
    hiss = (
        filters.scaled(0.5, filters.low(6000))
        if space in ("outdoors", "street")
        else filters.scaled(0.3, filters.low(4000))
    )
    curve = filters.chain(filters.high(50), filters.beside(filters.low(220, 2), filters.chain(hiss, filters.tilt(-4))))
    left, right = shaped(rng, frames, curve), shaped(rng, frames, curve)
    return level(np.stack((left, 0.5 * left + 0.8 * right), axis=1), 1.0)
