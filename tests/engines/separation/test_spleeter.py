"""Spleeter on real voices over real music: clearer than the mix, whatever the level; in a process of its own too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from tests.pulled import models_folder

from soundstage.domain.sound import MusicPlan
from soundstage.engines.model_store import pull_command
from soundstage.engines.progress import silent
from soundstage.engines.registry import Registry
from soundstage.engines.resident import EngineRoom
from soundstage.engines.separation import spleeter
from soundstage.engines.separation.contract import Stems
from soundstage.engines.separation.spleeter import SpleeterSeparator
from soundstage.engines.sound.music.compose import compose
from soundstage.engines.sound.music.making import band
from soundstage.engines.sound.music.styles import STYLES
from soundstage.engines.spec import Capability
from soundstage.errors import EngineFailure, Misconfigured
from soundstage.testing.engines import SeparatorContract
from soundstage.testing.separation_gain import gain_db

RATE = 48_000
SECONDS = 14  # more than one window


def settings() -> dict[str, Any]:
    return {"models_dir": str(models_folder("spleeter-2stems"))}


def level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(samples))))


@pytest.fixture(scope="module")
def voice(clips: Path) -> np.ndarray:
    """(n, 2), RMS 0.1."""
    samples, rate = soundfile.read(clips / "conv2.wav", dtype="float32")
    spoken = soxr.resample(samples[: SECONDS * rate], rate, RATE)
    return np.stack([spoken, spoken], axis=1) * (0.1 / level(spoken))


@pytest.fixture(scope="module")
def music() -> np.ndarray:
    """(n, 2), RMS 0.1."""
    plan = MusicPlan(style="pop", tonality="A minor", tempo=100, energy=STYLES["pop"].energy)
    played = soxr.resample(compose(plan, SECONDS * 44_100, 1, silent, band()).samples, 44_100, RATE)
    return played * (0.1 / level(played))


@pytest.fixture(scope="module")
def separator() -> SpleeterSeparator:
    return spleeter.load(settings())


class TestContract(SeparatorContract):
    spec = spleeter.SPEC

    @classmethod
    def make_settings(cls, folder: Path) -> dict[str, Any]:
        return settings()

    @pytest.fixture
    def mix(self, voice: np.ndarray, music: np.ndarray, tmp_path: Path) -> Path:
        soundfile.write(tmp_path / "mix.flac", voice + music, RATE)
        return tmp_path / "mix.flac"


def part(separator: SpleeterSeparator, mix: np.ndarray, folder: Path, subtype: str = "PCM_16"):
    """Speech, background, levels."""
    paths = [folder / f"{name}.flac" for name in ("mix", "speech", "background")]
    soundfile.write(paths[0], mix, RATE, subtype=subtype)
    stems = separator.separate(*paths, silent)
    return soundfile.read(paths[1])[0], soundfile.read(paths[2])[0], stems


@pytest.mark.parametrize("quieter", [1.0, 0.01])
def test_a_voice_gains_7_db_over_music_as_loud_as_itself(
    separator: SpleeterSeparator, voice: np.ndarray, music: np.ndarray, tmp_path: Path, quieter: float
) -> None:
    mix = (voice + music) * quieter
    speech, background, _ = part(separator, mix, tmp_path, "PCM_24")
    assert gain_db(voice, mix, speech) > 7
    assert gain_db(music, mix, background) > 7


def test_speech_alone_stays_and_music_alone_goes(
    separator: SpleeterSeparator, voice: np.ndarray, music: np.ndarray, tmp_path: Path
) -> None:
    _, _, spoken = part(separator, voice, tmp_path)
    assert spoken.speech_dbfs - spoken.background_dbfs > 15
    _, _, played = part(separator, music, tmp_path)
    assert played.background_dbfs - played.speech_dbfs > 10


def test_mono_stays_mono(separator: SpleeterSeparator, voice: np.ndarray, tmp_path: Path) -> None:
    noise = np.random.default_rng(1).normal(scale=0.05, size=(len(voice), 1))
    for stem in part(separator, voice + noise, tmp_path)[:2]:
        assert np.array_equal(stem[:, 0], stem[:, 1])


def test_clipped_noise_adds_up(separator: SpleeterSeparator, tmp_path: Path) -> None:
    mix = np.clip(np.random.default_rng(2).normal(size=(RATE, 2)), -1, 1)
    speech, background, _ = part(separator, mix, tmp_path)
    assert np.array_equal(speech + background, soundfile.read(tmp_path / "mix.flac")[0])


def test_in_a_process_of_its_own(voice: np.ndarray, music: np.ndarray, tmp_path: Path) -> None:
    mix, speech, background = (tmp_path / f"{name}.flac" for name in ("mix", "speech", "background"))
    soundfile.write(mix, (voice + music)[: 4 * RATE], RATE)
    room = EngineRoom(memory_budget_mb=1000, idle_seconds=60, threads=1)
    try:
        with room.acquire(spleeter.SPEC, settings()) as engine:
            stems = engine.call("separate", mix=mix, speech=speech, background=background)
    finally:
        room.close()
    assert isinstance(stems, Stems)
    assert soundfile.info(speech).frames == 4 * RATE


def test_it_is_the_default_and_tells_its_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))  # an installation without models of its own
    registry = Registry()
    assert registry.specs(Capability.SEPARATION)[0].load == spleeter.SPEC.load
    readiness = spleeter.check({"models_dir": str(tmp_path)})
    assert (readiness.ready, readiness.cure) == (False, pull_command("spleeter-2stems"))
    with pytest.raises(Misconfigured, match=pull_command("spleeter-2stems")):
        spleeter.load({"models_dir": str(tmp_path)})


def test_a_mix_that_cannot_be_read_is_told(separator: SpleeterSeparator, tmp_path: Path) -> None:
    (tmp_path / "mix.flac").write_bytes(b"fLaC")
    with pytest.raises(EngineFailure, match="cannot be opened"):
        separator.separate(tmp_path / "mix.flac", tmp_path / "a.flac", tmp_path / "b.flac", silent)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_memory_does_not_grow_with_length(voice: np.ndarray, music: np.ndarray, tmp_path: Path) -> None:
    """One window at a time: how two overlap, and so where the peak lies, is chance."""
    for name, times in (("short", 5), ("long", 15)):  # 70 s and 210 s
        soundfile.write(tmp_path / f"{name}.flac", np.tile(voice + music, (times, 1)), RATE)
    code = f"""
from pathlib import Path
from soundstage.engines.progress import silent
from soundstage.engines.separation import spleeter
folder = Path({str(tmp_path)!r})
separator = spleeter.load({settings() | {"cpu_threads": 2}!r})
for name in ("short", "long"):
    separator.separate(folder / f"{{name}}.flac", folder / "speech.flac", folder / "background.flac", silent)
    print(Path("/proc/self/status").read_text())
"""
    # Freed blocks go back at once: else the heap's own history decides what the peak is.
    frugal = os.environ | {"MALLOC_MMAP_THRESHOLD_": "65536"}
    done = subprocess.run([sys.executable, "-c", code], env=frugal, capture_output=True, text=True, check=True)
    short, long = (int(peak) >> 10 for peak in re.findall(r"VmHWM:\s+(\d+)", done.stdout))
    assert long - short < 25  # MB; the mix alone would take 54 more
    assert long < spleeter.SPEC.memory_mb
