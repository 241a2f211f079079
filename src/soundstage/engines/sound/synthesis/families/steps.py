"""Footsteps on many surfaces."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, peaked
from soundstage.engines.sound.synthesis.families.water import bubble
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.noise import shaped
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, frames_of


def _hard(rng: Generator, frames: int, material: str) -> Signal:
    """One contact of a sole with a hard floor: the shoe's click, the floor's modes, the weight behind."""
    low_hz, t60, knock, click = {
        "wood": (85.0, 0.09, 0.7, 0.55),
        "metal": (240.0, 0.55, 0.9, 0.6),
        "stone": (190.0, 0.07, 0.5, 1.0),
    }[material]
    floor = peaked(body(rng, frames, low_hz, 3200, 12, t60, slope=0.75 if material == "wood" else 0.35))
    burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(frames, 0.045, attack=0.0015)
    sole = peaked(filters.filtered(burst, filters.band(500, 3500, 1)))
    weight = struck(frames, [62.0], [0.1], [0.4])
    return knock * floor + click * sole + weight


def _loose(rng: Generator, frames: int, material: str, length: float) -> Signal:
    """A sole sinking into grains: a burst of micro-impacts under the force of the foot.

    P. Cook, "Modeling Bill's gait" (AES, 2002), particle model; L. Turchet, "Footstep sounds synthesis" (2016).
    """
    rate, low_hz, high_hz, t60 = {
        "gravel": (900.0, 900.0, 5000.0, 0.012),
        "grass": (1400.0, 1800.0, 7000.0, 0.006),
        "leaves": (600.0, 1500.0, 7500.0, 0.014),
        "snow": (1800.0, 1200.0, 4200.0, 0.008),
        "sand": (3000.0, 1000.0, 5200.0, 0.004),
    }[material]
    size = frames_of(0.02)
    grains = np.stack(
        [
            peaked(
                filters.filtered(
                    rng.uniform(-1, 1, size).astype(np.float32) * decay(size, t60),
                    filters.peak(low_hz * (high_hz / low_hz) ** rng.random(), 1.5),
                )
            )
            for _ in range(16)
        ]
    )
    force = curve(frames, [(0, 0.0), (0.05, 0.8), (length * 0.35, 0.4), (length * 0.6, 1.0), (length, 0.0)])
    starts = arrivals(rng, frames, rate)
    gains = heavy_tailed(rng, len(starts), 1.2, 0.06) * force[starts]
    crush = scatter(rng, frames, starts, gains, grains, 0.0)[:, 0]
    if material == "snow":
        crush = crush + 0.3 * shaped(rng, frames, filters.band(250, 900)) * force
    return peaked(crush) + struck(frames, [70.0], [0.08], [0.15])


def _wet(rng: Generator, frames: int) -> Signal:
    """A foot into a puddle: a splash of noise and a spray of bubbles."""
    out = shaped(rng, frames, filters.band(500, 5000, 1)) * curve(frames, [(0, 0), (0.015, 1), (0.12, 0.25), (0.35, 0)])
    out = peaked(out)
    for _ in range(14):
        start = int(rng.integers(0, frames // 2))
        out[start:] += np.float32(rng.uniform(0.05, 0.25)) * bubble(rng.uniform(500, 2500), 0.1, frames - start)
    return out


def footstep(rng: Generator, index: int, character: Character) -> Stereo:
    """Heel, then sole; left and right foot by turns, never twice the same."""
    material = character.material or "wood"
    frames = frames_of(0.6)
    if material == "water":
        out = _wet(rng, frames)
    elif material in ("wood", "metal", "stone"):
        out = _hard(rng, frames, material)
        start = frames_of(character.paced(0.11, 0.045) * rng.uniform(0.85, 1.15))
        out[start:] += np.float32(rng.uniform(0.35, 0.6)) * _hard(rng, frames - start, material)
    else:
        out = _loose(rng, frames, material, character.paced(0.42, 0.2))
    foot = -1 if index % 2 else 1
    return panned(peaked(out, rng.uniform(0.7, 1.0)), 0.5 + 0.06 * foot)


def _step_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(0.95, 0.31) * float(rng.uniform(0.95, 1.05))


SOUNDS = (
    Event(
        "footsteps",
        ("footstep", "step", "walk", "walking", "foot", "running footstep", "run", "running", "march", "marching",
            "stomp", "jogging", "high heel", "boot", "stroll",
         "crunch", "tiptoe"),
        footstep, _step_gap, level=-5, space="room", tone=(12, 15, 7, -5, -1, -10, -19),
        materials={
            "wood": "wood", "wooden": "wood", "parquet": "wood", "floor": "wood", "stair": "wood", "plank": "wood",
            "stone": "stone",
            "concrete": "stone", "tile": "stone", "marble": "stone", "pavement": "stone", "asphalt": "stone",
            "sidewalk": "stone", "metal": "metal",
            "steel": "metal", "iron": "metal", "grate": "metal", "gravel": "gravel", "pebble": "gravel",
            "grass": "grass", "snow": "snow",
            "snowy": "snow", "leaf": "leaves", "leaves": "leaves", "sand": "sand", "dirt": "sand", "mud": "water",
            "puddle": "water", "water": "water",
        },
        example="slow footsteps on gravel",
    ),
)  # fmt: skip
