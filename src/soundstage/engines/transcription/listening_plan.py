"""Which parts of a track whisper hears, in which pieces, and where a moment of a piece lies on the track.

Whisper hears 30 s at a time, and each hearing costs the same whether it is full of speech or of silence. So long
silences are left out and what remains is laid end to end. Short silences stay: without them whisper drops lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate

from soundstage.domain.timing import Span, merge
from soundstage.engines.analysis_track import SAMPLES_PER_MS, AnalysisTrack

PAD_MS = 400  # heard before and after a span, for consonants that the detector missed
GAP_MS = 2_000  # silences shorter than this stay in
PIECE_MS = 300_000  # at most this much is in memory at once: 20 MB
_CUT_ZONE_MS = 20_000  # a piece that would be too long is cut at the quietest moment of its last 20 s …
_CUT_STEP_MS = 100  # … measured over 100 ms
_SILENT_PEAK = 3e-4  # −70 dBFS: nobody speaks there


@dataclass(frozen=True)
class Piece:
    """Spans of the track, laid end to end; at most PIECE_MS together."""

    spans: tuple[Span, ...]

    @property
    def duration_ms(self) -> int:
        return sum(span.duration_ms for span in self.spans)

    def locate(self, start: float, end: float) -> tuple[int, int]:
        """Milliseconds on the track for seconds of the piece, both in one span of it.

        Whisper lets words begin in the silence before them. One that lies across a join belongs to the span in which
        it covers most of what is not padding.
        """
        start_ms, end_ms = round(start * 1000), round(end * 1000)
        befores = list(accumulate((span.duration_ms for span in self.spans[:-1]), initial=0))
        first = max(0, bisect_right(befores, start_ms) - 1)
        last = max(first, bisect_right(befores, max(start_ms, end_ms - 1)) - 1)

        def covered(index: int) -> int:
            before, length = befores[index], self.spans[index].duration_ms
            pad = PAD_MS if length > 2 * PAD_MS else 0
            return min(end_ms, before + length - pad) - max(start_ms, before + pad)

        index = max(range(first, last + 1), key=covered)
        span, shift = self.spans[index], self.spans[index].start_ms - befores[index]
        return tuple(max(span.start_ms, min(span.end_ms, ms + shift)) for ms in (start_ms, end_ms))  # type: ignore[return-value]


def plan(track: AnalysisTrack, speech: tuple[Span, ...] | None) -> tuple[Piece, ...]:
    """Pieces in order that hold all speech, or everything when `speech` is None."""
    pieces: list[Piece] = []
    for span in _cut(track, _heard(track, speech)):
        room = PIECE_MS - pieces[-1].duration_ms if pieces else 0
        if span.duration_ms <= room:
            pieces[-1] = Piece((*pieces[-1].spans, span))
        else:
            pieces.append(Piece((span,)))
    return tuple(pieces)


def silent(track: AnalysisTrack, piece: Piece) -> bool:
    return all(_peak(track, span) < _SILENT_PEAK for span in piece.spans)


def _peak(track: AnalysisTrack, span: Span) -> float:
    samples = track.read(span.start_ms, span.end_ms)
    return float(abs(samples).max()) if len(samples) else 0.0


def _heard(track: AnalysisTrack, speech: tuple[Span, ...] | None) -> tuple[Span, ...]:
    end = track.duration_ms
    if speech is None:
        return (Span(start_ms=0, end_ms=end),) if end else ()
    padded = [
        Span(start_ms=max(0, span.start_ms - PAD_MS), end_ms=min(end, span.end_ms + PAD_MS))
        for span in speech
        if span.start_ms < end
    ]
    return merge(padded, gap_ms=GAP_MS)


def _cut(track: AnalysisTrack, spans: tuple[Span, ...]) -> Iterator[Span]:
    """The same time in spans of at most PIECE_MS, cut where it is quietest."""
    for span in spans:
        start = span.start_ms
        while span.end_ms - start > PIECE_MS:
            end = _quietest(track, start + PIECE_MS - _CUT_ZONE_MS, start + PIECE_MS)
            yield Span(start_ms=start, end_ms=end)
            start = end
        yield Span(start_ms=start, end_ms=span.end_ms)


def _quietest(track: AnalysisTrack, start_ms: int, end_ms: int) -> int:
    """The middle of the quietest step of `[start_ms, end_ms)`."""
    samples = track.read(start_ms, end_ms)
    step = _CUT_STEP_MS * SAMPLES_PER_MS
    power = (samples[: len(samples) // step * step].reshape(-1, step) ** 2).mean(axis=1)
    return start_ms + int(power.argmin()) * _CUT_STEP_MS + _CUT_STEP_MS // 2
