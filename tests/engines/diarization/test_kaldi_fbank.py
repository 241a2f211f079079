"""The filterbank against kaldi_native_fbank 1.23 on the same samples."""

from __future__ import annotations

import numpy as np
from tests.engines.diarization.gliding import gliding

from soundstage.engines.diarization.kaldi_fbank import BANDS, fbank

# Every 199th frame, every 20th band; dither off, 80 bands from 20 Hz, snip_edges.
BY_KALDI = (
    (-11.361, -3.394, -0.199, -3.532),
    (-15.942, -15.942, -15.942, -15.942),
    (-7.828, -1.186, -1.554, -6.838),
    (-7.537, -2.878, -2.058, -3.341),
    (-9.923, -12.063, -11.457, -10.614),
    (-15.942, -15.942, -15.942, -15.942),
)


def test_gives_what_kaldi_gives() -> None:
    features = fbank(gliding(160_000))
    assert features.shape == (998, BANDS) and features.dtype == np.float32
    assert np.abs(features[::199, ::20] - np.array(BY_KALDI)).max() < 2e-3
    assert abs(features.mean() - -10.524724) < 1e-4
    assert abs(features.std() - 6.6551614) < 1e-4


def test_frames_lie_wholly_inside() -> None:
    voice = gliding(4_000)
    assert fbank(voice[:399]).shape == (0, BANDS)
    assert fbank(voice[:400]).shape == (1, BANDS)
    assert fbank(voice[:559]).shape == (1, BANDS)
    assert np.allclose(fbank(voice)[3], fbank(voice[480:880])[0], atol=1e-4)
