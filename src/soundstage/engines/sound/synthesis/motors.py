"""What turns and fires: electric motors, fans, combustion engines.

Combustion after S. Baldan et al., "Physically informed car engine sound synthesis for virtual and augmented
environments" (2015): one pulse a firing, each cylinder a little different, pipes as resonances. Electric motors after
A. Farnell, "Designing Sound" (2010), ch. motors: harmonics of the turns, stronger at the count of poles or blades.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.noise import level, shaped, shaped_stereo, slow
from soundstage.engines.sound.synthesis.sounds import Signal, Stereo

Band = tuple[float, float, float]  # Hz, q, gain


@dataclass(frozen=True)
class Motor:
    """turns: a second. poles: of the motor or blades of the fan. tilt: dB an octave of its harmonics.

    bands: resonances of the case. hiss: air and brushes against the tone. air_hz: where that lies. unsteady: drift.
    """

    turns: float
    poles: int
    tilt: float = 4.0
    bands: tuple[Band, ...] = ((400.0, 1.0, 1.0),)
    hiss: float = 0.5
    air_hz: tuple[float, float] = (400.0, 6000.0)
    air_order: float = 1.0
    unsteady: float = 0.01
    tone: float = 1.0


def turned(frames: int, rate: NDArray[np.floating] | float, start: float = 0.0) -> Signal:
    """The place within the turn, 0…1, of something that turns `rate` times a second."""
    course = np.broadcast_to(np.asarray(rate, np.float64), (frames,))
    return np.asarray((np.cumsum(course) / SAMPLE_RATE + start) % 1.0, np.float32)


def whirring(rng: Generator, frames: int, motor: Motor, speed: NDArray[np.floating] | float = 1.0) -> Stereo:
    """(frames, 2) of a motor at `speed` times its usual turns: harmonics of poles and turns, case, and moving air."""
    rate = np.float32(motor.turns) * speed * (1 + np.float32(motor.unsteady) * slow(rng, frames, 2.5))
    place = turned(frames, rate, float(rng.random()))
    turn = np.exp(2j * np.pi * place).astype(np.complex64)
    wave, tone = np.ones(frames, np.complex64), np.zeros(frames, np.float32)
    most = int(min(60, 9000 / max(float(np.min(rate)), 1.0)))
    for number in range(1, most + 1):
        wave *= turn
        strong = 1.0 if number % motor.poles == 0 else 0.22
        gain = strong * max(number / motor.poles, 1.0) ** (-motor.tilt / 6.0206)
        tone += np.float32(gain * rng.uniform(0.6, 1.0)) * wave.imag
    case = filters.beside(*(filters.peak(*band) for band in motor.bands), filters.scaled(0.15, filters.low(6000)))
    tone = filters.filtered(tone, case)
    flutter = 1 + np.float32(0.25) * turn.real
    air = shaped_stereo(rng, frames, filters.band(*motor.air_hz, motor.air_order), 0.7) * flutter[:, None]
    return level(tone, 0.1 * motor.tone)[:, None] + level(air, 0.1 * motor.hiss)


def firing(
    rng: Generator, frames: int, rate: NDArray[np.floating] | float, exhaust: Sequence[Band], rough: float, sharp:
    float,
    cylinders: int = 1,
) -> Signal:  # fmt: skip
    """(frames,) of combustion: `rate` firings a second, every cylinder a little different, through the exhaust.

    `rough`: noise that breathes with the pulses; `sharp`: how quickly a pulse dies within its turn.
    """
    course = np.broadcast_to(np.asarray(rate, np.float64), (frames,))
    place = (np.cumsum(course) / SAMPLE_RATE + rng.random()) % cylinders
    which = np.minimum(place.astype(np.int64), cylinders - 1)
    within = (place - which).astype(np.float32)
    strength = rng.uniform(0.75, 1.0, cylinders).astype(np.float32)[which]
    strength *= 1 + np.float32(0.15) * slow(rng, frames, float(np.mean(course)))
    pulse = (np.exp(-sharp * within) * np.minimum(within * 14, 1) - np.float32(0.9 / sharp)) * strength
    noise = shaped(rng, frames, filters.low(3500)) * np.exp(-0.5 * sharp * within)
    pipes = filters.beside(*(filters.peak(*band) for band in exhaust))
    return filters.filtered(
        (pulse + np.float32(rough) * noise).astype(np.float32), filters.chain(filters.high(30), pipes)
    )
