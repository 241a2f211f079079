"""Gains and residues that are known beforehand."""

from __future__ import annotations

import numpy as np
import pytest

from soundstage.testing.separation_gain import gain_db, residue_dbfs, si_sdr

CHANCE = np.random.default_rng(7)
VOICE, NOISE = CHANCE.standard_normal((2, 48_000, 2)) * 0.1


def test_the_ratio_is_that_of_voice_and_noise_at_any_level() -> None:
    for scale in (1.0, 0.01):
        assert si_sdr(VOICE, scale * (VOICE + NOISE)) == pytest.approx(0.0, abs=0.1)
        assert si_sdr(VOICE, scale * (VOICE + 0.1 * NOISE)) == pytest.approx(20.0, abs=0.1)


def test_the_gain_is_what_the_stem_lost_of_the_noise() -> None:
    assert gain_db(VOICE, VOICE + NOISE, VOICE + 0.1 * NOISE) == pytest.approx(20.0, abs=0.2)
    assert gain_db(VOICE, VOICE + NOISE, VOICE + NOISE) == 0.0


def test_stems_that_add_up_leave_nothing() -> None:
    assert residue_dbfs(VOICE + NOISE, VOICE, NOISE) < -190
    click = np.zeros_like(VOICE)
    click[100, 1] = 1e-3
    assert residue_dbfs(VOICE + NOISE + click, VOICE, NOISE) == pytest.approx(-60.0)
