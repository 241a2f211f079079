"""Playing a plan: every layer as an endless player, read block by block, placed in its space and summed.

A block is a few seconds, so that ten minutes need no more memory than their own samples. Every texture part and every
happening draws from a generator of its own, numbered by seed, layer and place,
    so nothing depends on the size of blocks.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.domain.sound import Layer, Plan
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.envelopes import faded
from soundstage.engines.sound.synthesis.noise import level
from soundstage.engines.sound.synthesis.reverb import SPACES, Reverb, farther
from soundstage.engines.sound.synthesis.sounds import Character, Event, Stereo, Texture
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

BLOCK = 10 * SAMPLE_RATE  # frames
_OVERLAP = SAMPLE_RATE // 4  # of one texture part into the next
_MOST_EVENTS = 40  # a second: what is asked faster is as fast as this


def drawn(seed: int, *place: int) -> Generator:
    """The generator of one place in the sound: the same in every process."""
    return Generator(PCG64([seed, *place]))


def character_of(layer: Layer) -> Character:
    return Character(layer.intensity, layer.distance, layer.pace, layer.material, layer.words)


def class_of(layer: Layer) -> Texture | Event:
    """The layer's class; an edited plan may name one that is not there."""
    return CLASSES.get(layer.sound, CLASSES[UNKNOWN])


def gain_of(layer: Layer) -> float:
    """What intensity adds to or takes from the class's usual level: ±6 dB."""
    return float(10 ** ((class_of(layer).level + 12 * (layer.intensity - 0.5)) / 20))


class TexturePlayer:
    """Parts of a block's length, crossfaded at equal power, each levelled to the class's RMS."""

    def __init__(self, layer: Layer, sound: Texture, seed: int, number: int, start: int, end: int) -> None:
        self._layer, self._sound = layer, sound
        self._place = (seed, number, zlib.crc32(sound.name.encode()))
        self._parts = self._played(end - start)
        self._ready = np.zeros((start, 2), np.float32)

    def next(self, frames: int) -> Stereo:
        """The next `frames` of the layer."""
        pieces = [self._ready[:frames]]
        self._ready = self._ready[frames:]
        missing = frames - len(pieces[0])
        while missing > 0:
            part = next(self._parts)
            pieces.append(part[:missing])
            self._ready = part[missing:]
            missing -= len(pieces[-1])
        return np.concatenate(pieces)

    def _played(self, frames: int) -> Iterator[Stereo]:
        """Pieces that add up to `frames`; the end of each part is kept back and sounds under the start of the next."""
        over = np.zeros((0, 2), np.float32)
        angle = (np.arange(_OVERLAP, dtype=np.float32) + 0.5)[:, None] * np.float32(np.pi / 2 / _OVERLAP)
        for number, begin in enumerate(range(0, frames, BLOCK)):
            size = min(BLOCK, frames - begin)
            part = self._sound.render(drawn(*self._place, number), size + _OVERLAP, character_of(self._layer))
            part = level(part.astype(np.float32, copy=False), gain_of(self._layer))
            part = farther(part, self._layer.distance)
            if number:
                part[:_OVERLAP] = part[:_OVERLAP] * np.sin(angle) + over * np.cos(angle)
            elif len(self._ready):
                faded(part, 0.05, 0.0)
            over = part[size:]
            yield part[:size]


class EventPlayer:
    """Happenings at the frames of a timetable, each drawn when its block comes; what rings on is carried over."""

    def __init__(self, layer: Layer, sound: Event, seed: int, number: int, start: int, end: int) -> None:
        self._layer, self._sound, self._place = layer, sound, (seed, number, zlib.crc32(sound.name.encode()))
        self.starts = timetable(layer, sound, drawn(*self._place, 0), start, end)
        self._index, self._now = 0, 0
        self._carry = np.zeros((0, 2), np.float32)

    def next(self, frames: int) -> Stereo:
        """The next `frames` of the layer."""
        out = np.zeros((max(frames, len(self._carry)), 2), np.float32)
        out[: len(self._carry)] = self._carry
        while self._index < len(self.starts) and self.starts[self._index] < self._now + frames:
            at = self.starts[self._index] - self._now
            sound = self._sound.render(drawn(*self._place, 1, self._index), self._index, character_of(self._layer))
            sound = farther(sound, self._layer.distance) * np.float32(gain_of(self._layer))
            if at + len(sound) > len(out):
                out = np.concatenate((out, np.zeros((at + len(sound) - len(out), 2), np.float32)))
            out[at : at + len(sound)] += sound
            self._index += 1
        self._carry = out[frames:]
        self._now += frames
        return out[:frames]


def timetable(layer: Layer, sound: Event, rng: Generator, start: int, end: int) -> list[int]:
    """Start frames of the layer's happenings in `start`…`end`: all that are counted, else what there is room for."""
    room = (end - start) / SAMPLE_RATE
    character = character_of(layer)
    lead = min(0.12, 0.04 * room) if start == 0 else 0.0
    starts = [lead]

    def gap(index: int) -> float:
        return layer.every or sound.gap(rng, index, character)

    if layer.count is not None:
        for index in range(layer.count - 1):
            starts.append(starts[-1] + max(gap(index), 0.02))
        most = lead + 0.9 * (room - lead)
        if starts[-1] > most:  # too many for the time: closer together
            starts = [lead + (one - lead) * (most - lead) / (starts[-1] - lead) for one in starts]
    else:
        while (following := starts[-1] + max(gap(len(starts) - 1), 1 / _MOST_EVENTS)) < room - 0.08:
            starts.append(following)
    return [start + int(one * SAMPLE_RATE) for one in starts]


def mixed(plan: Plan, frames: int, seed: int) -> Iterator[Stereo]:
    """The plan in blocks that add up to `frames`, dry and wet, not yet levelled."""
    players: list[tuple[TexturePlayer | EventPlayer, str | None]] = []
    onsets = sorted({layer.onset for layer in plan.layers})
    for number, layer in enumerate(plan.layers):
        sound = class_of(layer)
        start = int(layer.onset * frames)
        space = sound.space if plan.space is None else plan.space.name
        if isinstance(sound, Texture):
            players.append((TexturePlayer(layer, sound, seed, number, start, frames), space))
        else:
            later = next((onset for onset in onsets if onset > layer.onset), 1.0)
            players.append((EventPlayer(layer, sound, seed, number, start, max(int(later * frames), start + 1)), space))
    block = min(BLOCK, frames)
    far = {space: max((layer.distance for layer in plan.layers), default=0.0) for _, space in players}
    reverbs = {
        name: Reverb(SPACES[name], block) for name in dict.fromkeys(space for _, space in players) if name in SPACES
    }
    for begin in range(0, frames, block):
        size = min(block, frames - begin)
        out = np.zeros((size, 2), np.float32)
        sends = {name: np.zeros((size, 2), np.float32) for name in reverbs}
        for player, space in players:
            sound_now = player.next(size)
            if space in sends:
                wet = SPACES[space].wet + 0.35 * far[space] * (1 - SPACES[space].wet)
                out += sound_now * np.float32((1 - wet) ** 0.5)
                sends[space] += sound_now * np.float32(wet)
            else:
                out += sound_now
        for name, send in sends.items():
            out += reverbs[name].wet(send)
        yield out
