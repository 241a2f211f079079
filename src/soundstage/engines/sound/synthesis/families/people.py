"""What bodies do: heartbeat, applause, a single clap, breath."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, peaked
from soundstage.engines.sound.synthesis.modal import struck
from soundstage.engines.sound.synthesis.noise import level, shaped, shaped_stereo, slow
from soundstage.engines.sound.synthesis.particles import panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of


def heartbeat(rng: Generator, index: int, character: Character) -> Stereo:
    """Lub (valves between the chambers, longer, lower) and dub (valves to the arteries, shorter, higher).

    First sound 30–70 Hz for 0.12 s, second 50–110 Hz for 0.09 s, 0.3 s later (A. Leatham, "Auscultation of the heart",
    1975); a little of 100–250 Hz is kept so that small loudspeakers tell it.
    """
    frames = frames_of(0.62)
    out = np.zeros(frames, np.float32)
    gap = 0.31 * (character.paced(1.2, 0.68))
    for start_s, pitches, t60, gain in ((0.0, (44.0, 62.0, 118.0), 0.2, 1.0), (gap, (58.0, 84.0, 152.0), 0.14, 0.72)):
        start = round(start_s * SAMPLE_RATE)
        left = frames - start
        thump = struck(left, list(pitches), [t60, t60 * 0.8, t60 * 0.6], [1.0, 0.7, 0.4])
        thump *= np.minimum(np.arange(left, dtype=np.float32) / 500, 1)
        flesh = shaped(rng, left, filters.band(60, 260)) * decay(left, t60 * 0.8, attack=0.02)
        out[start:] += np.float32(gain * rng.uniform(0.93, 1.0)) * (peaked(thump) + np.float32(0.22) * peaked(flesh))
    return panned(peaked(out), 0.5)


def _heart_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(1.25, 0.52) * float(rng.uniform(0.985, 1.015))


def _claps(rng: Generator, kinds: int) -> Signal:
    """(kinds, frames) of single claps, each a pair of hands.

    L. Peltola et al., "Synthesis of hand clapping sounds" (IEEE TASLP, 2007): a noise burst through one resonance that
    depends on how the hands meet (cupped low, flat high).
    """
    frames = frames_of(0.09)
    out = np.zeros((kinds, frames), np.float32)
    for kind in range(kinds):
        burst = rng.uniform(-1, 1, frames).astype(np.float32) * decay(
            frames, 0.012 + 0.02 * rng.random(), attack=0.0004
        )
        air = filters.peak(1000 * 2.3 ** rng.random(), 1.6)
        out[kind] = peaked(
            filters.filtered(burst, filters.beside(air, filters.scaled(0.1, filters.band(1500, 7000, 1))))
        )
    return out


def applause(rng: Generator, frames: int, character: Character) -> Stereo:
    """A crowd of clappers, each with hands, place and beat of their own (3–5 claps a second, 8 % unsteady)."""
    people = round(character.between(60, 260))
    starts, gains = [], []
    for _ in range(people):
        beat = float(rng.uniform(0.2, 0.34)) / character.paced(0.7, 1.4)
        count = int(frames / SAMPLE_RATE / beat) + 3
        times = np.cumsum(rng.normal(beat, 0.08 * beat, count)) - rng.random() * beat
        starts.append(times)
        gains.append(np.full(count, 0.1 + 0.9 * rng.random() ** 2) * rng.uniform(0.7, 1.0, count))
    at = (np.concatenate(starts) * SAMPLE_RATE).astype(np.int64)
    gain = np.concatenate(gains)
    inside = (at >= 0) & (at < frames)
    order = np.argsort(at[inside], kind="stable")
    near = scatter(rng, frames, at[inside][order], gain[inside][order], _claps(rng, 48))
    far = shaped_stereo(rng, frames, filters.band(700, 4500, 1), 1.0)
    return level(near, 0.1) + level(far, 0.02 * character.between(0.4, 1.6))


def clap(rng: Generator, index: int, character: Character) -> Stereo:
    return panned(_claps(rng, 1)[0] * np.float32(rng.uniform(0.8, 1)), 0.5)


def _clap_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.96, 1.04)) * 0.5 / character.paced(0.5, 2.0)


def breath(rng: Generator, index: int, character: Character) -> Stereo:
    """In and out through a mouth: noise through the resonances of an open throat, brighter inwards, swelling late.

    P. Forgacs et al., "Breath sounds" (Thorax, 1971): turbulence, at the mouth between 200 and 2000 Hz.
    """
    parts = []
    for usual, centre, gain in ((character.paced(1.7, 0.45), 1250.0, 1.0), (character.paced(1.9, 0.5), 510.0, 0.8)):
        length = usual * float(rng.uniform(0.92, 1.08))
        frames = frames_of(length)
        throat = filters.beside(
            filters.peak(centre, 2.5),
            filters.peak(3 * centre, 5.0, 0.93),
            filters.scaled(0.035, filters.high(2500)),
        )
        air = np.float32(gain) * shaped(rng, frames, throat) * (1 + np.float32(0.03) * slow(rng, frames, 30.0))
        rest = np.zeros(frames_of(0.4 * length), np.float32)
        parts += [air * curve(frames, [(0, 0), (0.7 * length, 1), (length, 0)]), rest]
    return panned(peaked(np.concatenate(parts)), 0.5)


def _breath_gap(rng: Generator, index: int, character: Character) -> float:
    return (character.paced(1.7, 0.45) + character.paced(1.9, 0.5)) * 1.47


SOUNDS = (
    Event("heartbeat", ("heartbeat", "heart", "pulse", "heart beat", "beating heart"), heartbeat, _heart_gap,
        level=-4, example="a racing heartbeat"),
    Texture("applause", ("applause", "applaud", "clapping", "ovation", "audience clapping", "crowd clapping",
        "audience"), applause, level=-18, space="hall",
            example="loud applause in a hall"),
    Event("clap", ("clap", "handclap", "hand clap"), clap, _clap_gap, level=-5, tone=(5, 4, 2, 1, -1, -2, -8),
        space="room", example="three claps"),
    Event("breathing", ("breath", "breathe", "breathing", "sigh", "pant"), breath, _breath_gap, level=-10, tone=(-3,
        4, 12, 3, -10, 0, -6), space="small room", example="heavy breathing"),
)  # fmt: skip
