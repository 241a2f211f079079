"""A source that moves: level, dullness, direction and pitch follow its path past the listener.

Level as 1/r, softened near the head; pitch by the time the sound needs to arrive (Doppler; J. Chowning, "The simulation
of moving sound sources", JAES, 1971). In a loop every path leads back to where it began.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from soundstage.domain.sound import Movement
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis import filters
from soundstage.engines.sound.synthesis.players import EventPlayer, TexturePlayer
from soundstage.engines.sound.synthesis.sounds import Signal, Stereo

_SPEED_OF_SOUND = 343.0  # m/s
_NEAR, _FAR = 5.0, 55.0  # metres
_USUAL_SPEED = 14.0  # m/s, of what passes
_HOP = 64  # frames between two looks at the path
REACH = int((_FAR - _NEAR) / _SPEED_OF_SOUND * SAMPLE_RATE) + 16  # frames a sound may come early or late
_CONTEXT = 2048  # frames before a block that its filter hears


class Place(NamedTuple):
    """Metres from the listener, and −1 (left) … 1 (right), along the way."""

    distance: Signal
    side: Signal


def path(movement: Movement, share: NDArray[np.float64], seconds: float, loop: bool) -> Place:
    """Where the source is at each `share` (0…1) of its time."""
    way = 0.5 - 0.5 * np.cos(2 * np.pi * share) if loop else share  # a loop: there and back, 0 … 1 … 0
    usual = np.full_like(share, _NEAR)
    if movement == Movement.CIRCLING:
        rounds = max(1, round(seconds / 6))
        return Place(_f32(usual), _f32(0.9 * np.sin(2 * np.pi * rounds * share)))
    if movement in (Movement.LEFT_TO_RIGHT, Movement.RIGHT_TO_LEFT):
        side = 0.95 * (2 * way - 1)
        return Place(_f32(usual), _f32(side if movement == Movement.LEFT_TO_RIGHT else -side))
    if movement == Movement.PASSING:
        reach = min(_FAR, max(_USUAL_SPEED * seconds / 2, 12.0))
        across = reach * (np.sin(2 * np.pi * share) if loop else 2 * share - 1)
        distance = np.sqrt(across**2 + _NEAR**2)
        return Place(_f32(distance), _f32(0.95 * across / distance))
    distance = _NEAR + (_FAR - _NEAR) * (way if loop or movement == Movement.LEAVING else 1 - way) ** 1.3
    return Place(_f32(distance), _f32(0.15 * np.sin(2 * np.pi * share)))


def _f32(values: NDArray[np.float64]) -> Signal:
    return np.asarray(values, np.float32)


def placed(samples: NDArray[np.floating], side: Signal | float, width: float = 0.25) -> Stereo:
    """Moved to −1 (left) … 1 (right) at equal power; `width` of the sound's own breadth is kept."""
    middle = samples.mean(axis=1)
    angle = (np.asarray(side, np.float32) + 1) * np.float32(np.pi / 4)
    moved = np.stack((middle * np.cos(angle), middle * np.sin(angle)), axis=1) * np.float32(2**0.5)
    return np.asarray(np.float32(1 - width) * moved + np.float32(width) * samples, np.float32)


class MovedPlayer:
    """A player whose source moves; it reads the other ahead, because what comes nearer is heard sooner."""

    def __init__(self, source: TexturePlayer | EventPlayer, movement: Movement, frames: int, loop: bool) -> None:
        self._source, self._movement, self._frames, self._loop = source, movement, frames, loop
        self._first = self._place(np.zeros(1))
        self._now = 0
        self._held = np.concatenate((np.zeros((REACH + _CONTEXT, 2), np.float32), source.next(REACH)))

    def next(self, frames: int) -> Stereo:
        """The next `frames` of the layer."""
        self._held = np.concatenate((self._held, self._source.next(frames)))
        points = -(-frames // _HOP) + 1
        share = (self._now + np.arange(points) * _HOP) / self._frames
        distance, side = (filters.joined(curve, _HOP, frames) for curve in self._place(np.minimum(share, 1.0)))
        late = (distance - self._first.distance[0]) * np.float32(SAMPLE_RATE / _SPEED_OF_SOUND)
        at = np.arange(frames) + REACH + _CONTEXT - np.clip(late.astype(np.float64), -REACH + 2, REACH - 2)
        near = _read(self._held, at)
        dull = filters.filtered(self._held, filters.low(1800, 1), tail=0.02)
        far = np.clip(1.1 * (1 - np.sqrt(_NEAR / distance)), 0, 0.8)[:, None]
        heard = near * (1 - far) + _read(dull, at) * far
        self._held = self._held[frames:]
        self._now += frames
        return placed(heard * ((_NEAR / distance) ** np.float32(0.9))[:, None], side)

    def rest(self) -> Stereo:
        """What rings on behind the end, from the place where the path ends."""
        rest = np.concatenate((self._held[REACH + _CONTEXT :], self._source.rest()))
        return placed(rest, float(self._first.side[0])) if self._loop else rest

    def _place(self, share: NDArray[np.float64]) -> Place:
        return path(self._movement, share, self._frames / SAMPLE_RATE, self._loop)


def _read(samples: Stereo, at: NDArray[np.float64]) -> Stereo:
    """The samples at places between frames, by cubics through four of them (Catmull and Rom)."""
    index = at.astype(np.int64)
    t = (at - index).astype(np.float32)[:, None]
    a, b, c, d = (samples[np.clip(index + k, 0, len(samples) - 1)] for k in (-1, 0, 1, 2))
    return np.asarray(b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a))), np.float32)
