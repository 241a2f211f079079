"""Weapons, explosions and fireworks."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.blows import Blow, blown
from soundstage.engines.sound.synthesis.envelopes import decay, faded, peaked, seconds
from soundstage.engines.sound.synthesis.modal import body, struck
from soundstage.engines.sound.synthesis.noise import shaped, shaped_stereo, wander
from soundstage.engines.sound.synthesis.particles import arrivals, heavy_tailed, panned, scatter
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, frames_of
from soundstage.engines.sound.synthesis.voices import glide


def explosion(rng: Generator, index: int, character: Character) -> Stereo:
    """A blast wave (Friedlander's curve), the fireball's roar falling in pitch as it grows, debris, and the far rumble.

    A. Farnell, "Designing Sound" (2010), ch. explosions; W. Baker, "Explosions in Air" (1973) for the wave.
    """
    frames = frames_of(3.2 + 1.6 * character.intensity)
    time = seconds(frames)
    blast = (1 - time / np.float32(0.03)) * np.exp(-time / np.float32(0.03))
    blast *= np.minimum(time * np.float32(4000), 1)
    out = np.zeros((frames, 2), np.float32)
    boil = wander(rng, frames, 16.0, 0.55, 1.0)
    for low_hz, high_hz, t60, gain in (
        (28, 110, 3.4, 1.0),
        (80, 450, 2.2, 0.75),
        (350, 1600, 1.3, 0.42),
        (1400, 7000, 0.6, 0.26),
    ):
        noise = shaped_stereo(rng, frames, filters.band(low_hz, high_hz), 0.7)
        out += noise * (np.float32(gain) * decay(frames, t60, attack=0.004) * boil)[:, None]
    out = np.tanh(out * np.float32(0.9 + character.intensity))
    out += (np.float32(1.2) * blast)[:, None]
    starts = arrivals(rng, frames, 40)
    gains = heavy_tailed(rng, len(starts), 1.1, 0.05) * np.exp(-1.1 * time[starts]) * (time[starts] > 0.25)
    size = frames_of(0.06)
    bits = np.stack([peaked(body(rng, size, 300, 5000, 6, 0.05, slope=0.3)) for _ in range(12)])
    return faded(peaked(out + np.float32(0.35) * scatter(rng, frames, starts, gains, bits)), 0.0005, 0.8)


def gunshot(rng: Generator, index: int, character: Character) -> Stereo:
    """Muzzle blast and the ground's and walls' answer within a fraction of a second."""
    frames = frames_of(1.1)
    blast = shaped_stereo(
        rng, frames, filters.beside(filters.low(900, 1), filters.scaled(0.7, filters.band(900, 6000, 1))), 0.4
    )
    body_of_it = blast * (decay(frames, 0.16) + 0.16 * decay(frames, 0.9))[:, None]
    thump = struck(frames, [75.0, 130.0], [0.16, 0.12], [0.25, 0.2])
    return faded(peaked(np.tanh(body_of_it * np.float32(0.9)) + thump[:, None]), 0.0003, 0.3)


def _blast_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(3.8, 5.0)) / character.paced(0.7, 2.0)


def _shot_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.9, 1.7)) / character.paced(0.5, 6.0)


def machine_gun(rng: Generator, index: int, character: Character) -> Stereo:
    """A burst of 4–12 shots, ten a second, each a muzzle blast and the bolt's clack; the last one rings out."""
    rate = character.paced(8, 14)
    count = int(rng.integers(4, 13))
    frames = frames_of(count / rate + 0.9)
    out = np.zeros(frames, np.float32)
    blast = filters.beside(filters.band(120, 900, 1), filters.scaled(0.8, filters.band(900, 6500, 1)))
    bolt = Blow(1200, 7000, 9, 0.04, slope=0.1, noise_hz=(1500, 7000), noise=0.6)
    for number in range(count):
        at = int((number / rate + float(rng.uniform(0, 0.004))) * SAMPLE_RATE)
        size = frames_of(0.8 if number == count - 1 else 0.25)
        shot = shaped(rng, size, blast) * (decay(size, 0.1) + np.float32(0.12) * decay(size, 0.7))
        shot = np.tanh(np.float32(1.2) * shot) * np.float32(rng.uniform(0.85, 1))
        out[at : at + size] += shot[: frames - at]
        clack = np.float32(0.12) * blown(rng, bolt, 0.08, 0)
        out[at + 1800 : at + 1800 + len(clack)] += clack[: max(0, frames - at - 1800)]
    return panned(faded(peaked(out), 0.0004, 0.15), 0.5)


def _burst_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(1.5, 2.2)) / character.paced(0.7, 1.6)


def fireworks(rng: Generator, index: int, character: Character) -> Stereo:
    """A shell climbs whistling, bursts with a thud from far up, and its stars crackle as they fall."""
    climb_s = float(rng.uniform(0.5, 0.9))
    frames = frames_of(climb_s + 2.0)
    out = np.zeros((frames, 2), np.float32)
    climb = frames_of(climb_s)
    hiss = shaped(rng, climb, filters.peak(2800, 1.2)) * glide(climb, [(0, 0.2), (0.3, 1), (1, 0.05)])
    place = float(rng.uniform(0.25, 0.75))
    out[:climb] += panned(np.float32(0.09) * peaked(hiss), place)
    size = frames - climb
    boom = shaped(rng, size, filters.beside(filters.band(60, 500, 1), filters.scaled(0.5, filters.band(500, 4000, 1))))
    boom *= decay(size, 0.25) + np.float32(0.16) * decay(size, 1.4)
    out[climb:] += panned(peaked(boom), place)
    snap = frames_of(0.02)
    grains = rng.uniform(-1, 1, (12, snap)).astype(np.float32) * decay(snap, 0.012)
    starts = arrivals(rng, size - snap, character.between(25, 80))
    late = starts / SAMPLE_RATE
    gains = heavy_tailed(rng, len(starts), 1.2, 0.06) * (late > 0.3) * np.exp(-1.6 * late)
    out[climb:] += np.float32(0.5) * scatter(rng, size, starts, gains, grains, 0.7)
    return faded(peaked(out, float(rng.uniform(0.6, 1))), 0.002, 0.3)


