"""How well stems were parted: the gain in clearness over the mix, and whether they still add up to it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.floating]


def si_sdr(truth: Samples, found: Samples) -> float:
    """Scale-invariant signal-to-distortion ratio in dB (J. Le Roux et al., ICASSP 2019); arrays of one shape."""
    scaled = truth * (np.sum(truth * found) / np.sum(truth**2))
    return float(10 * np.log10(np.sum(scaled**2) / np.sum((found - scaled) ** 2)))


def gain_db(truth: Samples, mix: Samples, found: Samples) -> float:
    """How much nearer to the truth the stem is than the mix, in dB of SI-SDR."""
    return si_sdr(truth, found) - si_sdr(truth, mix)


def residue_dbfs(source: Samples, speech: Samples, background: Samples) -> float:
    """Loudest sample, in dBFS, of what the stems together lack of the source or have too much; −200 for nothing."""
    return float(20 * np.log10(max(np.abs(source - speech - background).max(initial=0.0), 1e-10)))
