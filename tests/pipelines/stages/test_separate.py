"""Separate: skipped with a cure without an engine, and at work with one."""

from __future__ import annotations

import shutil
from pathlib import Path

from soundstage.engines.progress import Report
from soundstage.engines.separation.contract import Stems
from soundstage.engines.spec import Capability, Readiness
from soundstage.pipelines.absence import Absence
from soundstage.pipelines.stages.separate import Separated, SeparateFindings, separate


class Copyist:
    """Gives the mix as both stems."""

    def separate(self, mix: Path, speech: Path, background: Path, report: Report) -> Stems:
        shutil.copyfile(mix, speech)
        shutil.copyfile(mix, background)
        report(1.0)
        return Stems(speech_dbfs=-20.0, background_dbfs=-31.5)


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
    assert outcome.findings == SeparateFindings(engine="small", speech_dbfs=-20.0, background_dbfs=-31.5)
    assert (outcome.engine, outcome.device, outcome.media_seconds) == ("small", "cpu", 10.0)
    assert context.reported == [0.95]
