"""Streams, waves, drips, splashes, and water in the house."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import curve, decay, faded, peaked, phase, seconds
from soundstage.engines.sound.synthesis.noise import level, moving_band, shaped_stereo, slow, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Signal, Stereo, Texture, frames_of


def _damping(frequency: float) -> float:
    radius = 3.0 / frequency  # metres
    return float(0.13 / radius + 0.0072 * radius**-1.5)


def bubble(frequency: float, rise: float, frames: int) -> Signal:
    """One bubble: a sinusoid at Minnaert's pitch f = 3/r that falls by its damping and may rise as it surfaces.

    K. van den Doel, "Physically based models for liquid sounds" (ACM TAP, 2005): d = 0.13/r + 0.0072·r^-1.5 per second.
    """
    damping = np.float32(_damping(frequency))
    time = seconds(frames)
    pitch = np.float32(frequency) * (1 + np.float32(rise * damping) * time)
    attack = np.minimum(time * np.float32(frequency), 1)
    sound: Signal = np.sin(phase(pitch)) * np.exp(-damping * time) * attack
    return sound


def _bubbles(rng: Generator, kinds: int, low_hz: float, high_hz: float, length: float) -> Signal:
    frames = frames_of(length)
    pitches = low_hz * (high_hz / low_hz) ** rng.random(kinds)
    grains = [bubble(pitch, 0.12 * rng.random() if rng.random() < 0.5 else 0.0, frames) for pitch in pitches.tolist()]
    weight = (low_hz / pitches) ** 0.5
    return (np.stack(grains) * weight[:, None]).astype(np.float32)


def stream(rng: Generator, frames: int, character: Character) -> Stereo:
    """Very many bubbles of all sizes over the hiss of the flow; a river has more and lower ones."""
    flow = character.intensity
    starts = arrivals(rng, frames, 110 + 160 * flow)
    gains = heavy_tailed(rng, len(starts), 1.6, 0.1)
    gains *= wander(rng, frames, 2.5, 0.3, 1.2)[starts]
    bubbles = scatter(rng, frames, starts, gains, _bubbles(rng, 96, 380 - 120 * flow, 3800, 0.09))
    rush = filters.beside(filters.band(300, 1500, 1), filters.scaled(0.7, filters.band(1500, 6000, 1)))
    hiss = shaped_stereo(rng, frames, rush, 1.0) * (1 + np.float32(0.15) * slow(rng, frames, 3.0))[:, None]
    return level(bubbles, 0.1) + level(hiss, 0.035 + 0.11 * flow**2)


def waterfall(rng: Generator, frames: int, character: Character) -> Stereo:
    """So many drops and bubbles that only their spectrum is left: broad noise, fullest at 300–2000 Hz."""
    curve = filters.beside(filters.band(80, 900, 1), filters.scaled(0.6, filters.band(700, 7000, 1)))
    return shaped_stereo(rng, frames, curve, 1.0) * (1 + np.float32(0.05) * slow(rng, frames, 2.0))[:, None]


def waves(rng: Generator, frames: int, character: Character) -> Stereo:
    """Waves that swell, break and draw back, one every 5–10 seconds; bands follow one another: rumble, crash, hiss.

    The order of the bands is that of measured surf (G. Deane, "Sound generation and air entrainment by breaking waves
    in the surf zone", JASA, 1997): low while plunging, broad at the crash, high while the foam dies.
    """
    time = seconds(frames)
    bands = (
        (shaped_stereo(rng, frames, filters.band(40, 350, 1), 0.9), 0.9, 1.3, 1.6, -0.35),
        (shaped_stereo(rng, frames, filters.band(250, 2200, 1), 0.9), 1.0, 0.8, 1.5, 0.0),
        (shaped_stereo(rng, frames, filters.chain(filters.high(1500, 2), filters.low(8000)), 1.0), 0.75, 0.9, 2.6, 0.5),
    )
    out = np.zeros((frames, 2), np.float32)
    for noise, gain, _, _, _ in bands:
        out += noise * np.float32(0.10 * gain)
    crest = rng.uniform(0.4, 1.4)
    while crest < frames / SAMPLE_RATE + 3:
        size = rng.uniform(0.55, 1.0)
        side = np.array([rng.uniform(0.7, 1), rng.uniform(0.7, 1)], np.float32)
        for noise, gain, rise, fall, lag in bands:
            past = time - np.float32(crest + lag)
            swell = np.where(
                past < 0,
                np.exp(np.minimum(past, 0) * np.float32(2.6 / rise)),
                np.exp(-np.maximum(past, 0) / np.float32(fall * size)),
            )
            out += noise * (swell * np.float32(gain * size))[:, None] * side
        crest += rng.uniform(4.5, 7.5) / character.paced(0.75, 1.33)
    foam_starts = arrivals(rng, frames, 150)
    foam = scatter(
        rng, frames, foam_starts, heavy_tailed(rng, len(foam_starts), 1.5, 0.1), _bubbles(rng, 40, 900, 5000, 0.03)
    )
    return out + level(foam, 0.05)


def drip(rng: Generator, index: int, character: Character) -> Stereo:
    """A drop into water: the tick of the impact, then a few bubbles that rise in pitch as they near the surface."""
    frames = frames_of(0.3)
    out = np.zeros(frames, np.float32)
    out[:800] = rng.uniform(-0.15, 0.15, 800) * np.exp(-np.arange(800) / 150)
    for _ in range(3):
        start = frames_of(rng.uniform(0.005, 0.06))
        pitch = 700 * rng.uniform(0.7, 1.6)
        time = seconds(frames - start)
        sound = np.sin(phase(np.float32(pitch) * (1 + 6 * time))) * np.exp(-np.float32(0.7 * _damping(pitch)) * time)
        out[start:] += np.float32(rng.uniform(0.3, 1.0)) * sound * np.minimum(time * 800, 1)
    return panned(peaked(out, rng.uniform(0.6, 1.0)), rng.uniform(0.35, 0.65))


def _drip_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.35, 0.85) / character.paced(0.4, 2.5))


def boiling(rng: Generator, frames: int, character: Character) -> Stereo:
    """Bubbles that come in bursts, low and round: boiling water, a fish tank, a cauldron."""
    starts = arrivals(rng, frames, 70 + 120 * character.intensity)
    gains = heavy_tailed(rng, len(starts), 1.4, 0.15) * wander(rng, frames, 4.0, 0.15, 1.0)[starts]
    bubbles = scatter(rng, frames, starts, gains, _bubbles(rng, 64, 260, 1900, 0.08), 0.7)
    steam = shaped_stereo(rng, frames, filters.band(300, 3000, 1), 1.0) * wander(rng, frames, 6.0, 0.4, 1.0)[:, None]
    return level(bubbles, 0.1) + level(steam, 0.03)


def splash(rng: Generator, index: int, character: Character) -> Stereo:
    """A body into water: the slap, the crown that falls back, and the cavity's bubbles.

    H. Pumphrey and P. Elmore, "The entrainment of bubbles by drop impacts" (JFM, 1990), on the order of events.
    """
    big = character.intensity
    frames = frames_of(1.2 + 0.8 * big)
    slap = shaped_stereo(rng, frames, filters.band(250, 3500, 1), 0.6) * decay(frames, 0.16, attack=0.004)[:, None]
    crown = shaped_stereo(rng, frames, filters.band(900, 7000, 1), 0.9)
    crown *= curve(frames, [(0, 0), (0.05, 0.5), (0.22, 1.0), (0.6, 0.3), (1.2, 0)])[:, None]
    starts = arrivals(rng, frames - 4000, character.between(140, 300))
    late = starts / SAMPLE_RATE
    gains = heavy_tailed(rng, len(starts), 1.4, 0.12) * np.exp(-2.6 * late) * np.minimum(late / 0.06, 1)
    bubbles = scatter(rng, frames, starts, gains, _bubbles(rng, 48, 300 - 120 * big, 3000, 0.09), 0.8)
    return faded(peaked(peaked(slap) + peaked(crown, 0.45) + peaked(bubbles, 0.8)), 0.0005, 0.15)


def _splash_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.4, 2.4)) / character.paced(0.5, 2.5)


def pour(rng: Generator, index: int, character: Character) -> Stereo:
    """A glass being filled: bubbles under a jet, and the air column above, whose pitch climbs as it shortens.

    The column is a quarter-wave tube (J. Ruiz-Avilés et al., 2018): f = c / 4L, here 500 → 2200 Hz.
    """
    frames = frames_of(character.paced(3.6, 1.8))
    flow = curve(frames, [(0, 0), (0.15, 1), (frames / SAMPLE_RATE - 0.3, 0.9), (frames / SAMPLE_RATE, 0)])
    fill = np.linspace(0, 1, frames, dtype=np.float32)
    starts = arrivals(rng, frames - 3000, 210)
    gains = heavy_tailed(rng, len(starts), 1.5, 0.12) * flow[starts]
    bubbles = scatter(rng, frames, starts, gains, _bubbles(rng, 64, 420, 3200, 0.05), 0.5)
    column = moving_band(rng, 500 * (2200 / 500) ** fill, 120.0) * flow
    jet = shaped_stereo(rng, frames, filters.band(700, 6000, 1), 0.5) * flow[:, None]
    return faded(peaked(level(bubbles, 0.1) + level(column, 0.045)[:, None] + level(jet, 0.022)), 0.01, 0.05)


def _pour_gap(rng: Generator, index: int, character: Character) -> float:
    return character.paced(3.6, 1.8) + float(rng.uniform(0.5, 1.1))


def flush(rng: Generator, index: int, character: Character) -> Stereo:
    """A toilet: the rush round a hollow bowl, the gulps of the trap, and the cistern filling again."""
    frames = frames_of(6.5)
    rush = shaped_stereo(
        rng,
        frames,
        filters.beside(
            filters.band(370, 1760, 1), filters.scaled(0.32, filters.band(1760, 5000, 1)), filters.peak(453, 4.0, 8.0)
        ),
        0.6,
    )
    rush *= (1 + np.float32(0.3) * slow(rng, frames, 7.0))[:, None]
    rush *= curve(frames, [(0, 0), (0.25, 1), (0.8, 0.8), (2.4, 0.055), (6.5, 0.027)])[:, None]
    starts = arrivals(rng, frames - 4000, 213)
    gulp = curve(frames, [(0, 0.15), (0.5, 0.4), (1.6, 1), (2.7, 0.2), (6.5, 0.02)])
    gains = heavy_tailed(rng, len(starts), 1.4, 0.1) * gulp[starts]
    bubbles = scatter(rng, frames, starts, gains, _bubbles(rng, 48, 230, 1500, 0.09), 0.5)
    filling = shaped_stereo(rng, frames, filters.beside(filters.peak(2300, 1.5), filters.peak(4200, 1.5, 0.7)), 0.4)
    filling *= curve(frames, [(0, 0), (1.5, 0), (3.5, 1), (6.3, 0.8), (6.5, 0)])[:, None]
    return faded(peaked(level(rush, 0.1) + level(bubbles, 0.13) + level(filling, 0.023)), 0.02, 0.3)


def _flush_gap(rng: Generator, index: int, character: Character) -> float:
    return 8.0


def running_tap(rng: Generator, frames: int, character: Character) -> Stereo:
    """A tap or a shower into a basin: a jet that breaks up, drumming on enamel."""
    jet = shaped_stereo(
        rng,
        frames,
        filters.beside(
            filters.band(600, 2500, 1), filters.scaled(0.8, filters.band(2500, 7500, 1)), filters.peak(320, 3.0, 0.5)
        ),
        0.6,
    )
    starts = arrivals(rng, frames, 260)
    bubbles = scatter(
        rng, frames, starts, heavy_tailed(rng, len(starts), 1.6, 0.1), _bubbles(rng, 64, 500, 4200, 0.04), 0.5
    )
    return level(jet * wander(rng, frames, 5.0, 0.8, 1.0)[:, None], 0.08) + level(bubbles, 0.06)


def underwater(rng: Generator, frames: int, character: Character) -> Stereo:
    """Under the surface: all highs gone, a slow swash, and bubbles rising past."""
    rumble = shaped_stereo(rng, frames, filters.chain(filters.high(40), filters.low(260, 2)), 0.7)
    rumble *= wander(rng, frames, 0.5, 0.4, 1.0)[:, None]
    starts = arrivals(rng, frames, 16)
    bursts = wander(rng, frames, 0.8, 0.0, 1.0)[starts] ** 2
    bubbles = scatter(
        rng, frames, starts, heavy_tailed(rng, len(starts), 1.3, 0.12) * bursts, _bubbles(rng, 40, 140, 900, 0.14), 0.9
    )
    return level(rumble, 0.07) + level(bubbles, 0.07)


SOUNDS = (
    Texture("stream", ("stream", "brook", "creek", "river", "water", "flowing water", "running water", "babbling",
        "trickle", "fountain"), stream, level=-21, example="a babbling brook",
        also=("clear liquid running over stones", "a calm spring in the woods")),
    Texture("waterfall", ("waterfall", "rapids", "cascade", "weir", "torrent", "flood"), waterfall, level=-19,
        example="a roaring waterfall", also=("a river plunging over a cliff",)),
    Texture("waves", ("wave", "ocean", "sea", "surf", "beach", "shore", "seaside", "coast", "ocean wave", "sea wave",
        "tide", "lapping"), waves, level=-19, tone=(10, 10, 4, -1, -5, -9, -7), space="street",
        example="ocean waves on a beach",
        also=("holiday by the salt water", "breakers on the sand")),
    Event("drip", ("drip", "water drop", "droplet", "leaking", "dripping tap", "leak", "dripping"), drip,
        _drip_gap,
        level=-6, tone=(-9, -7, 9, -7, 0, -3, 17), space="small room", example="a slowly dripping tap",
            also=("the plumbing needs a new washer",)),
    Texture("bubbles", ("bubble", "boil", "boiling water", "bubbling", "cauldron", "aquarium", "gurgle", "potion",
        "kettle",
        "boiling"), boiling, level=-20, example="a bubbling cauldron", also=("a witch cooks her brew",)),
    Event("splash", ("splash", "splatter", "dive", "plunge", "splashing", "jump into water"), splash, _splash_gap,
        level=-5, tone=(-11, -7, -22, 2, 15, 5, 18),
        space="outdoors", example="a big splash", also=("someone falls into the pool",)),
    Event("pour", ("pour", "pouring", "fill glass", "pouring water", "drink", "pour drink", "filling a glass"), pour,
        _pour_gap, level=-8, tone=(-9, -9, -11, -2, 9, 11, 13), space="small room", example="pouring a drink",
            also=("the waiter serves lemonade",)),
    Event("flush", ("flush", "toilet", "toilet flush", "loo", "wc"), flush, _flush_gap, level=-7, tone=(-15, 9, 1,
        -5, -2, 12, 0), space="small room",
        example="a toilet flushing", also=("somebody leaves the lavatory",)),
    Texture("tap", ("tap", "faucet", "water tap", "shower", "sink", "bath", "bathtub", "hose", "running tap",
        "sprinkler"),
        running_tap, level=-20, tone=(-14, -18, -8, -5, 17, 27, 1), space="corridor", example="a running tap",
            also=("washing your hands in the basin",)),
    Texture("underwater", ("underwater", "under water", "scuba", "submerged", "deep sea"), underwater, level=-19,
        example="underwater", also=("a diver's surroundings", "beneath the surface")),
)  # fmt: skip
