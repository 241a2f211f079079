"""Transcribe: what the engine is asked for, and what is told of what it heard."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word
from soundstage.engines.activity.contract import Activity
from soundstage.engines.progress import Report
from soundstage.engines.spec import Capability
from soundstage.engines.transcription.contract import TranscriptionOptions
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stages.detect_activity import DetectedActivity
from soundstage.pipelines.stages.separate import Separated
from soundstage.pipelines.stages.transcribe import Transcribed, transcribe


class Parrot:
    """Says one word for each span to listen to, of falling confidence, in the given language or English."""

    def transcribe(self, audio: Path, options: TranscriptionOptions, report: Report) -> Transcript:
        spans = options.speech if options.speech is not None else (Span(start_ms=0, end_ms=10_000),)
        words = tuple(
            Word(text=f"{span.start_ms}-{span.end_ms}", span=span, confidence=0.9 / number)
            for number, span in enumerate(spans, start=1)
        )
        passages = tuple(Passage(text=w.text, span=w.span, words=(w,), confidence=w.confidence) for w in words)
        return Transcript(language=options.language or "en", language_confidence=0.976, passages=passages)


def load(_settings: dict[str, object]) -> Parrot:
    return Parrot()


@pytest.fixture
def transcribed(make_context, request_for, decoded_audio, engine):
    def run(activity: Activity | None, *, languages: frozenset[str] | None = None, specs=None, **fields):
        spec = engine(Capability.TRANSCRIPTION, f"{__name__}:load", languages=languages)
        context = make_context(specs=[spec] if specs is None else specs)
        detected = DetectedActivity(
            activity=None if activity is None else put_document(context, activity, "activity.json")
        )
        return context, transcribe(context, request_for(**fields), decoded_audio(context), Separated(), detected)

    return run


TALK = Activity(
    speech=(Span(start_ms=500, end_ms=1000), Span(start_ms=9100, end_ms=9500)),
    singing=(Span(start_ms=3000, end_ms=4000),),
    music=(Span(start_ms=0, end_ms=10_000),),
)


def test_speech_and_singing_and_what_lies_between_are_listened_to(transcribed) -> None:
    context, outcome = transcribed(TALK)
    transcript = open_document(context, outcome.output.transcript, Transcript)
    assert [word.text for word in transcript.words] == ["500-4000", "9100-9500"]
    assert outcome.output.language == "en"
    assert outcome.findings.language_name == "English"
    assert outcome.findings.mean_confidence == 0.675
    assert outcome.summary == "Heard English (98 %): 2 words in 2 passages, 1 of them doubtful."
    assert (outcome.engine, outcome.media_seconds) == ("small", 10.0)


def test_a_given_language_is_used_and_told_so(transcribed) -> None:
    _, outcome = transcribed(TALK, source_language=54)
    assert outcome.output.language == "es"
    assert outcome.findings.language_given
    assert outcome.findings.language_confidence is None
    assert outcome.summary.startswith("Heard Spanish (as given): 2 words")


def test_where_nobody_looked_for_speech_all_is_listened_to(transcribed) -> None:
    context, outcome = transcribed(None)
    assert open_document(context, outcome.output.transcript, Transcript).words[0].text == "0-10000"


@pytest.mark.parametrize("music", [(), (Span(start_ms=0, end_ms=10_000),)])
def test_no_speech_gives_no_words_and_says_so(transcribed, music) -> None:
    _, outcome = transcribed(Activity(speech=(), singing=(), music=music))
    assert not outcome.skipped
    assert outcome.output == Transcribed()
    assert outcome.findings.words == 0
    assert outcome.summary == "There is no speech in 10.0 s: nothing to transcribe."


def test_a_language_that_no_engine_knows_skips_with_a_cure(transcribed) -> None:
    _, outcome = transcribed(TALK, languages=frozenset({"en"}), source_language=147)
    assert outcome.skipped
    assert outcome.output == Transcribed(language="zu")
    assert "'zu'" in outcome.summary
    assert outcome.findings.cure


def test_without_an_engine_it_is_skipped(transcribed) -> None:
    _, outcome = transcribed(TALK, specs=[])
    assert outcome.skipped
    assert outcome.summary == "No engine for transcription is installed. The project opens without text."
