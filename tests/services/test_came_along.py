"""Projects that came as a project file: what their document tells of the stages that were done elsewhere."""

from __future__ import annotations

from typing import Any

from tests.domain.comparison.test_compare import document, line, speaker

from soundstage.domain.artifact import Artifact
from soundstage.domain.project import Original, ProjectDocument, ProjectProduct
from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Transcript
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.project_setup import PIPELINE
from soundstage.pipelines.stages.segment import SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import TranslatedLines
from soundstage.services.came_along import HELD, Arrival, documents_of, request_of, results_of

FILE = Artifact(sha256="a" * 64, bytes=9, media_type="video/mp4", name="original.mp4")
ORIGINAL = Original(file_name="talk.mp4", url="https://media.example/talk.mp4", artifact=FILE)
DOUBT = Doubt(reason=DoubtReason.LOW_CONFIDENCE, sentence="Hardly heard.", weight=0.5, measured=0.2, limit=0.5)
CAME = document(
    line(1, "One.", 0, 900, translations={"es-es": "Uno."}),
    line(2, "Two.", 1_000, 1_900),
    speakers=(speaker(1), speaker(2)),
    original=ORIGINAL,
    audio_tracks=(1,),
    review=(ReviewLine(segment_id="s2", weight=0.5, doubts=(DOUBT,)),),
)
HEARD = Diarization(
    speakers=(speaker(1), speaker(2)), turns=(Turn(speaker_id="speaker-2", span=Span(start_ms=0, end_ms=900)),)
)


def arrival(now: ProjectDocument = CAME, heard: Diarization | None = HEARD, first: ProjectDocument = CAME) -> Arrival:
    return Arrival(ProjectProduct.of(now, FILE, (FILE,)), first, now, heard)


def changed(**fields: Any) -> ProjectDocument:
    return CAME.model_copy(update=fields)


def test_lines_words_turns_and_translations_are_those_of_the_document() -> None:
    documents = documents_of(arrival(), ("prepare",))
    assert sorted(documents) == sorted(HELD)
    lines, words, translated = (documents[name] for name in ("segment", "transcribe", "translate"))
    assert isinstance(lines, SegmentList) and isinstance(words, Transcript) and isinstance(translated, TranslatedLines)
    assert [one.text for one in lines.segments] == ["One.", "Two."]
    assert (lines.speakers, lines.settled) == (None, ("s1",)), "what is doubted is still to be looked at"
    assert [(one.text, one.span.start_ms) for one in words.passages] == [("One.", 0), ("Two.", 1_000)]
    assert [(one.language, one.texts) for one in translated.targets] == [("es-es", ("Uno.", ""))]
    assert documents["diarize"] == HEARD


def test_what_is_done_again_is_not_taken_from_it() -> None:
    redone = PIPELINE.following("segment")
    assert sorted(documents_of(arrival(), redone)) == ["diarize", "transcribe"]
    results = results_of(arrival(), PIPELINE, redone, FILE)
    assert sorted(results) == ["diarize", "ingest", "transcribe"]
    assert Transcribed.model_validate(results["transcribe"].output).language == "en"
    assert results["ingest"].status.summary == "It came with the project file: talk.mp4."
    assert "ingest" not in results_of(arrival(), PIPELINE, redone, None)


def test_the_request_is_told_as_far_as_the_document_knows_it() -> None:
    request = request_of(arrival(), ORIGINAL, None)
    assert (request.source_language, request.target_languages, request.selected_audio_tracks) == (1, (54, 76), (1,))
    assert (request.media_url, request.original) == (ORIGINAL.url, ORIGINAL)
    heard = changed(detected_language="en")
    assert request_of(arrival(heard), ORIGINAL, "upload://x").source_language is None
    assert arrival(heard).code == "en"


def test_speakers_whom_a_text_named_stay_with_the_lines() -> None:
    named = changed(speakers=(speaker(7),), segments=(line(1, "One.", 0, 900, speaker_id="speaker-7"),))
    documents = documents_of(arrival(named, HEARD, named), ("prepare",))
    lines = documents["segment"]
    assert isinstance(lines, SegmentList) and lines.speakers == (speaker(7),)
    assert documents["diarize"] == HEARD
    assert arrival(named, HEARD, named).edited(PIPELINE.following("segment")) == ((), True), "they would be lost"
    assert arrival(named, HEARD, named).edited(PIPELINE.following("translate")) == ((), False)


def test_an_edit_made_here_is_carried_and_never_done_over() -> None:
    first, second = CAME.segments
    edited = changed(segments=(first.model_copy(update={"text": "Won!"}), second))
    assert arrival(edited).edited(PIPELINE.following("translate")) == (("segment",), False)
    assert arrival(edited).edited(PIPELINE.following("transcribe")) == ((), True)
