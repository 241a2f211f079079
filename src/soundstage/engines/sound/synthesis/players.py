"""One layer, heard: an endless player that is read block by block, and what rings on behind its end.

A block is a few seconds, so that ten minutes need no more memory than their own samples. Every texture part and every
happening draws from a generator of its own, numbered by seed, layer and place, so nothing depends on the size of
blocks.
In a loop, what a player has left behind its end (`rest`) belongs to the beginning.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import PCG64, Generator

from soundstage.domain.sound import Layer
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.envelopes import faded
from soundstage.engines.sound.synthesis.noise import level
from soundstage.engines.sound.synthesis.reverb import farther
from soundstage.engines.sound.synthesis.sounds import Character, Event, SoundClass, Stereo, Texture
from soundstage.engines.sound.synthesis.tone import toned, toned_at_its_peak
from soundstage.engines.sound.synthesis.vocabulary import CLASSES, UNKNOWN

BLOCK = 10 * SAMPLE_RATE  # frames
_OVERLAP = SAMPLE_RATE // 4  # of one texture part into the next
_LOOP_OVERLAP = SAMPLE_RATE  # of the end of a looping texture into its beginning
_MOST_EVENTS = 40  # a second: what is asked faster is as fast as this
_FADE_S = 0.25  # of a texture that begins or ends within the whole


@dataclass(frozen=True)
class Stretch:
    """Where in the whole a layer is heard, in frames; `loop` where the end of the whole is its beginning."""

    start: int
    end: int
    loop: bool = False

    @property
    def frames(self) -> int:
        return self.end - self.start


def drawn(seed: int, *place: int) -> Generator:
    """The generator of one place in the sound: the same in every process."""
    return Generator(PCG64([seed, *place]))


def character_of(layer: Layer) -> Character:
    return Character(layer.intensity, layer.distance, layer.pace, layer.material, layer.words)


def class_of(layer: Layer) -> SoundClass:
    """The layer's class; an edited plan may name one that is not there."""
    return CLASSES.get(layer.sound, CLASSES[UNKNOWN])


def gain_of(layer: Layer, sound: SoundClass) -> float:
    """What intensity adds to or takes from the class's usual level: ±6 dB."""
    return float(10 ** ((sound.level + 12 * (layer.intensity - 0.5)) / 20))


def player(layer: Layer, seed: int, number: int, stretch: Stretch) -> TexturePlayer | EventPlayer:
    """The layer's player; `number` is its place in the plan."""
    sound = class_of(layer)
    if isinstance(sound, Texture):
        return TexturePlayer(layer, sound, seed, number, stretch)
    return EventPlayer(layer, sound, seed, number, stretch)


