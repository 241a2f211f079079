"""What a mixing desk does to one channel or to all: equaliser, balance, room, compressor, limiter.

Signals are float32 `(2, frames)` at 44.1 kHz, worked on in blocks, so that a long piece is not copied.
Equaliser and room are linear; compressor and limiter only give a gain
curve, so that the same curve can turn every stem and the stems still add up to the whole.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.reel import BLOCK as _BLOCK
from soundstage.engines.sound.reel import blocks, let_go

Stereo = NDArray[np.float32]
Signal = NDArray[np.float32]
_HOP = 64  # frames of a step of the gain curve: 1.5 ms
_SILENT = 1e-4  # −80 dBFS
_TRANSFORM = 1 << 19  # frames: longer than any room and a short piece together
_LOOK = 4  # steps to either side that the limiter looks: 6 ms


@dataclass(frozen=True)
class Eq:
    """One band of an equaliser: `kind` is high (pass), low (shelf), bell or air (high shelf); `hertz`, gain in dB."""

    kind: str
    hertz: float
    gain: float = 0.0
    width: float = 0.9  # Q of a bell


def equalise(sound: Stereo, bands: Sequence[Eq]) -> None:
    """All bands at once, in place, by R. Bristow-Johnson's cookbook of biquads."""
    sos = np.array([_biquad(band) for band in bands])
    state = np.zeros((len(bands), 2, 2))
    for part in blocks(sound):
        sound[:, part], state = signal.sosfilt(sos, sound[:, part], axis=1, zi=state)


