"""Master: loudness, ceiling, length, ends; peaks are measured with another filter than the one that set them, too."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import soundfile
import soxr
from numpy.typing import NDArray

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.domain.sound import Stem
from soundstage.engines.sound.float_wav import write_float_wav
from soundstage.errors import EngineFailure
from soundstage.media.loudness import measure
from soundstage.media.true_peak import true_peak
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.generate import GeneratedSound, RawTake
from soundstage.pipelines.stages.master import Mastered, master

RATE = 44_100
Run = Callable[..., tuple[NDArray[np.float64], Outcome[Mastered]]]


@pytest.fixture
def mastered(make_context) -> Run:
    """Masters samples (frames, 2); gives the mastered samples and the outcome."""

    def run(samples: NDArray[np.float64], audio_type: AudioType = AudioType.SOUND, *, loop: bool = False, stems=()):
        context = make_context()
        path = context.scratch() / "raw.wav"
        write_float_wav(path, samples.astype(np.float32), RATE)
        raw = context.put(path, name="raw.wav", media_type="audio/wav")
        parts = []
        for name, part in stems:
            write_float_wav(path, part.astype(np.float32), RATE)
            parts.append(Stem(name=name, audio=context.put(path, name=f"raw.{name}.wav", media_type="audio/wav")))
        take = RawTake(seed=1, audio=raw, stems=tuple(parts))
        generated = GeneratedSound(takes=(take,), frames=len(samples), engine="x", engine_version="1", licence="x")
        request = TextToSoundRequest(prompt="x", duration=1, audio_type=audio_type, seed=1, loop=loop)
        outcome = master(context, request, generated)
        run.stems = [soundfile.read(context.open(stem.audio))[0] for stem in outcome.output.takes[0].stems]
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


def loud_loop(seconds: float) -> NDArray[np.float64]:
    """Noise and a hum of whole periods, made circular, with a burst far too loud just across the seam."""
    frames = round(seconds * RATE)
    spectrum = np.fft.rfft(noise(seconds)[:frames], axis=0)
    spectrum[round(6000 * seconds) :] = 0
    time = np.arange(frames)[:, None] / frames
    hum = 0.05 * np.sin(2 * np.pi * round(30 * seconds) * time + 0.7)
    burst = (0.5 + 0.5 * np.cos(2 * np.pi * time)) ** 20_000
    return 0.3 + hum + np.fft.irfft(spectrum, frames, axis=0) * (0.1 + 100 * burst)


def test_a_loop_closes_where_the_same_sound_played_once_does_not(mastered) -> None:
    samples, outcome = mastered(loud_loop(1.3), loop=True)
    told = outcome.findings.takes[0]
    assert told.limited_db > 1, "the limiter was at work, at the seam most of all"
    assert told.seam.step_db <= 0
    assert told.seam == outcome.output.takes[0].seam
    assert told.seam.frames == len(samples) == 57_330
    assert "it is not heard" in outcome.summary
    assert np.abs(samples[[0, -1]]).max() > 0.01, "its ends are not faded"
    once, _ = mastered(loud_loop(1.3))
    assert np.abs(once[[0, -1]]).max() < 1e-3


def test_a_loop_is_mastered_the_same_wherever_it_is_cut(mastered) -> None:
    """Filter and limiter go round: turning the loop turns the outcome, and nothing else."""
    loop = loud_loop(0.8)
    straight, _ = mastered(loop, loop=True)
    turned, _ = mastered(np.roll(loop, 12_345, axis=0), loop=True)
    assert np.abs(np.roll(straight, 12_345, axis=0) - turned).max() < 0.02


def test_a_loop_stays_under_the_ceiling_also_when_it_goes_round(mastered) -> None:
    samples, _ = mastered(loud_loop(0.8), AudioType.MUSIC, loop=True)
    twice = np.tile(samples, (2, 1)).astype(np.float32)
    assert 20 * np.log10(true_peak(np.ascontiguousarray(twice.T))) <= -1.0


@pytest.mark.parametrize("loop", [False, True])
def test_stems_add_up_to_what_was_mastered(mastered, loop: bool) -> None:
    hum, hiss = loud_loop(0.8), noise(0.8, 0.01)
    samples, outcome = mastered(hum + hiss, stems=[("hum", hum), ("hiss", hiss)], loop=loop)
    assert outcome.findings.takes[0].limited_db > 1
    assert [stem.name for stem in outcome.output.takes[0].stems] == ["hum", "hiss"]
    assert np.abs(sum(mastered.stems) - samples).max() < 1e-5


def test_a_stem_of_another_length_is_refused(mastered) -> None:
    with pytest.raises(EngineFailure, match="22,050 frames"):
        mastered(noise(1), stems=[("short", noise(0.5))])
