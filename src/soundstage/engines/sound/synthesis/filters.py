"""Filters as causal analogue responses, applied by FFT: no state, no pre-ringing, no scipy to import.

A response maps frequencies (Hz, float32) to complex gain. One-pole and resonator formulas are the textbook ones
(J. O. Smith, "Introduction to Digital Filters", appendix on analogue filters).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from soundstage.engines.sound.contract import SAMPLE_RATE
from soundstage.engines.sound.synthesis.sounds import Signal, frames_of

Response = Callable[[NDArray[np.float32]], NDArray[np.complex64]]


def low(cutoff_hz: float, order: float = 1) -> Response:
    """6·order dB per octave above `cutoff_hz`."""
    return lambda f: ((1 / (1 + 1j * f / np.float32(cutoff_hz))) ** order).astype(np.complex64)


def high(cutoff_hz: float, order: float = 1) -> Response:
    """6·order dB per octave below `cutoff_hz`."""

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        s = 1j * f / np.float32(cutoff_hz)
        return ((s / (1 + s)) ** order).astype(np.complex64)

    return response


def band(low_hz: float, high_hz: float, order: float = 2) -> Response:
    return chain(high(low_hz, order), low(high_hz, order))


def peak(frequency: float, q: float, gain: float = 1.0) -> Response:
    """A resonance: `gain` at `frequency`, falling 6 dB per octave away from it beyond the width frequency / q."""

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        s = 1j * f / np.float32(frequency * q)
        return (gain * s / (1 - (f / np.float32(frequency)) ** 2 + s)).astype(np.complex64)

    return response


def tilt(db_per_octave: float, corner_hz: float = 100.0) -> Response:
    """A straight slope above `corner_hz`, flat below: -3 is pink, -6 brown."""
    power = db_per_octave / 6.0206

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        gain: NDArray[np.float32] = np.maximum(f / np.float32(corner_hz), 1.0) ** np.float32(power)
        return gain.astype(np.complex64)

    return response


def chain(*responses: Response) -> Response:
    """One after the other."""

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        total = responses[0](f)
        for other in responses[1:]:
            total = total * other(f)
        return total

    return response


def beside(*responses: Response) -> Response:
    """Side by side, summed."""

    def response(f: NDArray[np.float32]) -> NDArray[np.complex64]:
        total = responses[0](f)
        for other in responses[1:]:
            total = total + other(f)
        return total

    return response


def scaled(gain: float, response: Response) -> Response:
    return lambda f: (np.float32(gain) * response(f)).astype(np.complex64)


def sampled(response: Response, length: int) -> NDArray[np.complex64]:
    """The response at the bins of a real FFT of that length; long ones by lines between points 2 Hz apart."""
    hop = max(1, int(2.0 * length / SAMPLE_RATE))
    bins = length // 2 + 1
    frequencies = np.arange(-(-bins // hop) + 1, dtype=np.float32) * np.float32(hop * SAMPLE_RATE / length)
    return joined(response(frequencies), hop, bins)


def joined(points: NDArray[Any], hop: int, count: int) -> NDArray[Any]:
    """The first `count` values of straight lines between `points`, which lie `hop` apart."""
    if hop == 1:
        return points[:count]
    ramp = np.arange(hop, dtype=np.float32) / np.float32(hop)
    lines: NDArray[Any] = points[:-1, None] + np.diff(points)[:, None] * ramp
    return lines.reshape(-1)[:count]


def filtered(signal: Signal, response: Response, tail: float = 0.05) -> Signal:
    """The signal through the response; `tail` seconds of ringing are kept apart from the start, then cut."""
    frames = signal.shape[0]
    length = fast_length(frames + frames_of(tail))
    gain = sampled(response, length)
    spectrum = np.fft.rfft(np.ascontiguousarray(signal.T), length)
    spectrum *= gain
    return np.fft.irfft(spectrum, length)[..., :frames].T.astype(np.float32, copy=False)


def convolved(signal: Signal, kernel: Signal) -> Signal:
    """The whole convolution of two signals of one channel, len(signal) + len(kernel) - 1 frames."""
    frames = len(signal) + len(kernel) - 1
    length = fast_length(frames)
    out = np.fft.irfft(np.fft.rfft(signal, length) * np.fft.rfft(kernel, length), length)
    return out[:frames].astype(np.float32, copy=False)


def fast_length(frames: int) -> int:
    """The least even 2^a·3^b·5^c of at least `frames`: other lengths make an FFT many times slower."""
    best = 1 << max(1, (frames - 1).bit_length())
    five = 1
    while five < best:
        three = five
        while three < best:
            two = 1 << max(1, (-(-frames // three) - 1).bit_length())
            if frames <= two * three < best:
                best = two * three
            three *= 3
        five *= 5
    return best
