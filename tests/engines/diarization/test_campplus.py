"""The engine on real recordings: error rates, number of speakers, two at once, hints; in a process of its own too."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from tests.pulled import models_folder

from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.campplus import CampplusDiarizer
from soundstage.engines.diarization.contract import Diarization, DiarizationOptions
from soundstage.engines.model_store import pull_command
from soundstage.engines.progress import silent
from soundstage.engines.resident import EngineRoom
from soundstage.errors import Misconfigured
from soundstage.testing.diarization_error import DiarizationError, Talk, diarization_error, read_rttm
from soundstage.testing.engines import DiarizerContract, check_diarization, write_wav

RATE = 16_000


def settings() -> dict[str, Any]:
    return {"models_dir": str(models_folder("campplus"))}


@pytest.fixture(scope="module")
def diarizer() -> CampplusDiarizer:
    return campplus.load(settings())


def read(path: Path) -> np.ndarray:
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(samples.mean(axis=1), rate, RATE)


def heard(diarizer: CampplusDiarizer, path: Path, **hints: int) -> Diarization:
    found = diarizer.diarize(path, DiarizationOptions(**hints), silent)
    check_diarization(found, round(soundfile.info(path).duration * 1000))
    return found


def error(truth: tuple[Talk, ...], found: Diarization) -> DiarizationError:
    talks = [Talk(turn.span.start_ms / 1000, turn.span.end_ms / 1000, turn.speaker_id) for turn in found.turns]
    return diarization_error(truth, talks)


@pytest.fixture(scope="module")
def beginnings(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """17 s of conv2 (three turns of two people) and 20 s of conv3 (three people): as good, in half the time."""
    folder = tmp_path_factory.mktemp("beginnings")
    for name, seconds in (("conv2", 17), ("conv3", 20)):
        write_wav(folder / f"{name}.wav", read(clips / f"{name}.wav")[: seconds * RATE])
    return folder


class TestContract(DiarizerContract):
    spec = campplus.SPEC

    @pytest.fixture
    def speech(self, beginnings: Path) -> Path:
        return beginnings / "conv2.wav"

    @classmethod
    def make_settings(cls, folder: Path) -> dict[str, Any]:
        return settings()


@pytest.mark.parametrize(("name", "people", "most"), [("conv2", 2, 0.08), ("conv3", 3, 0.08), ("ami-dev00", 2, 0.10)])
def test_error_rate(diarizer: CampplusDiarizer, clips: Path, name: str, people: int, most: float) -> None:
    found = heard(diarizer, clips / f"{name}.wav")
    assert len(found.speakers) == people
    assert error(read_rttm(clips / f"{name}.rttm"), found).rate <= most
    assert all(speaker.sample is not None and speaker.confidence > 0.6 for speaker in found.speakers)


def test_one_reader_is_one_speaker(diarizer: CampplusDiarizer, clips: Path, tmp_path: Path) -> None:
    for name in ("LJ*[123].flac", "austen-*.wav", "jfk.flac", "ls-1688-*.flac"):
        read_out = np.concatenate([read(path) for path in sorted(clips.glob(name))])
        path = write_wav(tmp_path / "one.wav", read_out)
        assert len(heard(diarizer, path).speakers) == 1, name


def test_a_sentence_is_enough(diarizer: CampplusDiarizer, clips: Path, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "short.wav", read(clips / "LJ001-0002.flac"))  # 1.9 s
    assert len(heard(diarizer, path).speakers) == 1


def test_noise_and_tones_are_nobody(diarizer: CampplusDiarizer, tmp_path: Path) -> None:
    time = np.arange(8 * RATE) / RATE
    noise = np.random.default_rng(1).standard_normal(len(time)) * 0.05
    chord = sum(np.sin(2 * np.pi * tone * time) for tone in (220, 277, 330)) * 0.1
    for name, samples in (("noise", noise), ("chord", chord)):
        assert heard(diarizer, write_wav(tmp_path / "none.wav", samples)).turns == (), name


def test_two_at_once_are_two_turns(diarizer: CampplusDiarizer, clips: Path, tmp_path: Path) -> None:
    """The second reader begins three seconds before the first one ends."""
    one, two = (read(clips / f"{name}.flac") for name in ("ls-2033-6", "LJ001-0001"))
    one, two = (voice * (0.05 / np.sqrt(np.mean(voice**2))) for voice in (one, two))
    together = 3 * RATE
    begun, ended = (len(one) - together) / RATE, len(one) / RATE
    samples = np.concatenate([one[:-together], one[-together:] + two[:together], two[together:]])
    truth = (Talk(0, ended, "one"), Talk(begun, len(samples) / RATE, "two"))
    found = heard(diarizer, write_wav(tmp_path / "both.wav", samples))
    first, second = (turn.span for turn in found.turns)
    assert min(first.end_ms, second.end_ms) - second.start_ms > 1_500
    assert error(truth, found).rate < 0.08  # an answer without overlaps misses .10 at least


def test_the_same_person_is_the_same_speaker_all_along(
    diarizer: CampplusDiarizer, clips: Path, beginnings: Path, tmp_path: Path
) -> None:
    """Three others come between two halves of the first, far apart."""
    first, second = read(clips / "ls-1998-0.flac"), read(beginnings / "conv3.wav")
    halves = [first[: 6 * RATE], second, first[6 * RATE :]]
    found = heard(diarizer, write_wav(tmp_path / "apart.wav", np.concatenate(halves)))
    assert found.turns[0].speaker_id == found.turns[-1].speaker_id
    assert len(found.speakers) == 4


def test_a_hint_bounds_the_number(diarizer: CampplusDiarizer, beginnings: Path) -> None:
    assert len(heard(diarizer, beginnings / "conv3.wav", max_speakers=2).speakers) == 2


def test_as_many_threads_as_wanted_give_the_same(diarizer: CampplusDiarizer, beginnings: Path) -> None:
    alone = campplus.load(settings() | {"cpu_threads": 1})
    assert heard(alone, beginnings / "conv2.wav") == heard(diarizer, beginnings / "conv2.wav")


def test_without_the_model_it_tells_the_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))  # an installation without models of its own
    answer = campplus.check({"models_dir": str(tmp_path)})
    assert not answer.ready and answer.cure == pull_command("campplus")
    with pytest.raises(Misconfigured, match="models pull campplus"):
        campplus.load({"models_dir": str(tmp_path)})


def test_works_in_a_process_of_its_own(beginnings: Path) -> None:
    room = EngineRoom(memory_budget_mb=1000, idle_seconds=60, threads=1)
    try:
        with room.acquire(campplus.SPEC, settings()) as engine:
            found = engine.call("diarize", audio=beginnings / "conv2.wav", options=DiarizationOptions())
    finally:
        room.close()
    assert isinstance(found, Diarization) and len(found.speakers) == 2
