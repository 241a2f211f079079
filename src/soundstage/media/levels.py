"""How loud sound is, in one pass: loudness (ITU-R BS.1770-5), its range (EBU Tech 3342), peak, clipping, silence."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from soundstage.domain.value import Share, Value

SILENCE_DBFS = -60.0  # RMS over both channels in 100 ms below which nothing is heard
_ABSOLUTE_GATE_LUFS = -70.0
_RELATIVE_GATE_LU = -10.0
_RANGE_GATE_LU = -20.0
_RANGE_PERCENTILES = (10, 95)
_OFFSET_LU = -0.691  # BS.1770: makes 0 dBFS of 1 kHz on one channel read −3.01 LUFS
_CLIPPED = np.float32(32767 / 32768)
# Added to what is filtered: in digital silence a filter's memory fades to numbers on which CPUs are 30 times slower.
UNHEARD = np.float32(1e-25)


class Levels(Value):
    """`integrated_lufs` is None below 400 ms and for silence, `loudness_range_lu` below 3 s and for silence;
    `sample_peak_dbfs` is None for digital silence. `clipped_samples` counts samples at full scale in either channel;
    `silence_share` is of the time."""

    integrated_lufs: float | None
    loudness_range_lu: float | None
    sample_peak_dbfs: float | None
    clipped_samples: int
    silence_share: Share


class LevelMeter:
    """Push stereo blocks of any length; memory grows by 16 bytes a 100 ms."""

    def __init__(self, rate: int) -> None:
        self._hop = rate // 10  # gating blocks are 400 ms with 75 % overlap: four hops each
        self._filter = k_weighting(rate)
        self._state = np.zeros((len(self._filter), 2, 2))
        self._rest = np.zeros((2, 0), np.float32)
        self._weighted: list[NDArray[np.float64]] = []
        self._silent_frames = 0
        self._frames = 0
        self._peak = 0.0
        self._clipped = 0

    def push(self, samples: NDArray[np.float32]) -> None:
        """`samples`: (n, 2) float32, full scale ±1."""
        if not len(samples):
            return
        self._frames += len(samples)
        peak = float(max(samples.max(), -samples.min()))
        self._peak = max(self._peak, peak)
        if peak >= _CLIPPED:
            self._clipped += int(np.count_nonzero(np.abs(samples) >= _CLIPPED))
        planar = np.concatenate([self._rest, samples.T], axis=1)
        whole = planar.shape[1] - planar.shape[1] % self._hop
        self._rest = planar[:, whole:]
        if whole:
            self._hops(np.ascontiguousarray(planar[:, :whole]))

    def _hops(self, planar: NDArray[np.float32]) -> None:
        self._weighted.append(self._k_weighted(planar) / self._hop)
        self._silent_frames += self._hop * int(np.count_nonzero(_mean_square(planar, self._hop) < _SILENCE_POWER))

    def _k_weighted(self, planar: NDArray[np.float32]) -> NDArray[np.float64]:
        """The energy of each hop over both channels; what is the same on both (most talk) is filtered once."""
        sides = 1 if _same(planar) and _same(self._state.transpose(1, 0, 2)) else 2
        filtered, state = signal.sosfilt(self._filter, planar[:sides] + UNHEARD, axis=-1, zi=self._state[:, :sides])
        self._state = np.repeat(state, 3 - sides, axis=1)
        hops = filtered.reshape(sides, -1, self._hop)
        energy: NDArray[np.float64] = np.einsum("chn,chn->h", hops, hops) * (3 - sides)
        return energy

    def levels(self) -> Levels:
        """What was measured so far."""
        silent = self._silent_frames
        tail = self._rest.shape[1]
        if tail and _mean_square(self._rest, tail)[0] < _SILENCE_POWER:
            silent += tail
        powers = np.concatenate(self._weighted) if self._weighted else np.zeros(0)
        return Levels(
            integrated_lufs=integrated_loudness(powers),
            loudness_range_lu=loudness_range(powers),
            sample_peak_dbfs=decibels(self._peak),
            clipped_samples=self._clipped,
            silence_share=silent / self._frames if self._frames else 1.0,
        )


_SILENCE_POWER = 10 ** (SILENCE_DBFS / 10)


def decibels(amplitude: float) -> float | None:
    """Of full scale, to a hundredth; None for nothing at all."""
    return round(20 * math.log10(amplitude), 2) if amplitude > 0 else None


def _same(pair: NDArray[Any]) -> bool:
    return np.array_equal(pair[0], pair[1])


def _mean_square(planar: NDArray[np.float32], hop: int) -> NDArray[np.float32]:
    hops = planar.reshape(2, -1, hop)
    power: NDArray[np.float32] = np.einsum("chn,chn->h", hops, hops) / (2 * hop)
    return power


def integrated_loudness(powers: NDArray[np.float64]) -> float | None:
    """LUFS from K-weighted mean squares of successive 100 ms, summed over channels; None when nothing passes the gates.

    Method: ITU-R BS.1770-5, annex 1 (absolute gate −70 LUFS, relative gate −10 LU).
    """
    if len(powers) < 4:
        return None
    blocks = np.convolve(powers, np.full(4, 0.25), mode="valid")
    loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return None
    loud = loud[loud > _power(_loudness(float(loud.mean())) + _RELATIVE_GATE_LU)]
    return round(_loudness(float(loud.mean())), 2)


def loudness_range(powers: NDArray[np.float64]) -> float | None:
    """LU from K-weighted mean squares of successive 100 ms; None below 3 s and where nothing passes the gates.

    Method: EBU Tech 3342 (2016): loudness over 3 s every 100 ms, gates at −70 LUFS and 20 LU under the mean of what
    passes it, then from the 10th to the 95th percentile.
    """
    if len(powers) < 30:
        return None
    blocks = np.convolve(powers, np.full(30, 1 / 30), mode="valid")
    loud = blocks[blocks > _power(_ABSOLUTE_GATE_LUFS)]
    if not len(loud):
        return None
    loud = loud[loud > _power(_loudness(float(loud.mean())) + _RANGE_GATE_LU)]
    low, high = np.percentile(10 * np.log10(loud), _RANGE_PERCENTILES)
    return round(float(high - low), 2)


def _loudness(power: float) -> float:
    return _OFFSET_LU + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return float(10 ** ((lufs - _OFFSET_LU) / 10))


def k_weighting(rate: int) -> NDArray[np.float64]:
    """The K-weighting filter as two second-order sections (2, 6) for any rate.

    BS.1770 gives coefficients for 48 kHz only; these are the analogue prototypes behind them, after
    B. De Man, "Evaluation of Implementations of the EBU R128 Loudness Measurement" (AES 145, 2018).
    """
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    a0 = 1 + k / q + k * k
    shelf = [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]
    shelf += [a0, 2 * (k * k - 1), 1 - k / q + k * k]
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    b0 = 1 + k / q + k * k
    low_cut = [b0, -2 * b0, b0, b0, 2 * (k * k - 1), 1 - k / q + k * k]  # numerator 1, −2, 1 as in the standard
    return np.array([np.array(shelf) / a0, np.array(low_cut) / b0])