def _rocket_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.5, 1.6)) / character.paced(0.5, 2.0)


_BLADE = Blow(1650, 9500, 18, 0.9, slope=0.0, damping=0.35, noise_hz=(2500, 10000), noise_t60=0.03, noise=0.6)


def sword(rng: Generator, index: int, character: Character) -> Stereo:
    """Blades that meet: a hard, bright ring, and the scrape as one slides off the other."""
    frames = frames_of(1.1)
    ring = blown(rng, _BLADE, 1.1, index % 4, character.between(0.6, 1))
    scrape = shaped(rng, frames, filters.beside(filters.peak(3600, 4.0), filters.peak(6200, 4.0)))
    scrape *= glide(frames, [(0, 0), (0.05, 0.3), (0.2, 0.15), (0.35, 0), (1, 0)])
    return panned(peaked(ring + np.float32(0.5) * scrape), float(rng.uniform(0.35, 0.65)))


def _clash_gap(rng: Generator, index: int, character: Character) -> float:
    return float(rng.uniform(0.5, 1.1)) / character.paced(0.5, 2.0)


def arrow(rng: Generator, index: int, character: Character) -> Stereo:
    """The string, the flight, and the head in the target's wood, shaking as it stops."""
    frames = frames_of(1.1)
    out = np.zeros(frames, np.float32)
    string = struck(frames_of(0.25), [92.0, 185.0, 370.0], [0.16, 0.1, 0.06], [1.0, 0.7, 0.4])
    out[: len(string)] += np.float32(0.5) * peaked(string)
    flight = frames_of(0.32)
    out[900 : 900 + flight] += np.float32(0.3) * peaked(
        shaped(rng, flight, filters.peak(2400, 1.2)) * glide(flight, [(0, 0), (0.2, 1), (0.8, 0.6), (1, 0)])
    )
    at = 900 + flight
    stop = blown(rng, Blow(190, 2600, 9, 0.09, slope=0.3, noise_hz=(500, 4500), noise=0.7, thud=0.4), 0.5, 0)
    shake = np.float32(0.35) * struck(len(stop), [48.0, 96.0, 144.0], [0.4, 0.3, 0.2], [0.6, 1.0, 0.6])
    out[at : at + len(stop)] += (stop + shake)[: frames - at]
    return panned(peaked(out), 0.5)


def whip(rng: Generator, index: int, character: Character) -> Stereo:
    """The lash whistles up, then its tip goes faster than sound: a crack of a few milliseconds."""
    frames = frames_of(0.6)
    up = frames_of(0.22)
    out = np.zeros(frames, np.float32)
    out[:up] = np.float32(0.25) * peaked(
        shaped(rng, up, filters.peak(1300, 1.2)) * glide(up, [(0, 0), (0.9, 1), (1, 0.2)])
    )
    size = frames - up
    crack = shaped(rng, size, filters.high(700)) * (decay(size, 0.025) + np.float32(0.06) * decay(size, 0.25))
    out[up:] += peaked(crack)
    return panned(peaked(out), 0.5)


SOUNDS = (
    Event("explosion", ("explosion", "explode", "blast", "bomb", "boom", "detonation", "grenade", "dynamite", "cannon",
        "eruption", "artillery", "missile"), explosion, _blast_gap, level=-2, space="outdoors",
        example="a huge explosion", also=("the building blows up", "demolition charge goes off")),
    Event("gunshot", ("gunshot", "gun", "shot", "rifle", "pistol", "gunfire", "shoot", "firecracker", "shotgun",
        "revolver", "sniper"), gunshot, _shot_gap, level=-3, tone=(-7, -4, -2, 0, 2, 4, 7), example="two gunshots",
        also=("somebody fires a weapon", "a hunter in the woods")),
    Event("machine_gun", ("machine gun", "automatic rifle", "automatic gun", "burst fire", "submachine gun", "minigun"),
        machine_gun, _burst_gap, level=-3, space="street", refines="gunshot", example="a machine gun",
        also=("soldiers under heavy fire",)),
    Event("fireworks", ("firework", "fireworks", "rocket", "new year"), fireworks, _rocket_gap, level=-4, tone=(7, 1,
        13, -3, -5, -11, -3), example="fireworks", also=("midnight celebration in the sky",)),
    Event("sword", ("sword", "blade", "clash", "sword fight", "swordfight", "steel clash", "dagger"), sword, _clash_gap,
        level=-6, space="room", example="swords clashing", also=("knights duel", "fencing")),
    Event("arrow", ("arrow", "bow", "archer", "archery", "crossbow"), arrow, _burst_gap, level=-6, tone=(2, 2, 3, 3,
        3, -22, 8),
        example="an arrow", also=("Robin Hood shoots",)),
    Event("whip", ("whip", "whip crack", "lash"), whip, _burst_gap, level=-5, tone=(13, 12, -8, -5, 1, 1, -14),
        space="outdoors", example="a whip cracks",
        also=("a lion tamer in the ring",)),
)  # fmt: skip
