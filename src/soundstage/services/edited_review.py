"""What is known of lines that still stands after an edit: whoever has changed a line has looked at it."""

from __future__ import annotations

from typing import Any

from soundstage.domain.project import ProjectDocument
from soundstage.domain.review import Doubt, ReviewLine, joined_weight
from soundstage.domain.segment import Segment
from soundstage.domain.translation import TranslationCheck


def with_checks(before: ProjectDocument, edited: ProjectDocument) -> ProjectDocument:
    """The edited document with the checks of those translations that are as they were made, and no others."""
    lines = {one.segment_id: one for one in before.segments}
    checked = tuple(
        one.model_copy(update={"translation_checks": _standing(lines.get(one.segment_id), one)})
        for one in edited.segments
    )
    return edited.model_copy(update={"segments": checked})


def _standing(before: Segment | None, now: Segment) -> dict[str, TranslationCheck]:
    if before is None:
        return {}
    return {
        tag: check
        for tag, check in before.translation_checks.items()
        if before.translations.get(tag) == now.translations.get(tag)
    }


def still_doubtful(before: ProjectDocument, edited: ProjectDocument) -> tuple[ReviewLine, ...]:
    """The doubts about what was not changed, the gravest line first; a line that was taken out has none."""
    lines = {one.segment_id: one for one in before.segments}
    now = {one.segment_id: one for one in edited.segments}
    kept = []
    for review in before.review:
        line, changed = lines.get(review.segment_id), now.get(review.segment_id)
        if line is None or changed is None:
            continue
        doubts = tuple(doubt for doubt in review.doubts if not _looked_at(doubt, line, changed))
        if doubts:
            kept.append(ReviewLine(segment_id=review.segment_id, weight=joined_weight(doubts), doubts=doubts))
    return tuple(sorted(kept, key=lambda one: -one.weight))


def _looked_at(doubt: Doubt, before: Segment, now: Segment) -> bool:
    """A doubt about a translation ends with that translation's change, one about the source with the line's."""
    if doubt.language is not None:
        return before.translations.get(doubt.language) != now.translations.get(doubt.language)
    bare: dict[str, Any] = {"translations": {}, "translation_checks": {}}
    return before.model_copy(update=bare) != now.model_copy(update=bare)
