"""Spaces: early reflections of a room, the tail behind them, and what distance does to a sound.

Early reflections are the mirror images of a box-shaped room (J. Allen and D. Berkley, "Image method for efficiently
simulating small-room acoustics", JASA, 1979), dulled by every wall they met. The tail is noise that decays faster the
higher its pitch (J. A. Moorer, "About this reverberation business", Computer Music Journal, 1979). Outdoors there is no
room, only a few late, dull echoes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.domain.sound import Space
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.envelopes import decay, seconds
from soundstage.engines.sound.synthesis.noise import level, shaped
from soundstage.engines.sound.synthesis.sounds import Stereo, frames_of

_SPEED_OF_SOUND = 343.0  # m/s
_ORDERS = 3  # walls met by an image


@dataclass(frozen=True)
class Room:
    """`t60` in seconds at low and high pitch; `wet` share of reverberation at distance 0; `size` metres, long and wide.

    `walls`: what a wall gives back of the level. `echoes`: outdoors, of house fronts and wood edges.
    """

    name: str
    t60_low: float
    t60_high: float
    wet: float
    size: tuple[float, float, float]
    walls: float = 0.7
    echoes: int = 0
    tail: bool = True


SPACES = {
    room.name: room
    for room in (
        Room("outdoors", 0.5, 0.2, 0.10, (18, 18, 18), echoes=5, tail=False),
        Room("small room", 0.35, 0.2, 0.22, (2.6, 2.2, 2.4), 0.65),
        Room("room", 0.6, 0.35, 0.26, (5.2, 4.1, 2.7), 0.7),
        Room("corridor", 1.3, 0.7, 0.4, (14, 2.1, 2.8), 0.8),
        Room("hall", 2.2, 1.1, 0.45, (28, 17, 9), 0.8),
        Room("church", 4.0, 1.8, 0.6, (44, 19, 17), 0.85),
        Room("cave", 3.2, 0.9, 0.6, (19, 13, 8), 0.75),
        Room("tunnel", 3.0, 1.2, 0.5, (60, 7, 5), 0.85),
        Room("street", 0.9, 0.4, 0.2, (8, 8, 8), echoes=10),
    )
}


def room_of(space: Space | None, usual: str | None) -> Room | None:
    """The room a layer is heard in: the plan's, scaled to its size, else the class's own; None: no room at all."""
    if space is None:
        return SPACES.get(usual or "")
    room = SPACES.get(space.name, SPACES["outdoors" if space.outdoors else "room"])
    return _scaled(room, round(space.size, 1))


@lru_cache(maxsize=64)
def _scaled(room: Room, size: float) -> Room:
    """The room at half to twice its usual dimensions; by W. Sabine its reverberation grows as its length does."""
    if size == 0.5:
        return room
    by = 4 ** (size - 0.5)
    return Room(
        f"{room.name} {size}", room.t60_low * by**0.7, room.t60_high * by**0.5, min(room.wet * by**0.2, 0.7),
        (room.size[0] * by, room.size[1] * by, room.size[2] * by), room.walls, room.echoes, room.tail,
    )  # fmt: skip


def wetness(room: Room | None, distance: float) -> float:
    """The share of reverberation in a sound from `distance` 0…1: the room stays as loud, the direct sound does not."""
    return 0.0 if room is None else room.wet + 0.5 * distance * (1 - room.wet) * (1.0 if room.tail else 0.6)


@lru_cache(maxsize=16)
def response(room: Room) -> Stereo:
    """(frames, 2) of the room's wet response, each channel at energy 1; the same in every process. Do not write to
    it.
    """
    rng = Generator(PCG64([0x51AC, *room.name.encode()]))
    frames = frames_of(max(room.t60_low * 0.85, 0.25))
    out = np.zeros((frames, 2), np.float32)
    if room.tail:
        first = max(room.size) / _SPEED_OF_SOUND * 0.6
        for channel in range(2):
            deep = shaped(rng, frames, filters.chain(filters.high(60), filters.low(900)))
            bright = shaped(rng, frames, filters.chain(filters.high(900), filters.low(7000)))
            out[:, channel] = deep * decay(frames, room.t60_low) + bright * decay(frames, room.t60_high)
        out *= np.minimum(seconds(frames) / np.float32(first), 1)[:, None] * np.float32(0.05)
        if not room.echoes:
            out += _early(rng, room, frames)
    for _ in range(room.echoes):
        _echo(rng, room, out)
    energy = float(np.sqrt(np.sum(np.square(out, dtype=np.float64)) / 2))
    return out / np.float32(energy)


def _early(rng: Generator, room: Room, frames: int) -> Stereo:
    """(frames, 2) of the mirror images: the source a little ahead, the listener near the middle."""
    size = np.array(room.size)
    listener = size * np.array([0.46, 0.53, 0.4])
    source = listener + np.minimum(size * 0.2, 1.8) * np.array([0.9, 0.35, 0.05])
    steps = np.arange(-_ORDERS, _ORDERS + 1)
    cells = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    met = np.abs(cells).sum(axis=1)
    cells, met = cells[(met > 0) & (met <= _ORDERS)], met[(met > 0) & (met <= _ORDERS)]
    images = np.where(cells % 2 == 0, cells * size + source, cells * size + size - source)
    ray = images - listener
    distance = np.sqrt((ray**2).sum(axis=1))
    direct = float(np.sqrt(((source - listener) ** 2).sum()))
    at = ((distance - direct) / _SPEED_OF_SOUND * SAMPLE_RATE + rng.uniform(0, 8, len(met))).astype(np.int64)
    gain = room.walls**met * direct / distance * rng.choice((-1.0, 1.0), len(met))
    side = (ray[:, 1] / distance + 1) * (np.pi / 4)
    out = np.zeros((frames, 2), np.float32)
    inside = at < frames
    for order in range(1, _ORDERS + 1):
        train = np.zeros((frames, 2), np.float32)
        chosen = inside & (met == order)
        np.add.at(train, (at[chosen], 0), gain[chosen] * np.cos(side[chosen]))
        np.add.at(train, (at[chosen], 1), gain[chosen] * np.sin(side[chosen]))
        out += filters.filtered(train, filters.low(9000 / order**1.2), tail=0.02)
    return out


def _echo(rng: Generator, room: Room, out: Stereo) -> None:
    """Adds one far, dull reflection."""
    delay = max(room.size) / _SPEED_OF_SOUND * 2 * (0.4 + 2.6 * rng.random())
    start = int(delay * SAMPLE_RATE)
    length = min(len(out) - start, 400)
    if length > 0:
        dull = decay(400, 0.004 + 0.3 * delay if not room.tail else 0.002)[:length]
        gain = np.float32(rng.choice((-1, 1)) * 0.6 / (1 + 40 * delay) * 6)
        side = rng.random(2).astype(np.float32) * 0.6 + 0.4
        out[start : start + length] += gain * dull[:, None] * side * np.float32(0.2)


class Reverb:
    """One space, fed block by block: the tail of a block sounds on into the next."""

    def __init__(self, room: Room, block: int) -> None:
        kernel = response(room)
        self._ring = len(kernel) - 1
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

    def rest(self) -> Stereo:
        """What is still in the room behind the last block."""
        return self._tail[:, : self._ring].T


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
