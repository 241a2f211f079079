"""Separate: skipped with a cure without an engine, and at work with one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from tests.pulled import models_folder

from soundstage.domain.options import Quality
from soundstage.domain.request import KeptStems
from soundstage.domain.sound import MusicPlan
from soundstage.engines.progress import Report, silent
from soundstage.engines.separation import spleeter
from soundstage.engines.separation.contract import Stems
from soundstage.engines.sound.music.compose import compose
from soundstage.engines.sound.music.making import band
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.absence import Absence
from soundstage.pipelines.stages.decode import decode
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe
from soundstage.pipelines.stages.separate import Separated, SeparateFindings, separate


class Copyist:
    """Gives the mix as both stems, and tells the levels it is told to."""

    levels = (-20.0, -31.5)

    def separate(self, mix: Path, speech: Path, background: Path, report: Report) -> Stems:
        shutil.copyfile(mix, speech)
        shutil.copyfile(mix, background)
        report(1.0)
        return Stems(speech_dbfs=self.levels[0], background_dbfs=self.levels[1])


def load(_settings: dict[str, object]) -> Copyist:
    return Copyist()


def test_without_an_engine_it_is_skipped_with_the_cure(make_context, request_for, decoded_audio) -> None:
    context = make_context()
    outcome = separate(context, request_for(), decoded_audio(context))
    assert outcome.skipped
    assert outcome.output == Separated()
    assert isinstance(outcome.findings, Absence)
    assert outcome.findings.cure
    assert outcome.summary == (
        "No engine for separation is installed. The mix stays whole: there are no speech and background tracks."
    )


def test_an_engine_that_is_not_ready_says_why(make_context, request_for, decoded_audio, engine) -> None:
    spec = engine(Capability.SEPARATION, f"{__name__}:load", readiness=Readiness.no("its weights are missing", "run x"))
    context = make_context(specs=[spec])
    outcome = separate(context, request_for(), decoded_audio(context))
    assert outcome.skipped
    assert "its weights are missing" in outcome.summary
    assert outcome.findings.cure == "run x"


def test_an_engine_makes_the_stems(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.SEPARATION, f"{__name__}:load")])
    decoded = decoded_audio(context)
    outcome = separate(context, request_for(), decoded)
    assert not outcome.skipped
    assert outcome.output.speech is not None
    assert outcome.output.speech.sha256 == decoded.source.sha256
    assert outcome.findings == SeparateFindings(
        engine="small",
        speech_dbfs=-20.0,
        background_dbfs=-31.5,
        speech_to_background_db=11.5,
        listened_to="speech",
        quality=Quality.FAST,
    )
    assert outcome.output.analysis is not None
    with soundfile.SoundFile(context.open(outcome.output.analysis)) as heard:
        assert (heard.samplerate, heard.channels, heard.frames) == (16_000, 1, 160_000)
    assert (outcome.engine, outcome.device, outcome.media_seconds) == ("small", "cpu", 10.0)
    assert context.reported == [0.95]


def test_stems_that_came_with_the_project_are_taken_as_they_are(
    make_context, request_for, decoded_audio, engine, tmp_path: Path
) -> None:
    context = make_context(specs=[engine(Capability.SEPARATION, f"{__name__}:load")])
    stems = {}
    for name, level in (("speech", 0.1), ("background", 0.05)):
        noise = np.random.default_rng(1).choice([-level, level], (48_000, 2))
        soundfile.write(tmp_path / f"{name}.flac", noise, 48_000, "PCM_24")
        stems[name] = context.put(tmp_path / f"{name}.flac", name=f"{name}.flac", media_type="audio/flac")
    decoded = decoded_audio(context)
    outcome = separate(context, request_for(stems=KeptStems(**stems)), decoded)
    assert (outcome.output.speech, outcome.output.background) == (stems["speech"], stems["background"])
    found = outcome.findings
    assert (found.engine, found.speech_dbfs, found.background_dbfs) == (None, -20.0, -26.02)
    assert (found.listened_to, outcome.output.analysis is not None) == ("speech", True)
    assert outcome.summary.startswith("The tracks came with the project. Parted speech (-20.0 dBFS) from background")
    without = separate(context, request_for(stems=KeptStems()), decoded)
    assert (without.skipped, without.output) == (True, Separated())


class Careful(Copyist):
    """Tells by its levels what it was asked for."""

    def separate(
        self, mix: Path, speech: Path, background: Path, report: Report, quality: Quality = Quality.FAST
    ) -> Stems:
        stems = super().separate(mix, speech, background, report)
        return stems.model_copy(update={"background_dbfs": -50.0}) if quality is Quality.BEST else stems


def load_careful(_settings: dict[str, object]) -> Careful:
    return Careful()


def asked(quality: str) -> dict[str, Any]:
    return {"options": {"separate": {"quality": quality}}}


def test_nothing_is_separated_where_it_was_not_wanted(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.SEPARATION, f"{__name__}:load")])
    outcome = separate(context, request_for(**asked("none")), decoded_audio(context))
    assert outcome.skipped
    assert outcome.output == Separated()
    assert outcome.summary == (
        "Separation was not wanted (separate.quality=none). "
        "The mix stays whole: there are no speech and background tracks."
    )
    assert outcome.findings.cure == "Leave the option separate.quality out or choose another value"


def test_the_best_there_is_does_what_is_asked_to_be_best(make_context, request_for, decoded_audio, engine) -> None:
    quick = engine(Capability.SEPARATION, f"{__name__}:load", name="quick", rank=1)
    both = (Quality.FAST, Quality.BEST)
    careful = engine(Capability.SEPARATION, f"{__name__}:load_careful", name="careful", rank=2, qualities=both)
    context = make_context(specs=[quick, careful])
    done = {
        quality: separate(context, request_for(**(asked(quality) if quality else {})), decoded_audio(context))
        for quality in ("", "fast", "best")
    }
    assert {key: (one.engine, one.findings.quality.value) for key, one in done.items()} == {
        "": ("quick", "fast"),
        "fast": ("quick", "fast"),
        "best": ("careful", "best"),
    }
    assert done["best"].findings.background_dbfs == -50.0
    assert all(one.summary.endswith("transcribed.") for one in done.values())


def test_an_engine_that_knows_one_way_says_so(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.SEPARATION, f"{__name__}:load")])
    outcome = separate(context, request_for(**asked("best")), decoded_audio(context))
    assert outcome.findings.quality is Quality.FAST
    assert outcome.summary.endswith(
        "transcribed. small knows no other way than fast, and no other engine here does best."
    )


@pytest.mark.parametrize(
    ("speech", "background", "listened_to", "ending"),
    [
        (-20.0, -30.0, "speech", "the speech, with a quarter of the background, is transcribed."),
        (-20.0, -45.0, "mix", "the mix is clear enough to be transcribed."),
        (-75.0, -20.0, "mix", "there is hardly any speech, so what is transcribed is the mix."),
        (-120.0, -120.0, "mix", "there is hardly any speech, so what is transcribed is the mix."),
    ],
)
def test_what_is_listened_to(
    make_context, request_for, decoded_audio, engine, speech: float, background: float, listened_to: str, ending: str
) -> None:
    context = make_context(specs=[engine(Capability.SEPARATION, f"{__name__}:load")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Copyist, "levels", (speech, background))
        outcome = separate(context, request_for(), decoded_audio(context))
    assert outcome.findings.listened_to == listened_to
    assert (outcome.output.analysis is not None) == (listened_to == "speech")
    assert outcome.summary.endswith(ending)


def test_the_default_engine_parts_a_speech_from_music(make_context, request_for, clips: Path, tmp_path: Path) -> None:
    plan = MusicPlan(style="pop", tonality="A minor", tempo=100, energy=0.5)
    music = compose(plan, 5 * 44_100, 1, silent, band()).samples
    spoken, rate = soundfile.read(clips / "jfk.flac", frames=5 * 44_100)
    assert rate == 44_100
    mix = spoken / np.abs(spoken).max() * 0.4 + music / np.abs(music).max() * 0.4
    soundfile.write(tmp_path / "mix.wav", mix, 44_100)
    folder = models_folder("spleeter-2stems")
    context = make_context(tmp_path / "mix.wav", specs=[spleeter.SPEC], engine_settings={"models_dir": str(folder)})
    ingested = ingest(context, request_for()).output
    decoded = decode(context, ingested, probe(context, request_for(), ingested).output).output
    outcome = separate(context, request_for(), decoded)
    assert not outcome.skipped
    assert outcome.engine == "spleeter-2stems"
    assert outcome.output.speech is not None
    assert outcome.output.background is not None
    whole, parts = (
        soundfile.read(context.open(decoded.source))[0],
        [soundfile.read(context.open(stem))[0] for stem in (outcome.output.speech, outcome.output.background)],
    )
    assert np.abs(whole - sum(parts)).max() < 1e-4
    assert outcome.summary.startswith("Parted speech (-")
