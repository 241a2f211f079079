"""Diarize: skipped with a cure without an engine, and at work with one."""

from __future__ import annotations

from pathlib import Path

from tests.pulled import models_folder

from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span
from soundstage.engines.diarization import campplus
from soundstage.engines.diarization.contract import Diarization, DiarizationOptions
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability
from soundstage.pipelines.documents import open_document
from soundstage.pipelines.stages.decode import decode
from soundstage.pipelines.stages.diarize import Diarized, diarize
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe
from soundstage.services.exports import DIARIZATION

HINTS = (2, 4)
TURNS = (
    Turn(speaker_id="a", span=Span(start_ms=0, end_ms=4000)),
    Turn(speaker_id="b", span=Span(start_ms=4000, end_ms=6000)),
)


class TwoSpeakers:
    def diarize(self, audio: Path, options: DiarizationOptions, report: Report) -> Diarization:
        assert (options.min_speakers, options.max_speakers) == HINTS
        speakers = (
            Speaker(speaker_id="a", name="Speaker 1", airtime_ms=4000, confidence=0.9),
            Speaker(speaker_id="b", name="Speaker 2", airtime_ms=2000, confidence=0.8),
        )
        return Diarization(speakers=speakers, turns=TURNS)


def load(_settings: dict[str, object]) -> TwoSpeakers:
    return TwoSpeakers()


def test_without_an_engine_it_is_skipped_with_the_cure(make_context, request_for, decoded_audio) -> None:
    context = make_context()
    outcome = diarize(context, request_for(), decoded_audio(context))
    assert outcome.skipped
    assert outcome.output == Diarized()
    assert outcome.findings.cure
    assert outcome.summary.endswith("Speakers are not told apart: no segment has a speaker.")


def test_an_engine_tells_speakers(make_context, request_for, decoded_audio, engine) -> None:
    context = make_context(specs=[engine(Capability.DIARIZATION, f"{__name__}:load")])
    request = request_for(min_speakers=HINTS[0], max_speakers=HINTS[1])
    outcome = diarize(context, request, decoded_audio(context))
    assert outcome.summary == "Heard 2 speakers in 2 turns: Speaker 1 4.0 s and Speaker 2 2.0 s."
    assert open_document(context, outcome.output.diarization, Diarization).turns == TURNS
    assert outcome.output.diarization.name == DIARIZATION  # by which exports find it


def test_the_default_engine_tells_two_readers_apart(make_context, request_for, clips: Path) -> None:
    settings = {"models_dir": str(models_folder("campplus"))}
    context = make_context(clips / "conv2.wav", specs=[campplus.SPEC], engine_settings=settings)
    ingested = ingest(context, request_for()).output
    decoded = decode(context, ingested, probe(context, request_for(), ingested).output).output
    outcome = diarize(context, request_for(), decoded)
    assert outcome.engine == "campplus"
    assert outcome.summary.startswith("Heard 2 speakers in 6 turns: Speaker 1 ")
    assert all(speaker.sample is not None for speaker in outcome.findings.speakers)
    alone = diarize(context, request_for(max_speakers=1), decoded)
    assert len(alone.findings.speakers) == 1
