"""The review queue: doubtful lines with what one needs to judge them."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

from pydantic import Field

from soundstage.api.schemas.fields import Reply
from soundstage.domain.project import ProjectDocument
from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.segment import Segment


class DoubtReply(Reply):
    reason: DoubtReason
    sentence: str = Field(description="What is doubtful, for a person.")
    weight: Annotated[float, Field(ge=0, le=1)]
    measured: float | None = Field(description="The figure that crossed `limit`; what it is depends on the reason.")
    limit: float | None
    language: str | None = Field(description="The translation it is about; null for the source.")
    words: list[str] = Field(description="The words in doubt.")

    @classmethod
    def of(cls, doubt: Doubt) -> DoubtReply:
        return cls(**doubt.model_dump(exclude={"words"}), words=list(doubt.words))


class ReviewItem(Reply):
    segment_id: str
    start_ms: int
    end_ms: int
    speaker: str | None = Field(description="The speaker's name.")
    text: str
    translations: dict[str, str]
    weight: float = Field(ge=0, le=1, description="How much it matters; the list begins with the highest.")
    doubts: list[DoubtReply]

    @classmethod
    def of(cls, line: ReviewLine, segment: Segment, names: dict[str, str]) -> ReviewItem:
        return cls(
            segment_id=line.segment_id,
            start_ms=segment.span.start_ms,
            end_ms=segment.span.end_ms,
            speaker=names.get(segment.speaker_id or ""),
            text=segment.text,
            translations=segment.translations,
            weight=line.weight,
            doubts=[DoubtReply.of(doubt) for doubt in line.doubts],
        )


class ReviewReply(Reply):
    segments: int = Field(description="Lines of the project, doubtful or not.")
    reasons: dict[DoubtReason, int] = Field(description="Doubtful lines by reason.")
    items: list[ReviewItem]

    @classmethod
    def of(cls, document: ProjectDocument) -> ReviewReply:
        names = {speaker.speaker_id: speaker.name for speaker in document.speakers}
        segments = {segment.segment_id: segment for segment in document.segments}
        lines = [line for line in document.review if line.segment_id in segments]
        reasons = Counter(reason for line in lines for reason in {doubt.reason for doubt in line.doubts})
        return cls(
            segments=len(segments),
            reasons={reason: reasons[reason] for reason in DoubtReason if reasons[reason]},
            items=[ReviewItem.of(line, segments[line.segment_id], names) for line in lines],
        )
