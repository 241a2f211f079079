"""Speech in units of some seconds, cut where nobody speaks: each is asked for its language by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from soundstage.domain.timing import Span, merge
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.transcription.listening_plan import quietest

LONGEST_MS = 8_000  # of a unit: by then a language is known, and the encoder's work grows faster than its window
_SHORTEST_CUT_MS = 3_000  # a long stretch is not cut before
_BRIDGED_MS = 150  # a breath inside a sentence; detectors add to both sides of what they find


def spoken_units(track: AnalysisTrack, speech: Iterable[Span]) -> tuple[Span, ...]:
    """Units of at most 8 s, in order, that hold all of `speech`; a longer stretch is cut where it is quietest."""
    inside = [
        Span(start_ms=span.start_ms, end_ms=min(span.end_ms, track.duration_ms))
        for span in speech
        if span.start_ms < track.duration_ms
    ]
    return tuple(unit for span in merge(inside, gap_ms=_BRIDGED_MS) for unit in _cut(track, span))


def _cut(track: AnalysisTrack, span: Span) -> Iterator[Span]:
    start = span.start_ms
    while span.end_ms - start > LONGEST_MS:
        latest = min(start + LONGEST_MS, span.end_ms - _SHORTEST_CUT_MS)
        end = min(max(quietest(track, start + _SHORTEST_CUT_MS, latest), start + 1), latest)
        yield Span(start_ms=start, end_ms=end)
        start = end
    yield Span(start_ms=start, end_ms=span.end_ms)
