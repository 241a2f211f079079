"""Mastering is done in blocks, so that a long sound takes little more memory than its samples: nobody hears where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from soundstage.media import mastering
from soundstage.media.progress import silent
from soundstage.media.true_peak import true_peak

RATE = 44_100


@pytest.fixture
def noise(tmp_path: Path) -> Path:
    """A second of noise that does not lie around nothing, with peaks which the limiter has to turn down."""
    samples = np.random.default_rng(1).standard_normal((RATE, 2)).astype(np.float32) * 0.05 + 0.01
    samples[::3_001] *= 9
    soundfile.write(tmp_path / "noise.wav", samples, RATE, subtype="FLOAT")
    return tmp_path / "noise.wav"


@pytest.mark.parametrize("loop", [False, True])
def test_the_size_of_the_blocks_is_not_heard(noise: Path, loop: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for size in (1 << 18, 5_000):
        monkeypatch.setattr(mastering, "_BLOCK", size)
        output, stem = noise.with_name(f"{size}.wav"), noise.with_name(f"{size}.stem.wav")
        told = mastering.master(
            noise, output, -12.0, silent, most_limiting_db=8.0, loop=loop, stems=(noise,), stem_outputs=(stem,)
        )
        assert told.limited_db > 3
        samples, _ = soundfile.read(output, dtype="float32")
        assert np.array_equal(samples, soundfile.read(stem, dtype="float32")[0]), "a stem is treated as the whole"
        made.append((samples, told))
    (whole, told), (in_blocks, told_too) = made
    assert told == told_too
    assert len(in_blocks) == RATE
    assert np.abs(in_blocks - whole).max() < 1e-6
    assert true_peak(np.ascontiguousarray(in_blocks.T)) <= 10 ** (-1.0 / 20)


def test_a_loop_is_filtered_as_if_it_had_gone_round_for_ever(noise: Path) -> None:
    planar, rate = mastering._read(noise)
    turned = np.roll(planar, 12_345, axis=1)
    for one in (planar, turned):
        mastering._take_direct_current(one, rate, loop=True)
    assert np.abs(np.roll(planar, 12_345, axis=1) - turned).max() < 1e-7
    assert abs(float(planar.mean())) < 1e-6
