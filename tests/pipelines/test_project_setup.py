"""The whole set-up: real media through every stage, with the engines that hear."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from soundstage.domain.project import ProjectDocument, ProjectProduct
from soundstage.domain.request import ProjectSetupRequest
from soundstage.engines.activity import omnivad
from soundstage.engines.transcription import whisper
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.host.pool import HostPool
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.project_setup import PIPELINE
from soundstage.pipelines.stage import REQUEST
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe
from soundstage.testing.context import LocalContext
from soundstage.testing.stage_walk import Outcomes, run_stage, walk_stages

NAMES = [
    "ingest",
    "probe",
    "decode",
    "separate",
    "detect_activity",
    "diarize",
    "transcribe",
    "segment",
    "translate",
    "prepare",
]


def walk(context: LocalContext, request: ProjectSetupRequest) -> Outcomes:
    """Every stage in order."""
    outcomes = walk_stages(PIPELINE, context, request)
    assert all(outcome.summary.endswith(".") for outcome in outcomes.values())
    return outcomes


@pytest.fixture
def set_up(make_context, request_for) -> Callable[..., tuple[LocalContext, Outcomes]]:
    def make(media: Path, **fields: Any) -> tuple[LocalContext, Outcomes]:
        context = make_context(media, specs=[omnivad.SPEC, whisper.SPEC])
        return context, walk(context, request_for(**fields))

    return make


def test_the_stages_are_those_of_the_api() -> None:
    assert [stage.name for stage in PIPELINE.stages] == NAMES
    assert PIPELINE.product is ProjectProduct
    assert PIPELINE.lane == "setup"
    for number, stage in enumerate(PIPELINE.stages):
        assert set(stage.takes) <= {REQUEST, *NAMES[:number]}
        assert stage.weight > 0


def test_a_speech(set_up, request_for, clips: Path) -> None:
    context, outcomes = set_up(clips / "jfk.flac", target_languages=(1, 54))
    product = outcomes["prepare"].output
    document = open_document(context, product.document, ProjectDocument)
    spoken = " ".join(segment.text for segment in document.segments).lower()
    assert "ask not what your country can do for you" in spoken
    assert "ask what you can do for your country" in spoken
    assert (product.project_name, product.source_language) == ("jfk", 1)
    assert product.duration_ms == 11_000
    assert document.detected_language == "en"
    assert outcomes["transcribe"].findings.words == 22
    assert outcomes["transcribe"].findings.language_confidence > 0.9
    assert outcomes["detect_activity"].findings.speech.share > 0.5
    skipped = {name for name, outcome in outcomes.items() if outcome.skipped}
    assert skipped == {"separate", "diarize"}  # English is copied for English, Spanish has no engine
    assert [target.state for target in outcomes["translate"].findings.targets] == ["copied", "missing"]
    assert document.segments[0].translations == {"en-us": document.segments[0].text}
    assert {file.name for file in product.files} >= {"project.json", "source.srt", "en-us.vtt", "peaks.bin"}
    for stage in PIPELINE.stages:
        if stage.name != "transcribe":  # its engine's own tests run it twice
            again = run_stage(PIPELINE, stage.name, context, request_for(target_languages=(1, 54)), outcomes)
            assert again == outcomes[stage.name]


def chords(path: Path) -> Path:
    """Six seconds of an A minor chord, twice a second."""
    time = np.arange(6 * 44_100) / 44_100
    wave = sum(np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 261.6, 329.6, 440.0)) * (
        np.sin(4 * np.pi * time) > 0
    )
    soundfile.write(path, 0.1 * wave, 44_100)
    return path


def test_silence_holds_no_words(set_up, tone) -> None:
    _, outcomes = set_up(tone("quiet.wav", seconds=5.0, level=0.0))
    product = outcomes["prepare"].output
    assert (product.segments, product.source_language) == (0, 54)
    assert outcomes["detect_activity"].summary == "Neither speech nor singing nor music in 5.0 s."
    assert outcomes["transcribe"].findings.words == 0
    assert outcomes["translate"].summary == "There are no words to translate."


def test_music_holds_no_words(set_up, tmp_path: Path) -> None:
    _, outcomes = set_up(chords(tmp_path / "chords.wav"))
    found = outcomes["detect_activity"].findings
    assert (found.speech.spans, found.singing.spans) == (0, 0)
    assert found.music.share > 0.3
    assert outcomes["transcribe"].summary == "There is no speech in 6.0 s: nothing to transcribe."
    assert outcomes["prepare"].output.segments == 0


def test_media_is_read_in_another_process_and_its_faults_come_back(make_context, request_for, clips, tmp_path) -> None:
    text = tmp_path / "film.mp4"
    text.write_text("This is no film. " * 100)
    with closing(HostPool(1)) as pool:
        context = make_context(text, pool=pool)
        ingested = ingest(context, request_for()).output
        with pytest.raises(SourceFailure) as caught:
            probe(context, request_for(), ingested)
        assert caught.value.reason is ExceptionReason.CONTENT_DOES_NOT_MATCH_EXTENSION
        context = make_context(clips / "jfk.flac", pool=pool)
        outcomes = walk(context, request_for())
    assert outcomes["prepare"].output.duration_ms == 11_000
    assert outcomes["transcribe"].skipped