def _biquad(band: Eq) -> list[float]:
    turn = 2 * math.pi * band.hertz / SAMPLE_RATE
    cosine, height = math.cos(turn), 10 ** (band.gain / 40)
    alpha = math.sin(turn) / (2 * (band.width if band.kind == "bell" else 0.707))
    if band.kind == "high":
        b = [(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2]
        a = [1 + alpha, -2 * cosine, 1 - alpha]
    elif band.kind == "bell":
        b = [1 + alpha * height, -2 * cosine, 1 - alpha * height]
        a = [1 + alpha / height, -2 * cosine, 1 - alpha / height]
    else:
        side = 1.0 if band.kind == "low" else -1.0
        root = 2 * math.sqrt(height) * alpha
        b = [height * ((height + 1) - side * (height - 1) * cosine + root),
             side * 2 * height * ((height - 1) - side * (height + 1) * cosine),
             height * ((height + 1) - side * (height - 1) * cosine - root)]  # fmt: skip
        a = [(height + 1) + side * (height - 1) * cosine + root,
             side * -2 * ((height - 1) + side * (height + 1) * cosine),
             (height + 1) + side * (height - 1) * cosine - root]  # fmt: skip
    return [value / a[0] for value in (*b, *a)]


def active_db(sound: Stereo) -> float:
    """Level of the louder half of what is not silence, in steps of 0.1 s: what a part is balanced by. −120: silence."""
    power = _by_step(sound, SAMPLE_RATE // 10, _power)
    heard = np.sort(power[power > _SILENT**2])
    return -120.0 if not len(heard) else float(10 * np.log10(heard[len(heard) // 2 :].mean()))


def _by_step(sound: Stereo, step: int, measure: Callable[[Stereo, int], NDArray[np.float64]]) -> NDArray[np.float64]:
    """`measure` of every `step` frames, a block at a time, so that a long piece is not copied."""
    block = _BLOCK // step * step
    parts = []
    for begin in range(0, sound.shape[1], block):
        parts.append(measure(sound[:, begin : begin + block], step))
        let_go(sound)
    return np.concatenate(parts)


def _power(sound: Stereo, step: int) -> NDArray[np.float64]:
    edges = np.arange(0, sound.shape[1], step)
    return np.add.reduceat(np.square(sound).sum(axis=0), edges).astype(np.float64) / (2 * step)


def _peaks(sound: Stereo, step: int) -> NDArray[np.float64]:
    return np.maximum.reduceat(np.abs(sound).max(axis=0), np.arange(0, sound.shape[1], step)).astype(np.float64)


class Room:
    """A room: early echoes, then noise that darkens as it dies (Moorer 1979); by 60 dB within `seconds`.

    The same in every process; its spectrum is kept for the stems of one piece.
    """

    def __init__(self, seconds: float) -> None:
        self._response = _response(seconds)
        self._spectrum: NDArray[np.complex64] | None = None
        self._size = 0

    def add(self, send: Signal, dry: Stereo) -> None:
        """What the room answers to `send` (frames,) is added to `dry` (2, frames), a block at a time (overlap-add)."""
        tail = self._response.shape[1] - 1
        size = min(_TRANSFORM, fft.next_fast_len(len(send) + tail, real=True))
        if self._spectrum is None or size != self._size:
            self._spectrum, self._size = fft.rfft(self._response, size, axis=1), size
        for begin in range(0, len(send), size - tail):
            spectrum = self._spectrum * fft.rfft(send[begin : begin + size - tail], size)
            answer = fft.irfft(spectrum, size, axis=1)[:, : min(size, len(send) - begin)]
            dry[:, begin : begin + answer.shape[1]] += answer
            let_go(send, dry)


def _response(seconds: float) -> Stereo:
    """Energy 1 a side."""
    frames = max(int(seconds * SAMPLE_RATE), 2048)
    random = np.random.Generator(np.random.PCG64(7))
    time = np.arange(frames, dtype=np.float32) / np.float32(SAMPLE_RATE)
    response = np.zeros((2, frames), np.float32)
    for side in range(2):
        noise = random.standard_normal(frames, dtype=np.float32)
        dull = signal.lfilter([0.12], [1.0, -0.88], noise).astype(np.float32)
        bright = signal.lfilter([0.6], [1.0, -0.4], noise).astype(np.float32)
        response[side] = 2.4 * dull * _dying(time, seconds) + bright * _dying(time, 0.45 * seconds)
    response *= np.minimum(time / np.float32(0.03), 1)
    for delay in (0.011, 0.017, 0.023, 0.031, 0.043):
        response[:, int(delay * SAMPLE_RATE)] += random.uniform(-1, 1, 2).astype(np.float32) * np.float32(4)
    response = signal.sosfilt(signal.butter(2, 180, "highpass", fs=SAMPLE_RATE, output="sos"), response, axis=1)
    delayed = np.pad(response, ((0, 0), (int(0.012 * SAMPLE_RATE), 0)))
    scaled: Stereo = (delayed / np.sqrt(np.sum(delayed**2, axis=1, keepdims=True))).astype(np.float32)
    return scaled


def _dying(time: Signal, seconds: float) -> Signal:
    fall: Signal = np.exp(time * np.float32(-6.908 / max(seconds, 0.05)))
    return fall


def compression(sound: Stereo, gain: Signal, threshold: float, ratio: float, attack: float, release: float, *,
                circular: bool = False) -> None:  # fmt: skip
    """Into `gain` (frames,): that of a compressor on the level of both sides together; 1 below `threshold` dBFS.

    attack, release: seconds. A circular sound is gone round twice, so that its beginning knows its end.
    """
    level = np.sqrt(_by_step(sound, _HOP, _power))
    over = np.maximum(20 * np.log10(np.maximum(level, 1e-6)) - threshold, 0) * (1 - 1 / ratio)
    wanted = np.concatenate((over, over)) if circular else over
    rise, fall = (1 - math.exp(-_HOP / SAMPLE_RATE / time) for time in (attack, release))
    cut, state = np.empty(len(wanted)), 0.0
    for at, target in enumerate(wanted.tolist()):
        state += (target - state) * (rise if target > state else fall)
        cut[at] = state
    _draw(10 ** (-cut[-len(over) :] / 20), gain, circular=circular)


def limiting(sound: Stereo, gain: Signal, ceiling: float, *, circular: bool = False) -> None:
    """Into `gain` (frames,): that which keeps every sample within `ceiling` (linear), smooth, begun before the peak."""
    peaks = _by_step(sound, _HOP, _peaks)
    needed = np.minimum(1.0, ceiling / np.maximum(peaks, 1e-9))
    mode = "wrap" if circular else "nearest"
    held = ndimage.minimum_filter1d(needed, 2 * _LOOK + 3, mode=mode)
    _draw(ndimage.uniform_filter1d(held, 2 * _LOOK + 1, mode=mode), gain, circular=circular)


def _draw(steps: NDArray[np.float64], curve: Signal, *, circular: bool) -> None:
    """A value a step, drawn out to a value a frame by straight lines between the steps' middles."""
    middles = np.arange(len(steps)) * float(_HOP) + _HOP / 2
    for part in blocks(curve):
        at = np.arange(part.start, part.stop)
        curve[part] = np.interp(at, middles, steps, period=len(curve) if circular else None)
