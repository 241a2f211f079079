"""Which parts of a track whisper hears, in which pieces, and where a moment of a piece lies on the track.

Whisper hears 30 s at a time, and each hearing costs the same whether it is full of speech or of silence. So long
silences are left out and what remains is laid end to end. Short silences stay: without them whisper drops lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from soundstage.domain.timing import Span, merge
from soundstage.engines.analysis_track import SAMPLES_PER_MS, AnalysisTrack

PAD_MS = 400  # heard before and after a span, for consonants that the detector missed
GAP_MS = 2_000  # silences shorter than this stay in
# Pieces are heard side by side, one thread each, and each ends in a window of half a minute that is not full. One below
# 40 s, for two would be as many windows again; then two, for a window or two more (2 to 20 % of the CPU, on talk of one
# to two minutes) and half the time; from four minutes on four, or eight …: two threads or four then have the same to
# do, whatever the length, which three pieces or five do not give them. Never so long that memory grows with the track.
_ALONE_MS, _TWO_MS, _LONGEST_MS = 40_000, 240_000, 150_000
_CUT_ZONE_MS = 10_000  # how far from where it would be even a cut may lie, a sixth of the piece at most …
_CUT_STEP_MS = 100  # … at a join of two spans, or else where it is quietest over 100 ms
PIECE_MS = _LONGEST_MS + 2 * _CUT_ZONE_MS  # the longest piece there can be: 11 MB of samples
_SILENT_PEAK = 3e-4  # −70 dBFS: nobody speaks there


@dataclass(frozen=True)
class Piece:
    """Spans of the track, laid end to end; PIECE_MS together at most."""

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

    def spans_between(self, start_ms: int, end_ms: int) -> Iterator[Span]:
        """What of the track lies in `[start_ms, end_ms)` of the piece."""
        before = 0
        for span in self.spans:
            start, end = max(start_ms - before, 0), min(end_ms - before, span.duration_ms)
            if start < end:
                yield Span(start_ms=span.start_ms + start, end_ms=span.start_ms + end)
            before += span.duration_ms


def plan(
    track: AnalysisTrack, speech: tuple[Span, ...] | None, within: Sequence[Span] | None = None
) -> tuple[Piece, ...]:
    """Pieces of about the same length, in order, that hold all speech, or everything when `speech` is None.

    They depend on the track and the speech alone, so that every machine hears the same. within: spans of the track that
    they keep to, in order; what lies beside these is another language.
    """
    spans = _heard(track, speech)
    if within is not None:
        spans = tuple(part for one in within for part in _heard(track, _clipped(speech, one), one))
    total = sum(span.duration_ms for span in spans)
    count = 1 if total < _ALONE_MS else 2 if total < _TWO_MS else 4 * -(-total // (4 * _LONGEST_MS))
    pieces, rest = [], spans
    for left in range(count, 1, -1):
        first, rest = _parted(track, rest, sum(span.duration_ms for span in rest) // left)
        pieces.append(Piece(first))
    return (*pieces, Piece(rest)) if rest else tuple(pieces)


def silent(track: AnalysisTrack, piece: Piece) -> bool:
    return all(_peak(track, span) < _SILENT_PEAK for span in piece.spans)


def _peak(track: AnalysisTrack, span: Span) -> float:
    samples = track.read(span.start_ms, span.end_ms)
    return float(abs(samples).max()) if len(samples) else 0.0


def _heard(track: AnalysisTrack, speech: tuple[Span, ...] | None, within: Span | None = None) -> tuple[Span, ...]:
    first, end = (within.start_ms, within.end_ms) if within else (0, track.duration_ms)
    if speech is None:
        return (Span(start_ms=first, end_ms=end),) if end else ()
    padded = [
        Span(start_ms=max(first, span.start_ms - PAD_MS), end_ms=min(end, span.end_ms + PAD_MS))
        for span in speech
        if span.start_ms < end
    ]
    return merge(padded, gap_ms=GAP_MS)


def _clipped(speech: tuple[Span, ...] | None, within: Span) -> tuple[Span, ...] | None:
    if speech is None:
        return None
    return tuple(
        Span(start_ms=max(one.start_ms, within.start_ms), end_ms=min(one.end_ms, within.end_ms))
        for one in speech
        if one.overlaps(within)
    )


def _parted(track: AnalysisTrack, spans: tuple[Span, ...], at_ms: int) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """The first about `at_ms` of the spans, and the rest: parted at a join close by, or where it is quietest there."""
    zone_ms = min(_CUT_ZONE_MS, at_ms // 6)
    joins = list(accumulate((span.duration_ms for span in spans), initial=0))
    nearest = min(range(1, len(joins) - 1), key=lambda i: abs(joins[i] - at_ms), default=0)
    if nearest and abs(joins[nearest] - at_ms) <= zone_ms:
        return spans[:nearest], spans[nearest:]
    index = bisect_right(joins, at_ms) - 1
    span, middle = spans[index], spans[index].start_ms + at_ms - joins[index]
    zone = max(span.start_ms, middle - zone_ms), min(span.end_ms, middle + zone_ms)
    cut = quietest(track, *zone)
    return (
        (*spans[:index], Span(start_ms=span.start_ms, end_ms=cut)),
        (Span(start_ms=cut, end_ms=span.end_ms), *spans[index + 1 :]),
    )


def quietest(track: AnalysisTrack, start_ms: int, end_ms: int) -> int:
    """The middle of the quietest step of `[start_ms, end_ms)`."""
    samples = track.read(start_ms, end_ms)
    step = _CUT_STEP_MS * SAMPLES_PER_MS
    power = (samples[: len(samples) // step * step].reshape(-1, step) ** 2).mean(axis=1)
    return start_ms + int(power.argmin()) * _CUT_STEP_MS + _CUT_STEP_MS // 2
