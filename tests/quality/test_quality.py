"""Has quality fallen? Set-up on a minute of recordings, against the figures of `baseline.json`. Never a time.

`scripts/bench setup_quality` measures the whole; this small part of it is to show a change for the worse where it is
made. Where a figure got better, or worse for a good reason, `RENEW_QUALITY_BASELINE=1 scripts/test tests/quality`
writes what is measured now: commit it with the change that made it so.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from statistics import median

import pytest
from tests.pulled import models_folder

from soundstage.testing.diarization_error import diarization_error, read_rttm
from soundstage.testing.listening import Hearing, Listener
from soundstage.testing.mixtures import WITHOUT_WORDS, Samples, joined, over_music, read, write
from soundstage.testing.separation_gain import gain_db, residue_dbfs
from soundstage.testing.word_error import word_error
from soundstage.testing.word_starts import start_errors

BASELINE = Path(__file__).with_name("baseline.json")
RENEW = "RENEW_QUALITY_BASELINE"
ALLOWED = {"%": 2.0, "dB": 2.0, "ms": 20.0}  # how much worse a figure may be than the baseline's
WORD_TIMES = Path(__file__).parents[2] / "benchmarks" / "word_times.json"
CLIPS = ("austen-0870", "LJ001-0003", "LJ001-0005")  # one of their words is less than two points
NOBODY = ("music: pop", "applause", "white noise", "silence")


def check(name: str, figure: float, unit: str, *, more_is_worse: bool = True) -> None:
    """Fails where the figure is worse than the baseline's by more than is allowed."""
    known = json.loads(BASELINE.read_text(encoding="utf-8"))
    if os.environ.get(RENEW):
        known[name] = {"figure": round(figure, 2), "unit": unit}
        BASELINE.write_text(json.dumps(dict(sorted(known.items())), indent=2) + "\n", encoding="utf-8")
        return
    before = known[name]["figure"]
    worse = figure - before if more_is_worse else before - figure
    assert worse <= ALLOWED[unit], (
        f"{name}: {figure:.2f} {unit}, and it was {before} {unit}: worse by more than {ALLOWED[unit]:g} {unit}. "
        f"Find out which change did it; if that is wanted, renew the baseline: {RENEW}=1 scripts/test tests/quality"
    )


@pytest.fixture(scope="module")
def said(clips: Path) -> str:
    return " ".join((clips / f"{name}.txt").read_text(encoding="utf-8") for name in CLIPS)


@pytest.fixture(scope="module")
def reading(clips: Path) -> tuple[Samples, tuple[float, ...]]:
    """Three readings with pauses, 28 s, of which whisper hears 30 at a time; and when each begins."""
    return joined(
        [read(next(path for path in clips.glob(f"{name}.*") if path.suffix != ".txt")) for name in CLIPS], 0.6
    )


@pytest.fixture(scope="module")
def mix(reading: tuple[Samples, tuple[float, ...]]) -> tuple[Samples, Samples]:
    """The readings over music as loud as they are, and the readings alone."""
    voice = reading[0]
    return over_music(voice, WITHOUT_WORDS["music: pop"](len(voice) / 48_000), 0)


@pytest.fixture(scope="module")
def listener(
    reading: tuple[Samples, tuple[float, ...]],
    mix: tuple[Samples, Samples],
    clips: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Listener:
    folder = tmp_path_factory.mktemp("quality")
    sounds = {"clean": reading[0], "mix": mix[0]}
    sounds |= {name: WITHOUT_WORDS[name](20.0) for name in NOBODY}
    recordings = {
        name: write(folder / f"{number}.flac", samples) for number, (name, samples) in enumerate(sounds.items())
    }
    settings = {"models_dir": str(models_folder("spleeter-2stems", "campplus"))}
    return Listener(folder / "heard", {**recordings, "conv2": clips / "conv2.wav"}, settings)


@pytest.fixture(scope="module")
def mixed(listener: Listener) -> Hearing:
    return listener.hear("mix", "transcribe")


@pytest.fixture(scope="module")
def clean(listener: Listener) -> Hearing:
    return listener.hear("clean", "transcribe")


def test_words_of_clean_recordings(clean: Hearing, said: str) -> None:
    check("wrong words of clean recordings", 100 * word_error(said, clean.text).rate, "%")


def test_word_starts(clean: Hearing, reading: tuple[Samples, tuple[float, ...]]) -> None:
    times = json.loads(WORD_TIMES.read_text(encoding="utf-8"))["clips"]
    truth = [(word, begin + at) for name, begin in zip(CLIPS, reading[1], strict=True) for word, at in times[name]]
    errors = start_errors(clean.words, truth)
    assert len(errors) >= 60
    check("word starts of clean recordings, median error", 1000 * median(map(abs, errors)), "ms")


def test_words_over_music(mixed: Hearing, said: str) -> None:
    assert mixed.listened_to == "speech"
    check("wrong words over music at 0 dB", 100 * word_error(said, mixed.text).rate, "%")


def test_stems(mixed: Hearing, mix: tuple[Samples, Samples]) -> None:
    source, speech, background = mixed.stems
    assert residue_dbfs(source, speech, background) <= -80
    check("gain of speech over music at 0 dB", gain_db(mix[1], mix[0], speech), "dB", more_is_worse=False)


def test_speakers(listener: Listener, clips: Path) -> None:
    truth, talks = read_rttm(clips / "conv2.rttm"), listener.hear("conv2", "diarize").talks
    assert len({talk.who for talk in talks}) == 2
    check("speaker error on conv2", 100 * diarization_error(truth, talks).rate, "%")


@pytest.mark.parametrize("name", NOBODY)
def test_nothing_is_heard_where_nobody_speaks(listener: Listener, name: str) -> None:
    assert listener.hear(name, "transcribe").text == ""
