"""One body struck by another: modes of the struck, noise of the contact, weight behind it.

K. van den Doel, P. Kry and D. Pai, "FoleyAutomatic: physically-based sound effects" (SIGGRAPH, 2001): resonances belong
to the body, loudness and brightness to the force; L. Trebien and M. Oliveira (2009) for how materials damp.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, peaked
from soundstage.engines.sound.synthesis.modal import struck
from soundstage.engines.sound.synthesis.sounds import Signal, frames_of


@dataclass(frozen=True)
class Blow:
    """What is struck, and how.

    low_hz, high_hz, modes, t60, slope: the body's resonances, see `modal.body`; damping: how much faster high ones die
    (0: all alike, 1: as 1/f). ring: their level. noise_hz: the band of the contact's noise, noise_t60 its length, noise
    its level. thud_hz, thud_t60, thud: the weight. scatter: how much a body differs from stroke to stroke, 0…1.
    """

    low_hz: float
    high_hz: float
    modes: int
    t60: float
    slope: float = 0.5
    damping: float = 0.5
    ring: float = 1.0
    noise_hz: tuple[float, float] = (500.0, 4000.0)
    noise_t60: float = 0.03
    noise: float = 0.5
    thud_hz: float = 80.0
    thud_t60: float = 0.1
    thud: float = 0.0
    scatter: float = 0.15


def blown(rng: Generator, blow: Blow, seconds: float, voice: int = 0, hard: float = 0.7) -> Signal:
    """(frames,) of one stroke, peak 1. `voice` numbers the body: strokes on the same one share their resonances."""
    frames = frames_of(seconds)
    own = Generator(PCG64([int(blow.low_hz), int(blow.high_hz), blow.modes, voice]))
    places = (np.arange(blow.modes) + own.random(blow.modes)) / max(blow.modes, 1)
    pitches = blow.low_hz * (blow.high_hz / blow.low_hz) ** places * (1 + 0.01 * blow.scatter * rng.standard_normal())
    ratio = blow.low_hz / pitches
    t60s = blow.t60 * ratio**blow.damping * (0.7 + 0.6 * own.random(blow.modes))
    gains = ratio ** (blow.slope * (1.5 - hard)) * (0.4 + 0.6 * own.random(blow.modes))
    gains = gains * (1 - blow.scatter + 2 * blow.scatter * rng.random(blow.modes))  # another spot, other modes
    out = np.zeros(frames, np.float32)
    if blow.ring > 0 and blow.modes:
        out += np.float32(blow.ring) * peaked(struck(frames, pitches.tolist(), t60s.tolist(), gains.tolist()))
    if blow.noise > 0:
        size = min(frames, int(blow.noise_t60 * 1.3 * SAMPLE_RATE) + 64)
        burst = rng.uniform(-1, 1, size).astype(np.float32) * decay(size, blow.noise_t60, attack=0.0006)
        out[:size] += np.float32(blow.noise) * peaked(filters.filtered(burst, filters.band(*blow.noise_hz, 1)))
    if blow.thud > 0:
        weight = struck(frames, [blow.thud_hz, blow.thud_hz * 1.57], [blow.thud_t60, blow.thud_t60 * 0.7], [0.7, 0.4])
        out += np.float32(blow.thud) * peaked(weight)
    return peaked(out)


def bounced(
    rng: Generator, blow: Blow, seconds: float, first_s: float, keep: float, voice: int = 0, least: float = 0.02
) -> Signal:
    """(frames,) of a thing that falls and bounces: every flight is `keep` of the one before, and as much weaker.

    D. Rath and F. Fontana, "High-level models: bouncing, breaking, rolling, crumpling, pouring" (2003).
    """
    frames = frames_of(seconds)
    out = np.zeros(frames, np.float32)
    at, flight, gain = 0.0, first_s, 1.0
    while at < seconds - 0.03 and gain > least:
        start = int(at * SAMPLE_RATE)
        left = (frames - start) / SAMPLE_RATE
        stroke = blown(rng, blow, min(left, blow.t60 * 1.3 + 0.05), voice, 0.3 + 0.6 * gain)
        stroke = stroke[: frames - start]
        out[start : start + len(stroke)] += np.float32(gain) * stroke
        at += flight * float(rng.uniform(0.94, 1.06))
        flight *= keep
        gain *= keep * float(rng.uniform(0.8, 1.05))
        if flight < 0.004:
            break
    return peaked(out)
