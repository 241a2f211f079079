"""Projects that came as a project file: what a set-up that goes on from one begins with.

Their stages were done elsewhere, and what these gave did not come along; but the document holds it in another form.
What it does not hold (the decoded audio for engines, where somebody speaks) the set-up makes again, of the media.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from soundstage.domain.artifact import Artifact
from soundstage.domain.language import find
from soundstage.domain.project import Original, ProjectDocument, ProjectProduct, TrackKind
from soundstage.domain.request import KeptStems, ProjectSetupRequest
from soundstage.domain.task import StageState, StageStatus
from soundstage.domain.transcript import Passage, Transcript
from soundstage.domain.value import Value
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.stage import Pipeline
from soundstage.pipelines.stages.diarize import Diarized
from soundstage.pipelines.stages.ingest import Ingested
from soundstage.pipelines.stages.segment import SegmentList
from soundstage.pipelines.stages.transcribe import Transcribed
from soundstage.pipelines.stages.translate import Translated
from soundstage.pipelines.wording import counted
from soundstage.services.carrying import (
    LINES,
    SPEAKERS,
    TRANSCRIPT,
    TRANSLATIONS,
    edited_stages,
    translated_lines,
    turns_now,
    untranslated,
)
from soundstage.storage.stage_results import StageResult

INGEST = "ingest"
HELD = (SPEAKERS, TRANSCRIPT, LINES, TRANSLATIONS)  # stages of which the document holds what they gave
_UNKNOWN = "und"  # ISO 639 for a language that nobody knows


@dataclass(frozen=True)
class Arrival:
    """A project as it came (`first`) and as it is now; `heard`: who was heard when, where that came along."""

    product: ProjectProduct
    first: ProjectDocument
    now: ProjectDocument
    heard: Diarization | None

    @property
    def named(self) -> bool:
        """Whether its speakers are those whom a text named, and not those who were heard."""
        heard = {one.speaker_id for one in self.heard.speakers} if self.heard else set()
        return bool(self.now.speakers) and not heard & {one.speaker_id for one in self.first.speakers}

    @property
    def code(self) -> str | None:
        """The language that is spoken, as an ISO 639 code."""
        known = find(self.now.source_language) if self.now.source_language else None
        return known.code if known else self.now.detected_language

    def edited(self, redone: Collection[str]) -> tuple[tuple[str, ...], bool]:
        """Stages that give what a person has edited here, and whether something edited is done over by another."""
        edited = edited_stages(self.first, self.now)
        cut_anew = LINES in redone and (self.named or SPEAKERS in edited)
        return tuple(sorted(edited - set(redone))), bool(edited & set(redone)) or cut_anew


def request_of(arrival: Arrival, original: Original, media_url: str | None) -> ProjectSetupRequest:
    """What was asked for where the project was set up, as far as it tells. media_url: where its media comes from."""
    now = arrival.now
    given = find(now.source_language) if now.source_language and now.detected_language is None else None
    stems = {track.kind: track.artifact for track in now.tracks}
    return ProjectSetupRequest(
        media_url=media_url or original.url or original.file_name,
        source_language=given.id if given else None,
        target_languages=arrival.product.target_languages,
        selected_audio_tracks=now.audio_tracks or None,
        original=original,
        stems=KeptStems(speech=stems.get(TrackKind.SPEECH), background=stems.get(TrackKind.BACKGROUND)),
    )


def results_of(
    arrival: Arrival, pipeline: Pipeline, redone: Collection[str], source: Artifact | None
) -> dict[str, StageResult]:
    """What the stages gave that are not done (again), but for the documents behind it (`documents_of`).

    source: the media, where it is here and not taken in anew.
    """
    now = arrival.now
    told: dict[str, tuple[Value | None, str]] = {
        SPEAKERS: (Diarized(), counted(len(now.speakers), "speaker")),
        TRANSCRIPT: (Transcribed(language=arrival.code), counted(len(now.segments), "passage")),
        LINES: (None, counted(len(now.segments), "line")),
        TRANSLATIONS: (Translated(), counted(len(translated_lines(now).targets), "language")),
    }
    if source is not None and now.original is not None:
        told[INGEST] = (Ingested(source=source, file_name=now.original.file_name), now.original.file_name)
    return {
        name: _result(pipeline, name, output, f"It came with the project file: {what}.", now.duration_ms / 1000)
        for name, (output, what) in told.items()
        if name not in redone
    }


def documents_of(arrival: Arrival, redone: Collection[str]) -> dict[str, Value]:
    """What stands behind those results, by stage, as the document has it now."""
    now, named = arrival.now, arrival.named
    documents: dict[str, Value] = {LINES: _lines(now, named=named)}
    if arrival.heard is not None:
        turns = turns_now(arrival.heard, arrival.first, now)
        documents[SPEAKERS] = arrival.heard if named else Diarization(speakers=now.speakers, turns=turns)
    if now.segments:
        documents[TRANSCRIPT] = _transcript(now, arrival.code)
    if (translated := translated_lines(now)).targets:
        documents[TRANSLATIONS] = translated
    return {stage: document for stage, document in documents.items() if stage not in redone}


def _lines(now: ProjectDocument, *, named: bool) -> SegmentList:
    """Lines that nothing is doubted of stay so: what a person has looked at elsewhere is not asked of them again."""
    doubtful = {line.segment_id for line in now.review}
    settled = tuple(one.segment_id for one in now.segments if one.segment_id not in doubtful)
    return SegmentList(segments=untranslated(now), speakers=now.speakers if named else None, settled=settled)


def _transcript(now: ProjectDocument, code: str | None) -> Transcript:
    """A passage a line: that is how the words are grouped in the document."""
    passages = tuple(
        Passage(text=one.text, span=one.span, words=one.words, confidence=one.confidence, language=one.language)
        for one in now.segments
    )
    return Transcript(language=code or _UNKNOWN, language_confidence=1.0, passages=passages)


def _result(pipeline: Pipeline, stage: str, output: Value | None, summary: str, seconds: float) -> StageResult:
    at = datetime.now(UTC)
    status = StageStatus(
        name=stage,
        title=pipeline.stage(stage).title,
        state=StageState.DONE,
        progress=1.0,
        started_at=at,
        finished_at=at,
        summary=summary,
    )
    return StageResult(stage, {} if output is None else output.model_dump(mode="json"), status, seconds)
