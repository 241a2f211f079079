"""Segment: from the transcript's document to the segments' document."""

from __future__ import annotations

from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.brought_speech import PassageNames
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.segment import SegmentList, segment
from soundstage.pipelines.stages.transcribe import Transcribed


def transcribed(context, transcript) -> Transcribed:
    return Transcribed(transcript=put_document(context, transcript, "transcript.json"), language=transcript.language)


def test_sentences_become_segments(make_context, transcript) -> None:
    context = make_context()
    heard = transcript("We came here last night. Nobody was at home then.", "So we went away again.")
    outcome = segment(context, transcribed(context, heard), Diarized())
    segments = open_document(context, outcome.output.segments, SegmentList).segments
    assert [one.text for one in segments] == [
        "We came here last night.",
        "Nobody was at home then.",
        "So we went away again.",
    ]
    assert outcome.output.count == 3
    assert outcome.summary == ("Cut 15 words into 3 segments, 1.4 s long on average and 1.4 s at most; none doubtful.")


def test_doubtful_lines_are_named(make_context, transcript) -> None:
    context = make_context()
    outcome = segment(context, transcribed(context, transcript("We came here.", confidence=0.4)), Diarized())
    assert (outcome.findings.doubtful, outcome.findings.doubtful_ids) == (1, ("s0001",))


def test_speakers_part_segments(make_context, transcript) -> None:
    context = make_context()
    turns = tuple(
        Turn(speaker_id=name, span=Span(start_ms=start, end_ms=start + 1450))
        for name, start in (("a", 500), ("b", 1950))
    )
    document = put_document(context, Diarization(speakers=(), turns=turns), "diarization.json")
    heard = transcript("one two three four five six seven eight nine ten")
    outcome = segment(context, transcribed(context, heard), Diarized(diarization=document))
    segments = open_document(context, outcome.output.segments, SegmentList).segments
    assert [one.speaker_id for one in segments] == ["a", "b"]
    assert "into 2 segments of 2 speakers" in outcome.summary


def test_lines_under_which_others_speak_are_counted(make_context, transcript) -> None:
    context = make_context()
    turns = tuple(
        Turn(speaker_id=name, span=Span(start_ms=start, end_ms=end))
        for name, start, end in (("a", 500, 3500), ("b", 900, 1600))
    )
    document = put_document(context, Diarization(speakers=(), turns=turns), "diarization.json")
    heard = transcript("one two three four five six seven eight nine ten")
    outcome = segment(context, transcribed(context, heard), Diarized(diarization=document))
    assert outcome.findings.overlapped == 1
    assert outcome.summary.endswith("none doubtful, 1 under which somebody else speaks.")


def test_no_words_give_no_segments(make_context) -> None:
    context = make_context()
    outcome = segment(context, Transcribed(), Diarized())
    assert not outcome.skipped
    assert outcome.output.count == 0
    assert outcome.summary == "No words, so no segments."


def test_names_that_the_text_gives_win_over_the_voices_that_were_heard(make_context, transcript) -> None:
    context = make_context()
    heard = transcript("We came here.", "So did I.")
    turn = Turn(speaker_id="a", span=Span(start_ms=0, end_ms=9000))
    document = put_document(context, Diarization(speakers=(), turns=(turn,)), "diarization.json")
    named = transcribed(context, heard).model_copy(
        update={"names": put_document(context, PassageNames(names=("Anna", "Bob")), "names.json")}
    )
    outcome = segment(context, named, Diarized(diarization=document))
    kept = open_document(context, outcome.output.segments, SegmentList)
    assert [one.speaker_id for one in kept.segments] == ["speaker-1", "speaker-2"]
    assert [(one.speaker_id, one.name) for one in kept.speakers] == [("speaker-1", "Anna"), ("speaker-2", "Bob")]
