"""Lines as they are spoken become cues as they are read: 42 cells a row, two rows, broken where a reader would pause.

A line too long for one cue becomes several, which share its time without gaps: by the times of its words where it has
them, else by how much is to be read. The numbers are those of broadcasters' timed-text guides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from soundstage.domain.timing import Span
from soundstage.media.subtitles.cues import Cue, SubtitleLine
from soundstage.media.subtitles.tokens import Token, cells, tokens

ROW_CELLS = 42
ROWS = 2
_CUE_COST = 1000.0  # above all, as few cues as can be
_SENTENCE_ENDS = tuple(".!?…。！？؟۔।")
_CLAUSE_ENDS = tuple(",;:，、；：،؛–—")
_CLOSING = "\"'”’»)]}」』）"


def cues_of(lines: Iterable[SubtitleLine]) -> tuple[Cue, ...]:
    """Cues in order of time. Lines without text have none; lines that overlap in time stay apart and overlap still."""
    ordered = sorted(lines, key=lambda line: (line.span.start_ms, line.span.end_ms))
    return tuple(cue for line in ordered for cue in _cues(line))


def _cues(line: SubtitleLine) -> list[Cue]:
    given = line.rows
    if not given:
        return []
    if len(given) <= ROWS and all(cells(row) <= ROW_CELLS for row in given):
        return [_cue(line, line.span, given)]  # as its author broke it
    text = _Text(tokens(" ".join(given), ROW_CELLS))
    cuts = text.cuts()
    if len(cuts) - 1 > line.span.duration_ms:  # not a millisecond each
        rows = tuple(row for start, end in pairwise(cuts) for row in text.rows(start, end))
        return [_cue(line, line.span, rows)]
    times = _times(line, text, cuts)
    return [
        _cue(line, Span(start_ms=times[n], end_ms=times[n + 1]), text.rows(start, cuts[n + 1]))
        for n, start in enumerate(cuts[:-1])
    ]


def _cue(line: SubtitleLine, span: Span, rows: tuple[str, ...]) -> Cue:
    return Cue(span=span, rows=rows, speaker=line.speaker, language=line.language)


class _Text:
    """A text's tokens, with sums that make the width of any stretch of them one subtraction.

    `pauses`: how much a break before each token hurts.
    """

    def __init__(self, found: Sequence[Token]) -> None:
        self.tokens = found
        self.cells_before = [0]  # with the spaces between
        self.words_before = [0]
        for token in found:
            self.cells_before.append(self.cells_before[-1] + token.cells + (not token.glued))
            self.words_before.append(self.words_before[-1] + (not token.glued))
        self.pauses = [0.0, *(_pause_cost(before, token) for before, token in pairwise(found)), 0.0]

    def width(self, start: int, end: int) -> int:
        return self.cells_before[end] - self.cells_before[start] - (not self.tokens[start].glued)

    def cuts(self) -> list[int]:
        """Where cues begin and, last, where the text ends: the cheapest way through it."""
        count = len(self.tokens)
        row_ends = self._row_ends()
        best = [0.0] + [float("inf")] * count
        came_from = [0] * (count + 1)
        for start in range(count):
            reach = row_ends[start]
            for _ in range(ROWS - 1):
                reach = row_ends[reach]
            for end in range(start + 1, reach + 1):
                cost = best[start] + self._cost(start, end)
                if cost < best[end]:
                    best[end], came_from[end] = cost, start
        cuts = [count]
        while cuts[-1]:
            cuts.append(came_from[cuts[-1]])
        return cuts[::-1]

    def rows(self, start: int, end: int) -> tuple[str, ...]:
        """One row, or two, parted at a pause unless that is far from the middle; the lower rather the longer."""
        if self.width(start, end) <= ROW_CELLS:
            return (self._joined(start, end),)
        middles = [
            middle
            for middle in range(start + 1, end)
            if self.width(start, middle) <= ROW_CELLS and self.width(middle, end) <= ROW_CELLS
        ]
        middle = min(middles, key=lambda one: self._row_cost(start, one, end))
        return (self._joined(start, middle), self._joined(middle, end))

    def _row_ends(self) -> list[int]:
        """For each token, the end of the longest row that begins with it."""
        count = len(self.tokens)
        ends = [count] * (count + 1)
        end = 0
        for start in range(count):
            while end < count and self.width(start, end + 1) <= ROW_CELLS:
                end += 1
            ends[start] = end
        return ends

    def _cost(self, start: int, end: int) -> float:
        unused = ROWS * ROW_CELLS - self.width(start, end)
        return _CUE_COST + unused**2 / ROW_CELLS + 2 * self.pauses[end]

    def _row_cost(self, start: int, middle: int, end: int) -> float:
        upper, lower = self.width(start, middle), self.width(middle, end)
        return abs(upper - lower) / 2 + (1.0 if upper > lower else 0.0) + self.pauses[middle]

    def _joined(self, start: int, end: int) -> str:
        first, *rest = self.tokens[start:end]
        return first.text + "".join(token.text if token.glued else f" {token.text}" for token in rest)


def _pause_cost(before: Token, token: Token) -> float:
    end = before.text.rstrip(_CLOSING)
    if end.endswith(_SENTENCE_ENDS):
        return 0.0
    if end.endswith(_CLAUSE_ENDS):
        return 12.0
    return 36.0 if token.glued else 30.0


def _times(line: SubtitleLine, text: _Text, cuts: Sequence[int]) -> list[int]:
    """When the cue before each cut ends and the next begins: rising, from the line's start to its end."""
    words = line.words if len(line.words) == text.words_before[-1] else ()
    start, end, count = line.span.start_ms, line.span.end_ms, len(cuts) - 1
    times = [start]
    for number in range(1, count):
        cut = cuts[number]
        if words and not text.tokens[cut].glued:
            wanted = words[text.words_before[cut]].span.start_ms
        else:
            wanted = start + round((end - start) * text.cells_before[cut] / text.cells_before[-1])
        times.append(max(times[-1] + 1, min(wanted, end - (count - number))))
    return [*times, end]
