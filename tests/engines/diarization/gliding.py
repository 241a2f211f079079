"""A sound that every machine makes alike: a gliding voice of 19 harmonics, interrupted, for figures taken elsewhere."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def gliding(count: int) -> npt.NDArray[np.float32]:
    time = np.arange(count) / 16_000
    pitch = 140 + 40 * np.sin(2 * np.pi * 0.7 * time) + 60 * (np.sin(2 * np.pi * 0.11 * time) > 0)
    phase = 2 * np.pi * np.cumsum(pitch) / 16_000
    voice = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 20))
    open_ = (np.sin(2 * np.pi * 3 * time) > -0.3) * (np.sin(2 * np.pi * 0.4 * time) > -0.8)
    return (0.1 * voice * open_).astype(np.float32)
