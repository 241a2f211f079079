"""CSV (RFC 4180) for spreadsheets: a row for each segment."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

from soundstage.domain.project import ProjectDocument
from soundstage.media.exports.material import Material
from soundstage.media.subtitles.cues import clock_time

_BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else
# What spreadsheets take for a formula (OWASP, "CSV injection"), also behind the apostrophes that we put before it.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def table(material: Material) -> str:
    """Times as clock and in ms, speaker, the source's text, then a column for each target that has lines.

    Where lines are in several languages, a column before the source's text tells which (ISO 639).
    With a language only that target's column. The last column says why a line is worth a second look.

    A cell that a spreadsheet would run as a formula has an apostrophe before it: drop one from cells that begin with
    apostrophes and `=`, `+`, `-` or `@`, and the text is as it was.
    """
    document = material.document
    done = {tag for segment in document.segments for tag in segment.translations}
    targets = [material.language] if material.language else [tag for tag in document.target_languages if tag in done]
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    several = any(segment.language for segment in document.segments)
    heading = ["segment", "start", "end", "start_ms", "end_ms", "speaker", *(["language"] if several else []), "source"]
    writer.writerow([*heading, *targets, "review"])
    own = (document.source_language or document.detected_language or "").split("-")[0]
    doubts = _doubts(document, targets)
    for segment in material.segments:
        span = segment.span
        texts = [segment.text, *(segment.translations.get(tag, "") for tag in targets)]
        cells = [segment.segment_id, clock_time(span.start_ms), clock_time(span.end_ms), span.start_ms, span.end_ms]
        speaker = material.speaker(segment) or ""
        review = doubts.get(segment.segment_id, "")
        language = [segment.language or own] if several else []
        writer.writerow([*cells, *map(guarded, (speaker, *language, *texts, review))])
    return _BYTE_ORDER_MARK + written.getvalue()


def _doubts(document: ProjectDocument, targets: Sequence[str]) -> dict[str, str]:
    """By segment what is doubtful about its source and about the translations that have a column."""
    shown = {None, *targets}
    return {
        line.segment_id: " ".join(doubt.sentence for doubt in line.doubts if doubt.language in shown)
        for line in document.review
    }


def guarded(cell: str) -> str:
    """The text so that no spreadsheet runs it."""
    cell = _CONTROLS.sub(" ", cell)
    return f"'{cell}" if _FORMULA.match(cell) else cell
