from __future__ import annotations

import numpy as np
import pytest

from soundstage.media.downmix import stereo_matrix


def test_one_and_two_channels_pass_through() -> None:
    assert stereo_matrix(["FC"]).tolist() == [[1, 1]]
    assert stereo_matrix(["FL", "FR"]).tolist() == stereo_matrix(["a", "b"]).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize("names", ["FL FR FC LFE SL SR", "FL FR FC LFE BL BR SL SR", "FL FR BC", "NONE0 NONE1 NONE2"])
def test_nothing_clips_and_sides_are_even(names: str) -> None:
    matrix = stereo_matrix(names.split())
    assert np.allclose(matrix.sum(axis=0), 1.0)


def test_surround_keeps_its_sides() -> None:
    fl, fr, fc, lfe, sl, sr = stereo_matrix(["FL", "FR", "FC", "LFE", "SL", "SR"])
    assert fl[1] == fr[0] == sl[1] == sr[0] == 0 and fc[0] == fc[1] and not lfe.any()
    assert np.isclose(fc[0] / fl[0], 0.5**0.5) and np.isclose(sl[0] / fl[0], 0.5**0.5)


def test_only_an_lfe_is_heard() -> None:
    assert stereo_matrix(["LFE", "LFE", "LFE"]).sum() == pytest.approx(2.0)