class TexturePlayer:
    """Parts of a block's length, crossfaded at equal power, each levelled to the class's RMS."""

    def __init__(self, layer: Layer, sound: Texture, seed: int, number: int, stretch: Stretch) -> None:
        self._layer, self._sound, self._stretch = layer, sound, stretch
        self._place = (seed, number, zlib.crc32(sound.name.encode()))
        self._parts = self._played()
        self._ready = np.zeros((stretch.start, 2), np.float32)
        self._over = np.zeros((0, 2), np.float32)

    def next(self, frames: int) -> Stereo:
        """The next `frames` of the layer; silence behind its end."""
        pieces = [self._ready[:frames]]
        self._ready = self._ready[frames:]
        missing = frames - len(pieces[0])
        while missing > 0:
            part = next(self._parts, None)
            if part is None:
                pieces.append(np.zeros((missing, 2), np.float32))
                break
            pieces.append(part[:missing])
            self._ready = part[missing:]
            missing -= len(pieces[-1])
        return np.concatenate(pieces)

    def rest(self) -> Stereo:
        """What sounds on behind the end, in a loop under the beginning."""
        return np.concatenate((self._ready, *self._parts))

    def _played(self) -> Iterator[Stereo]:
        """Pieces that add up to the stretch; the end of each part is kept back and sounds under the start of the
        next.
        """
        frames, loop = self._stretch.frames, self._stretch.loop
        for number, begin in enumerate(range(0, frames, BLOCK)):
            size = min(BLOCK, frames - begin)
            last = begin + size == frames
            overlap = min(_LOOP_OVERLAP, frames // 2) if loop and last else _OVERLAP
            part = self._part(number, size + overlap)
            if number:
                part[:_OVERLAP] = part[:_OVERLAP] * _ramp(_OVERLAP) + self._over * _ramp(_OVERLAP)[::-1]
            elif loop:
                first = min(_LOOP_OVERLAP, frames // 2)
                part[:first] *= _ramp(first)
            elif self._stretch.start:
                faded(part, _FADE_S, 0.0)
            self._over = part[size:]
            yield part[:size]
        if loop:
            yield self._over * _ramp(len(self._over))[::-1]

    def _part(self, number: int, size: int) -> Stereo:
        sound = self._sound.render(drawn(*self._place, number), size, character_of(self._layer))
        sound = toned(sound.astype(np.float32, copy=False), self._sound.tone)
        return farther(level(sound, gain_of(self._layer, self._sound)), self._layer.distance)


def _ramp(frames: int) -> Stereo:
    """(frames, 1) of the rising half of a crossfade at equal power."""
    angle = (np.arange(frames, dtype=np.float32) + 0.5) * np.float32(np.pi / 2 / max(frames, 1))
    return np.asarray(np.sin(angle)[:, None], np.float32)


class EventPlayer:
    """Happenings at the frames of a timetable, each drawn when its block comes; what rings on is carried over."""

    def __init__(self, layer: Layer, sound: Event, seed: int, number: int, stretch: Stretch) -> None:
        self._layer, self._sound, self._stretch = layer, sound, stretch
        self._place = (seed, number, zlib.crc32(sound.name.encode()))
        self.starts = timetable(layer, sound, drawn(*self._place, 0), stretch)
        self._index, self._now = 0, 0
        self._carry = np.zeros((0, 2), np.float32)

    def next(self, frames: int) -> Stereo:
        """The next `frames` of the layer."""
        out = np.zeros((max(frames, len(self._carry)), 2), np.float32)
        out[: len(self._carry)] = self._carry
        while self._index < len(self.starts) and self.starts[self._index] < self._now + frames:
            at = self.starts[self._index] - self._now
            sound = self._happening(self._index)
            if at + len(sound) > len(out):
                out = np.concatenate((out, np.zeros((at + len(sound) - len(out), 2), np.float32)))
            out[at : at + len(sound)] += sound
            self._index += 1
        self._carry = out[frames:]
        self._now += frames
        return out[:frames]

    def rest(self) -> Stereo:
        """What rings on behind the end."""
        return self._carry

    def _happening(self, index: int) -> Stereo:
        sound = self._sound.render(drawn(*self._place, 1, index), index, character_of(self._layer))
        sound = toned_at_its_peak(sound, self._sound.tone)
        return farther(sound, self._layer.distance) * np.float32(gain_of(self._layer, self._sound))


def timetable(layer: Layer, sound: Event, rng: Generator, stretch: Stretch) -> list[int]:
    """Start frames of the layer's happenings: all that are counted, else what there is room for.

    In a loop the last gap reaches the first happening again, so that the beat goes on over the seam.
    """
    room = stretch.frames / SAMPLE_RATE
    character = character_of(layer)
    lead = min(0.12, 0.04 * room) if stretch.start == 0 else 0.0

    def gap(index: int) -> float:
        return max(layer.every or sound.gap(rng, index, character), 1 / _MOST_EVENTS)

    starts = [lead]
    if layer.count is not None:
        for index in range(layer.count - 1):
            starts.append(starts[-1] + gap(index))
        most = lead + 0.9 * (room - lead)
        if starts[-1] > most:  # too many for the time: closer together
            starts = [lead + (one - lead) * (most - lead) / (starts[-1] - lead) for one in starts]
    elif stretch.loop:
        while (following := starts[-1] + gap(len(starts) - 1)) < lead + room:
            starts.append(following)
        over = following - (lead + room)
        if len(starts) > 1 and over > 0.5 * (following - starts[-1]):
            following = starts.pop()
        scale = room / (following - lead)
        starts = [lead + (one - lead) * scale for one in starts]
    else:
        while (following := starts[-1] + gap(len(starts) - 1)) < room - 0.08:
            starts.append(following)
    return [stretch.start + int(one * SAMPLE_RATE) for one in starts]
