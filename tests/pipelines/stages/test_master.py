"""Master: loudness, ceiling, length, ends; peaks are measured with another filter than the one that set them, too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.errors import EngineFailure
from soundstage.media.loudness import measure
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound, RawTake
from soundstage.pipelines.stages.master import Mastered, master

RATE = 44_100
Run = Callable[..., tuple[NDArray[np.float64], Outcome[Mastered]]]


@pytest.fixture
def mastered(make_context) -> Run:
    """Masters samples (frames, 2); gives the mastered samples and the outcome."""

    def run(samples: NDArray[np.float64], audio_type: AudioType = AudioType.SOUND):
        context = make_context()
        path = context.scratch() / "raw.wav"
        write_float_wav(path, samples.astype(np.float32), RATE)
        raw = context.put(path, name="raw.wav", media_type="audio/wav")
        take = RawTake(seed=1, audio=raw)
        generated = GeneratedSound(takes=(take,), frames=len(samples), engine="x", engine_version="1", licence="x")
        request = TextToSoundRequest(prompt="x", duration=1, audio_type=audio_type, seed=1)
        outcome = master(context, request, generated)
        run.path = context.open(outcome.output.takes[0].audio)
        return soundfile.read(run.path)[0], outcome

    return run


def noise(seconds: float, level: float = 0.1) -> NDArray[np.float64]:
    return np.random.default_rng(1).standard_normal((round(seconds * RATE), 2)) * level


@pytest.mark.parametrize(("audio_type", "target"), [(AudioType.SOUND, -20), (AudioType.MUSIC, -16)])
@pytest.mark.parametrize("level", [0.003, 0.1, 3.0])
def test_steady_sound_reaches_the_loudness_of_its_kind(mastered, audio_type, target, level) -> None:
    _, outcome = mastered(noise(3, level), audio_type)
    measured = measure(mastered.path)
    assert measured.integrated_lufs == pytest.approx(target, abs=0.3)
    told = outcome.findings.takes[0]
    assert told.loudness_after_lufs == pytest.approx(measured.integrated_lufs, abs=0.1)
    assert told.gain_db == pytest.approx(target - told.loudness_before_lufs, abs=0.1)


@pytest.mark.parametrize("seed", range(4))
def test_peaks_stay_under_the_ceiling_also_between_samples(mastered, seed: int) -> None:
    """Clicks of wide-band noise, far from the target: the hardest case for a limiter."""
    samples = np.zeros((2 * RATE, 2))
    for at in np.random.default_rng(seed).integers(0, 2 * RATE - 500, 12):
        samples[at : at + 400] += np.random.default_rng(at).standard_normal((400, 2)) * 0.5
    _, outcome = mastered(samples, AudioType.MUSIC)
    assert measure(mastered.path).true_peak_dbtp <= -1.0
    finer = soxr.resample(soundfile.read(mastered.path)[0], RATE, 8 * RATE)
    assert 20 * np.log10(np.abs(finer).max()) < -0.5, "eight times the rate finds a little more than four"
    assert 0 < outcome.findings.takes[0].limited_db < 12
    assert "limited by" in outcome.summary


def test_a_slam_keeps_its_life_below_the_target(mastered) -> None:
    samples = np.zeros((2 * RATE, 2))
    samples[1000:1300] = np.sin(np.arange(300) / 6)[:, None] * np.linspace(1, 0, 300)[:, None]
    _, outcome = mastered(samples)
    assert outcome.findings.takes[0].loudness_after_lufs < -21
    assert outcome.findings.takes[0].limited_db < 6.5
    assert "kept below the target" in outcome.summary


def test_direct_current_goes_and_the_ends_are_clean(mastered) -> None:
    tone = 0.2 * np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE + 1.0)[:, None] * np.ones((1, 2)) + 0.3
    samples, _ = mastered(tone)
    assert abs(samples.mean()) < 1e-3
    assert np.abs(samples[[0, -1]]).max() < 1e-3
    assert np.abs(samples[2000:-2000]).max() > 0.1


@pytest.mark.parametrize("frames", [1, 2, 100, 5_000, 17_639, 100_001])
def test_length_is_kept_to_the_frame(mastered, frames: int) -> None:
    samples, outcome = mastered(noise(3)[:frames])
    assert len(samples) == frames == outcome.output.frames
    assert np.isfinite(samples).all()


def test_silence_stays_silence(mastered) -> None:
    samples, outcome = mastered(np.zeros((RATE, 2)))
    assert not samples.any()
    assert outcome.summary == "The sound is silent; nothing was changed."


def test_the_same_samples_give_the_same_bytes(mastered) -> None:
    _, one = mastered(noise(1))
    _, two = mastered(noise(1))
    assert one.output.takes[0].audio.sha256 == two.output.takes[0].audio.sha256


def test_samples_that_are_no_numbers_are_refused(mastered) -> None:
    samples = noise(1)
    samples[500, 1] = np.nan
    with pytest.raises(EngineFailure, match="not numbers"):
        mastered(samples)
