"""Kaldi's log-mel filterbank in NumPy: what speaker networks are trained on.

25 ms frames every 10 ms that lie wholly inside, mean removed, pre-emphasis 0.97, Povey window, power spectrum of 512
points, 80 mel bands from 20 Hz to 8 kHz, natural logarithm, no dither.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

BANDS = 80
FRAME = 400  # samples at 16 kHz
HOP = 160
_POINTS = 512
_LOWEST_HZ, _HIGHEST_HZ = 20.0, 8_000.0
_PREEMPHASIS = 0.97
_FLOOR = 1.1920928955078125e-07  # float32's epsilon, as in Kaldi


def fbank(samples: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Samples in [-1, 1) at 16 kHz → (frames, 80); no frame where there are fewer than 400 samples."""
    import numpy as np  # noqa: PLC0415 - specs stay light

    if len(samples) < FRAME:
        return np.empty((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP].astype(np.float32)
    frames -= frames.mean(axis=1, keepdims=True)
    emphasised = frames.copy()
    emphasised[:, 1:] -= np.float32(_PREEMPHASIS) * frames[:, :-1]
    emphasised[:, 0] -= np.float32(_PREEMPHASIS) * frames[:, 0]
    window, bands = _tables()
    spectrum = np.fft.rfft(emphasised * window, _POINTS)[:, : _POINTS // 2]
    power = spectrum.real**2 + spectrum.imag**2
    logarithm: npt.NDArray[np.float32] = np.log(np.maximum(power.astype(np.float32) @ bands, np.float32(_FLOOR)))
    return logarithm


@lru_cache(maxsize=1)
def _tables() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """The window, (400,), and the triangles in mel, (256, 80)."""
    import numpy as np  # noqa: PLC0415

    window = np.hanning(FRAME) ** 0.85
    edges = np.linspace(_mel(_LOWEST_HZ), _mel(_HIGHEST_HZ), BANDS + 2)
    mels = 1127.0 * np.log1p(np.arange(_POINTS // 2) * (16_000 / _POINTS) / 700.0)
    left, centre, right = edges[:-2], edges[1:-1], edges[2:]
    rising = (mels[:, None] - left) / (centre - left)
    falling = (right - mels[:, None]) / (right - centre)
    return window.astype(np.float32), np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)


def _mel(hertz: float) -> float:
    import math  # noqa: PLC0415

    return 1127.0 * math.log1p(hertz / 700.0)
