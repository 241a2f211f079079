"""Spans of time on a track: integer milliseconds, half-open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import model_validator

from soundstage.domain.value import Milliseconds, Value


class Span(Value):
    """`[start_ms, end_ms)`, never empty and never backwards."""

    start_ms: Milliseconds
    end_ms: Milliseconds

    @model_validator(mode="after")
    def _forwards(self) -> Span:
        if self.end_ms <= self.start_ms:
            raise ValueError(f"a span must end after it starts: {self.start_ms}..{self.end_ms} ms")
        return self

    @property
    def duration_ms(self) -> int:
        return self.end_ms - self.start_ms

    def overlaps(self, other: Span) -> bool:
        return self.start_ms < other.end_ms and other.start_ms < self.end_ms


def total_ms(spans: Iterable[Span]) -> int:
    """Milliseconds covered by spans that do not overlap."""
    return sum(span.duration_ms for span in spans)


def merge(spans: Sequence[Span], *, gap_ms: int = 0) -> tuple[Span, ...]:
    """Join spans that overlap or lie at most `gap_ms` apart; the answer is sorted and disjoint."""
    merged: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.start_ms, s.end_ms)):
        if merged and span.start_ms - merged[-1].end_ms <= gap_ms:
            merged[-1] = Span(start_ms=merged[-1].start_ms, end_ms=max(merged[-1].end_ms, span.end_ms))
        else:
            merged.append(span)
    return tuple(merged)
