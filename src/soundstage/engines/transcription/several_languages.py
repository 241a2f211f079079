"""What is to be heard in which language: doubts about the language while listening, and the work that follows."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property

from soundstage.domain.timing import Span, merge
from soundstage.domain.transcript import Passage, Stretch
from soundstage.engines.analysis_track import AnalysisTrack
from soundstage.engines.transcription.listening_plan import Piece, plan
from soundstage.engines.transcription.passage_languages import bounds
from soundstage.engines.transcription.passages import outside
from soundstage.engines.transcription.spoken_units import spoken_units
from soundstage.engines.transcription.whisper_model import SLICES, WINDOW_SECONDS, Notice

# Of a quarter of a window: on English recordings, clean and far-off, two in a hundred are below; of those with some
# seconds of another language in them, all were.
_IN_DOUBT = 0.6
_SLICE_MS = WINDOW_SECONDS * 1000 // SLICES


class Doubts:
    """Where it sounded as if `language` were not spoken. Thread-safe: lists grow whole."""

    def __init__(self, language: str) -> None:
        self._language = language
        self._found: list[Span] = []

    @property
    def spans(self) -> tuple[Span, ...]:
        return merge(self._found)

    def notice(self, piece: Piece) -> Notice:
        """What is told of the windows of a piece."""

        def noticed(seconds: float, slices: Sequence[dict[str, float]]) -> None:
            for number, likely in enumerate(slices):
                if likely.get(self._language, 0.0) < _IN_DOUBT:
                    start = round(seconds * 1000) + number * _SLICE_MS
                    self._found.extend(piece.spans_between(start, start + _SLICE_MS))

        return noticed


class Speech:
    """The speech of a track in units; `spoken`: where it is, None where nobody looked for it. `pieces`: all is in."""

    def __init__(self, track: AnalysisTrack, pieces: Sequence[Piece], spoken: tuple[Span, ...] | None) -> None:
        self.track = track
        self._pieces = pieces
        self._spoken = spoken

    @cached_property
    def units(self) -> tuple[Span, ...]:
        heard = [span for piece in self._pieces for span in piece.spans]
        return spoken_units(self.track, heard if self._spoken is None else self._spoken)

    def units_in(self, spans: Sequence[Span]) -> frozenset[Span]:
        """Those that overlap one of the spans."""
        return (
            frozenset(unit for unit in self.units if any(unit.overlaps(one) for one in spans)) if spans else frozenset()
        )

    def left(
        self, stretches: Sequence[Stretch], passages: Sequence[Passage], heard_in: str | None
    ) -> tuple[tuple[Passage, ...], list[tuple[Piece, str]]]:
        """Of the passages those that stay, and which pieces are to be heard in which language beside them.

        heard_in: the language in which everything was heard, None where nothing was. A piece in which another one is
        spoken is heard anew as a whole: what whisper makes of another language spreads to the words beside it.
        """
        places = bounds(stretches, self.track.duration_ms)
        others = [place for place, one in zip(places, stretches, strict=True) if one.language != heard_in]
        anew = merge(
            [span for piece in self._pieces if _any_overlap(piece.spans, others) for span in piece.spans], gap_ms=0
        )
        work: list[tuple[Piece, str]] = []
        for language in dict.fromkeys(one.language for one in stretches):
            own = [place for place, one in zip(places, stretches, strict=True) if one.language == language]
            within = [part for place in own for part in _parts(place, anew)]
            if within:
                work += [(piece, language) for piece in plan(self.track, self._spoken, within)]
        return tuple(outside(passages, anew)), work


class Course:
    """The language at any place of a track: of its stretch, else `language`."""

    def __init__(self, language: str, stretches: Sequence[Stretch], end_ms: int) -> None:
        self._language = language
        self._stretches = stretches
        self._starts = [place.start_ms for place in bounds(stretches, end_ms)] if stretches else []

    def at(self, span: Span) -> str:
        if not self._stretches:
            return self._language
        middle = (span.start_ms + span.end_ms) // 2
        return self._stretches[max(0, bisect_right(self._starts, middle) - 1)].language


def _any_overlap(spans: Sequence[Span], others: Sequence[Span]) -> bool:
    return any(one.overlaps(other) for one in spans for other in others)


def _parts(span: Span, of: Sequence[Span]) -> list[Span]:
    """The parts of a span that lie in `of`, which are disjoint and in order."""
    return [
        Span(start_ms=max(span.start_ms, one.start_ms), end_ms=min(span.end_ms, one.end_ms))
        for one in of
        if one.overlaps(span)
    ]
