"""Playing a plan: every layer in its place and its space, summed, with the course of loudness over the whole.

A loop is made like any sound; what rings on behind its end (players, movement, rooms) is then laid under its beginning.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from soundstage.domain.sound import Dynamics, Layer, Movement, Plan
from soundstage.engines.progress import Report
from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.reel import Reels, let_go
from soundstage.engines.sound.synthesis.balance import under
from soundstage.engines.sound.synthesis.envelopes import curve, faded
from soundstage.engines.sound.synthesis.movement import REACH, MovedPlayer, placed
from soundstage.engines.sound.synthesis.players import (
    BLOCK,
    EventPlayer,
    Stretch,
    TexturePlayer,
    class_of,
    player,
)
from soundstage.engines.sound.synthesis.reverb import Reverb, Room, room_of, wetness
from soundstage.engines.sound.synthesis.sounds import Signal, Stereo, Texture

_QUIET_DB = -20.0  # where what builds up begins and what fades away ends
_LEAST_S = 0.2  # of a layer's time: less than that is heard as a click
_ENDING_S = 0.3  # of the fade of a layer that ends within the whole


@dataclass
class _Voice:
    """A layer at work: its player, its room and how much of it is heard from there."""

    layer: Layer
    player: TexturePlayer | EventPlayer | MovedPlayer
    room: Room | None
    wet: float
    until: int  # frame at which it has faded out; beyond the whole where it goes on
    gain: float  # among the other layers

    def next(self, begin: int, frames: int) -> Stereo:
        sound = self.player.next(frames) * np.float32(self.gain)
        if self.layer.pan is not None and self.layer.movement is None:
            sound = placed(sound, self.layer.pan)
        return _ended(sound, begin, self.until)

    def rest(self) -> Stereo:
        sound = self.player.rest() * np.float32(self.gain)
        return placed(sound, self.layer.pan) if self.layer.pan is not None and self.layer.movement is None else sound


def heard(plan: Plan) -> tuple[Layer, ...]:
    """The plan's layers without those that must not be heard: by class, by its words, or by the layer's own words."""
    unwanted = {word.casefold().replace("_", " ") for word in plan.excluded}

    def wanted(layer: Layer) -> bool:
        sound = class_of(layer)
        names = {layer.sound, sound.name, layer.words, *(sound.words if layer.nearest is None else ())}
        return not unwanted & {name.casefold().replace("_", " ") for name in names}

    return tuple(layer for layer in plan.layers if wanted(layer))


def played(plan: Plan, frames: int, seed: int, loop: bool, report: Report, folder: Path | None = None) -> Stereo:
    """(frames, 2): the whole plan, not yet levelled.

    `folder`: where the samples lie, in a file that goes with them; None: in memory. Raises StorageFull.
    """
    samples = Reels(folder).blank(frames, 2)
    done, rest = 0, None
    for block in mixed(plan, frames, seed, loop):
        if done == frames:
            rest = block
            break
        samples[done : done + len(block)] = block
        let_go(samples)
        done += len(block)
        report(0.9 * done / frames)
    if rest is not None:
        _wrapped(samples, rest)
    if plan.dynamics != Dynamics.STEADY:
        _shaped(samples, plan.dynamics, loop)
    return samples


def mixed(plan: Plan, frames: int, seed: int, loop: bool = False) -> Iterator[Stereo]:
    """Blocks that add up to `frames`; of a loop one more, with what rings on behind its end."""
    voices = list(_voices(plan, frames, seed, loop))
    block = min(BLOCK, frames)
    reverbs = {voice.room: Reverb(voice.room, block) for voice in voices if voice.room is not None}
    for begin in range(0, frames, block):
        size = min(block, frames - begin)
        pieces = [(voice, voice.next(begin, size)) for voice in voices]
        yield _summed(pieces, reverbs, size)
    if loop:
        yield _ringing([(voice, voice.rest()) for voice in voices], reverbs, block)


def _voices(plan: Plan, frames: int, seed: int, loop: bool) -> Iterator[_Voice]:
    layers = heard(plan)
    onsets = sorted({layer.onset for layer in layers})
    for number, layer in enumerate(plan.layers):
        if layer not in layers:
            continue
        sound = class_of(layer)
        start = min(int(layer.onset * frames), max(0, frames - int(_LEAST_S * SAMPLE_RATE)))
        until = layer.until if layer.until > layer.onset else 1.0
        if not isinstance(sound, Texture) and until == 1.0:
            until = next((onset for onset in onsets if onset > layer.onset), 1.0)
        end = max(int(until * frames), start + 1)
        whole = loop and start == 0 and end == frames
        extra = REACH if layer.movement is not None and end == frames and not loop else 0
        stretch = Stretch(start, end + extra, whole)
        source = player(layer, seed, number, stretch)
        room = room_of(plan.space, sound.space)
        yield _Voice(
            layer,
            source if layer.movement is None else _moved(source, layer.movement, frames, loop),
            room,
            wetness(room, layer.distance),
            end if isinstance(sound, Texture) and end < frames else 2 * frames,
            under(layer, layers),
        )


def _moved(source: TexturePlayer | EventPlayer, movement: Movement, frames: int, loop: bool) -> MovedPlayer:
    return MovedPlayer(source, movement, frames, loop)


def _summed(pieces: list[tuple[_Voice, Stereo]], reverbs: dict[Room, Reverb], size: int) -> Stereo:
    """Dry and wet of all voices in one block."""
    out = np.zeros((size, 2), np.float32)
    sends = {room: np.zeros((size, 2), np.float32) for room in reverbs}
    for voice, sound in pieces:
        if voice.room is None:
            out += sound
        else:
            out += sound * np.float32((1 - voice.wet) ** 0.5)
            sends[voice.room] += sound * np.float32(voice.wet)
    for room, send in sends.items():
        out += reverbs[room].wet(send)
    return out


def _ringing(pieces: list[tuple[_Voice, Stereo]], reverbs: dict[Room, Reverb], block: int) -> Stereo:
    """What is heard behind the end: the players' rest, block by block, and then the rooms' tails."""
    size = max((len(sound) for _, sound in pieces), default=0)
    out = []
    for begin in range(0, size, block):
        part = min(block, size - begin)
        out.append(
            _summed([(voice, _filled(sound[begin : begin + part], part)) for voice, sound in pieces], reverbs, part)
        )
    tails = [reverb.rest() for reverb in reverbs.values()]
    tail = np.zeros((max((len(one) for one in tails), default=0), 2), np.float32)
    for one in tails:
        tail[: len(one)] += one
    return np.concatenate((*out, tail))


def _filled(sound: Stereo, size: int) -> Stereo:
    return np.concatenate((sound, np.zeros((size - len(sound), 2), np.float32)))


def _wrapped(samples: Stereo, rest: Stereo) -> None:
    """Lays what rings on under the beginning, as often round as it is long."""
    frames = len(samples)
    for begin in range(0, len(rest), frames):
        part = rest[begin : begin + frames]
        samples[: len(part)] += part


def _ended(sound: Stereo, begin: int, until: int) -> Stereo:
    """A block of a layer that ends at frame `until`: faded out before it, silent behind it."""
    fade = int(_ENDING_S * SAMPLE_RATE)
    if begin + len(sound) <= until - fade:
        return sound
    left = (until - begin - np.arange(len(sound), dtype=np.float32)) / np.float32(fade)
    gain: Signal = np.sin(np.clip(left, 0, 1) * np.float32(np.pi / 2)) ** 2
    return sound * gain[:, None]


def _shaped(samples: Stereo, dynamics: Dynamics, loop: bool) -> None:
    """In place: the course of loudness. A loop can only swell and sink: any other would jump at its seam."""
    quiet = 10 ** (_QUIET_DB / 20)
    points = {
        Dynamics.BUILDING: ((0.0, quiet), (0.5, quiet**0.45), (1.0, 1.0)),
        Dynamics.FADING: ((0.0, 1.0), (0.5, quiet**0.45), (1.0, quiet)),
        Dynamics.SWELLING: ((0.0, quiet), (0.5, 1.0), (1.0, quiet)),
    }[Dynamics.SWELLING if loop else dynamics]
    length = len(samples) / SAMPLE_RATE
    hop = 64
    size = -(-len(samples) // hop) + 1
    line = curve(size, [(share * length / hop, value) for share, value in points])
    for begin in range(0, len(samples), BLOCK):
        part = samples[begin : begin + BLOCK]
        at = (np.arange(begin, begin + len(part))) / hop
        part *= np.interp(at, np.arange(size), line).astype(np.float32)[:, None]
        let_go(samples)


def softened(samples: Stereo, rise: float, fall: float) -> None:
    """In place: fades of both ends, at most an eighth and a quarter of the whole."""
    length = len(samples) / SAMPLE_RATE
    faded(samples, min(rise, length / 8), min(fall, length / 4))
