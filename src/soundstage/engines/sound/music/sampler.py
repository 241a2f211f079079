"""Playing a soundfont: a tone of a preset from its attack on, at any pitch, as the font's zones say.

The recording's loop is unrolled at its own rate and only then resampled to the pitch (soxr), so that short loops stay
in tune and nothing folds back; then come the volume envelope and the low-pass filter with its sweep. What is left out
of the specification: its slow vibrato and tremolo (LFOs) and controllers, which a finished score does not turn.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.music.font_file import Envelope, Recording, SoundfontFile, Zone

Signal = NDArray[np.float32]
Stereo = NDArray[np.float32]  # (2, frames)
LENGTHS = tuple(round(seconds * SAMPLE_RATE) for seconds in (0.15, 0.3, 0.6, 1.0, 1.6, 2.5, 4.0, 6.0, 9.0, 14.0))
_OPEN = 15_000.0  # Hz: a low-pass above it is left out
_SILENT = 96.0  # dB
_RECORDINGS, _TONES = 64 << 20, 64 << 20  # bytes kept
Key = TypeVar("Key", bound=Hashable)
Kept = TypeVar("Kept")


class Shelf(Generic[Key, Kept]):
    """What was made last, up to so many bytes of it."""

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._kept: OrderedDict[Key, tuple[Kept, int]] = OrderedDict()

    def get(self, key: Key) -> Kept | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key][0]

    def put(self, key: Key, thing: Kept, size: int) -> None:
        self._kept[key] = (thing, size)
        self._bytes += size
        while self._bytes > self._most and len(self._kept) > 1:
            _, (_, freed) = self._kept.popitem(last=False)
            self._bytes -= freed


class Sampler:
    """The presets of one soundfont. What it has decoded and rendered it keeps for the next piece, within bounds.

    What a tone sounds like does not depend on what was played before: lengths are made from a fixed list.
    Not for several threads at once.
    """

    def __init__(self, path: Path) -> None:
        self._file = SoundfontFile(path)
        self._zones: dict[tuple[int, int], tuple[Zone, ...]] = {}
        self._recordings: Shelf[int, Recording] = Shelf(_RECORDINGS)
        self._tones: Shelf[tuple[int, int, int, int, int], Stereo] = Shelf(_TONES)

    def has(self, bank: int, program: int) -> bool:
        return (bank, program) in self._file.presets

    def release(self, bank: int, program: int, key: int) -> float:
        """Seconds in which a key that is let go falls by 100 dB."""
        return max((zone.envelope.release for zone in self._playing(bank, program, key, 90)), default=0.1)

    def tone(self, bank: int, program: int, key: int, velocity: int, frames: int) -> Stereo:
        """At least `frames` of a key held down, float32 `(2, ≥ frames)`; fewer where it has died away before.

        key: MIDI number 0–127. velocity: 1–127, which chooses the recordings and so the colour, not the level.
        Raises KeyError for a preset that is not there.
        """
        length = next((length for length in LENGTHS if length >= frames), LENGTHS[-1])
        wanted = (bank, program, key, velocity, length)
        if (made := self._tones.get(wanted)) is not None:
            return made
        zones = self._playing(bank, program, key, velocity)
        sounds = [_placed(self._voice(zone, key, length), zone.pan) for zone in zones]
        whole = np.zeros((2, max((sound.shape[1] for sound in sounds), default=0)), np.float32)
        for sound in sounds:
            whole[:, : sound.shape[1]] += sound
        self._tones.put(wanted, whole, whole.nbytes)
        return whole

    def _playing(self, bank: int, program: int, key: int, velocity: int) -> tuple[Zone, ...]:
        if (bank, program) not in self._zones:
            self._zones[bank, program] = self._file.zones(bank, program)
        return tuple(
            zone
            for zone in self._zones[bank, program]
            if zone.keys[0] <= key <= zone.keys[1] and zone.velocities[0] <= velocity <= zone.velocities[1]
        )

    def _recording(self, sample: int) -> Recording:
        if (kept := self._recordings.get(sample)) is not None:
            return kept
        made = self._file.recording(sample)
        self._recordings.put(sample, made, made.samples.nbytes)
        return made

    def _voice(self, zone: Zone, key: int, length: int) -> Signal:
        recording = self._recording(zone.sample)
        cents = (key - zone.root) * zone.per_key + zone.cents + _settled_bend(zone)
        step = recording.rate / SAMPLE_RATE * 2 ** (cents / 1200)  # frames of the recording a frame of the tone
        sound = _resampled(_unrolled(recording, zone.loops, int(length * step) + 64), step)[:length]
        sound = _filtered(sound, zone)
        curve = _volume(zone.envelope, len(sound)) * np.float32(10 ** (-zone.attenuation / 20))
        return sound * curve


def _settled_bend(zone: Zone) -> float:
    """Of the pitch envelope only where it comes to rest."""
    return zone.bend * zone.shape.sustain if zone.bend else 0.0


def _unrolled(recording: Recording, loops: bool, frames: int) -> Signal:
    """The recording, its loop gone round until there are `frames`."""
    samples, (start, end) = recording.samples, recording.loop
    if not loops or end <= start or frames <= end:
        return samples[:frames]
    rounds = -(-(frames - end) // (end - start))
    return np.concatenate([samples[:end], np.tile(samples[start:end], rounds)])[:frames]


def _resampled(samples: Signal, step: float) -> Signal:
    if abs(step - 1) < 1e-9:
        return samples
    import soxr  # noqa: PLC0415 - loaded where it is played

    resampled: Signal = soxr.resample(samples, step * SAMPLE_RATE, SAMPLE_RATE, quality="MQ")
    return resampled


def _filtered(sound: Signal, zone: Zone) -> Signal:
    """The low-pass; where an envelope sweeps it, its two ends are made and crossed over along the envelope."""
    low = _low_passed(sound, zone.cutoff * 2 ** (min(0, zone.sweep) / 1200), zone.resonance)
    if abs(zone.sweep) < 200:
        return low
    high = _low_passed(sound, zone.cutoff * 2 ** (max(0, zone.sweep) / 1200), zone.resonance)
    share = _rise(zone.shape, len(sound))
    return low + (high - low) * (share if zone.sweep > 0 else 1 - share)


def _low_passed(sound: Signal, hertz: float, resonance: float) -> Signal:
    if hertz >= _OPEN:
        return sound
    turn = 2 * np.pi * max(hertz, 60.0) / SAMPLE_RATE
    alpha = np.sin(turn) / (2 * 10 ** (max(resonance - 3.01, -3.01) / 20))  # R. Bristow-Johnson's cookbook
    cosine = np.cos(turn)
    b = np.array([(1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2], np.float32)
    a = np.array([1 + alpha, -2 * cosine, 1 - alpha])
    filtered: Signal = signal.lfilter(b / a[0], a / a[0], sound).astype(np.float32)
    return filtered


def _volume(envelope: Envelope, frames: int) -> Signal:
    """Linear gain: a straight attack, then a fall that is straight in dB (100 dB in `decay`) to the sustained level."""
    gain = np.ones(frames, np.float32)
    begin, top = _frames(envelope.delay), _frames(envelope.delay + max(envelope.attack, 0.0005))
    gain[:begin] = 0
    gain[begin:top] = np.linspace(0, 1, top - begin, endpoint=False, dtype=np.float32)[: max(0, frames - begin)]
    falls, bottom = top + _frames(envelope.hold), min(envelope.sustain, _SILENT)
    if bottom > 0 and falls < frames:
        ends = min(frames, falls + _frames(max(envelope.decay, 0.001) * bottom / 100))
        steps = np.arange(ends - falls, dtype=np.float32) * np.float32(
            -100 / 8.686 / _frames(max(envelope.decay, 0.001))
        )
        gain[falls:ends] = np.exp(steps)
        gain[ends:] = 10 ** (-bottom / 20)
    return gain


def _frames(seconds: float) -> int:
    return max(1, round(seconds * SAMPLE_RATE)) if seconds else 0


def _rise(shape: Envelope, frames: int) -> Signal:
    """0–1: how far a modulation envelope is up."""
    time = np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)
    up = np.clip((time - np.float32(shape.delay)) / np.float32(max(shape.attack, 0.001)), 0, 1)
    late = np.maximum(time - np.float32(shape.delay + shape.attack + shape.hold), 0)
    share: Signal = np.minimum(
        up, np.maximum(1 - late / np.float32(max(shape.decay, 0.001)), np.float32(shape.sustain))
    )
    return share


def _placed(sound: Signal, pan: float) -> Stereo:
    """Equal power; in the middle both sides as they are."""
    angle = (pan + 1) * np.pi / 4
    return np.stack((sound * np.float32(np.cos(angle) * 2**0.5), sound * np.float32(np.sin(angle) * 2**0.5)))
