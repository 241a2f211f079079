"""Any channel layout as stereo, after ITU-R BS.775: centre and surrounds at −3 dB, the LFE left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

_SQRT_HALF = 0.5**0.5
_CENTRES = frozenset({"FC", "BC", "TC", "TFC", "TBC", "BFC"})
_SILENT = frozenset({"LFE", "LFE2"})


def stereo_matrix(channels: Sequence[str]) -> Samples:
    """Weights (channels, 2) for FFmpeg's channel names (`FL`, `FC`, `SL` …), scaled so that nothing can clip.

    One channel goes to both sides and two are left as they are, whatever their names.
    """
    if len(channels) == 1:
        return np.ones((1, 2), np.float32)
    if len(channels) == 2:
        return np.eye(2, dtype=np.float32)
    matrix = np.array([_weights(name) for name in channels])
    loudest = matrix.sum(axis=0).max()
    return (matrix / loudest if loudest > 0 else np.full_like(matrix, 1 / len(channels))).astype(np.float32)


def _weights(name: str) -> tuple[float, float]:
    if name in _SILENT:
        return 0.0, 0.0
    if name in ("FL", "DL"):
        return 1.0, 0.0
    if name in ("FR", "DR"):
        return 0.0, 1.0
    if name not in _CENTRES and name.endswith("L"):
        return _SQRT_HALF, 0.0
    if name not in _CENTRES and name.endswith("R"):
        return 0.0, _SQRT_HALF
    return _SQRT_HALF, _SQRT_HALF
