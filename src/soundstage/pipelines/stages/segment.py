"""Segment: the words as lines of a dub."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from statistics import fmean

from pydantic import Field

from soundstage.domain.artifact import Artifact
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Speaker
from soundstage.domain.transcript import Transcript
from soundstage.domain.value import Milliseconds, Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.brought_speech import PassageNames
from soundstage.pipelines.brought_text import UNDETERMINED
from soundstage.pipelines.context import StageContext
from soundstage.pipelines.documents import open_document, put_document
from soundstage.pipelines.named_speakers import NamedSpeakers, cut_into_lines
from soundstage.pipelines.stage import Outcome
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.wording import clock, counted

DOUBTFUL = 0.6  # a line below this mean confidence is worth a second look
_NAMED = 20


class SegmentList(Value):
    """The document between segment, translate and prepare. `speakers`: who they are where the text names them; None
    where those are meant that diarization found. `settled`: ids of the lines that a person has changed, which ended
    every doubt about their source."""

    segments: tuple[Segment, ...]
    speakers: tuple[Speaker, ...] | None = None
    settled: tuple[str, ...] = ()


class Segmented(Value):
    """`segments` is a document of `SegmentList`. `languages`: of lines that are not in the project's, by code."""

    segments: Artifact
    count: int
    languages: tuple[str, ...] = ()


class SegmentFindings(Value):
    """`doubtful` lines have a mean confidence below 0.6; `doubtful_ids` names the first twenty of them.

    `overlapped`: lines under which somebody else speaks too. `languages`: how many lines are in which, where they are
    several, by code.
    """

    segments: int
    words: int
    speakers: int
    mean_duration_ms: Milliseconds
    longest_duration_ms: Milliseconds
    longest_characters: int
    doubtful: int
    doubtful_ids: tuple[str, ...] = ()
    overlapped: int = 0
    languages: dict[str, int] = Field(default_factory=dict)


def other_languages(segments: Iterable[Segment]) -> tuple[str, ...]:
    """The languages of lines that are not in the project's own, in alphabetical order of their codes."""
    return tuple(sorted({one.language for one in segments if one.language is not None}))


def segment(context: StageContext, transcribed: Transcribed, diarized: Diarized) -> Outcome[Segmented]:
    found: tuple[Segment, ...] = ()
    named: NamedSpeakers | None = None
    if transcribed.transcript is not None:
        transcript = open_document(context, transcribed.transcript, Transcript)
        diarization = _diarization(context, diarized)
        if transcribed.names is not None:
            names = open_document(context, transcribed.names, PassageNames).names
            named = NamedSpeakers(transcript.passages, names, diarization)
        found = cut_into_lines(transcript, named, diarization.turns if diarization else ())
    findings = _findings(found, transcribed.language)
    return Outcome(
        output=Segmented(
            segments=put_document(
                context, SegmentList(segments=found, speakers=named.speakers() if named else None), "segments.json"
            ),
            count=len(found),
            languages=other_languages(found),
        ),
        findings=findings,
        summary=_summary(findings),
    )


def _diarization(context: StageContext, diarized: Diarized) -> Diarization | None:
    return None if diarized.diarization is None else open_document(context, diarized.diarization, Diarization)


def _findings(found: tuple[Segment, ...], language: str | None) -> SegmentFindings:
    spoken = Counter(one.language or language or UNDETERMINED for one in found)
    durations = [one.span.duration_ms for one in found]
    doubtful = [one.segment_id for one in found if one.confidence < DOUBTFUL]
    return SegmentFindings(
        segments=len(found),
        words=sum(len(one.words) for one in found),
        speakers=len({one.speaker_id for one in found if one.speaker_id is not None}),
        mean_duration_ms=round(fmean(durations)) if durations else 0,
        longest_duration_ms=max(durations, default=0),
        longest_characters=max((len(one.text) for one in found), default=0),
        doubtful=len(doubtful),
        doubtful_ids=tuple(doubtful[:_NAMED]),
        overlapped=sum(bool(one.overlaps) for one in found),
        languages=dict(spoken.most_common()) if len(spoken) > 1 else {},
    )


def _summary(findings: SegmentFindings) -> str:
    if not findings.segments:
        return "No words, so no segments."
    speakers = f" of {counted(findings.speakers, 'speaker')}" if findings.speakers else ""
    speakers += f" in {len(findings.languages)} languages" if findings.languages else ""
    return (
        f"Cut {counted(findings.words, 'word')} into {counted(findings.segments, 'segment')}{speakers}, "
        f"{clock(findings.mean_duration_ms)} long on average and {clock(findings.longest_duration_ms)} at most; "
        f"{findings.doubtful or 'none'} doubtful"
        + (f", {findings.overlapped} under which somebody else speaks." if findings.overlapped else ".")
    )
