"""What looks wrong with translated lines by themselves and beside one another, whichever engine made them.

Lengths are compared as the time they take to say, which is about the same in every language for the same content, so
that scripts do not matter; what a pair of languages and a translator are used to is learnt from the lines together.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from soundstage.domain.translation import LineDoubt
from soundstage.pipelines.fit import spoken_ms

_OFF = 2.2  # times as long, or as short, as expected
_OFF_MS = 1_200  # and by so much: short lines vary widely
_NEIGHBOUR_OFF = 1.5  # times: of a line that may have swallowed another
_NEIGHBOUR_OFF_MS = 700
_TOGETHER = 1.6  # times: two lines as one are about as long as expected
_USUAL_LINES = 5  # as many lines of the expected length stand beside what was measured
_USUAL_RATIO = (0.6, 1.7)
_SAME_LETTERS = 12  # shorter texts ("Okay", "Paris") may well be the same in two languages, or come back twice
_LOOPS = 4  # times in a row
_LOOP_UNITS = 8  # words or signs in what is said again


@dataclass(frozen=True)
class _Text:
    """`ms`: how long it takes to say. `loops`: see `_loops`."""

    plain: str
    ms: int
    loops: int

    @property
    def telling(self) -> bool:
        return len(self.plain.replace(" ", "")) >= _SAME_LETTERS


class Doubts:
    """`sources`: the lines in the language `source`; `of` judges their translations into `target` (ISO 639-1 codes)."""

    def __init__(self, sources: Sequence[str], source: str, target: str) -> None:
        self._sources = [_read(text, source) for text in sources]
        self._target = target
        self._known: dict[str, _Text] = {}

    def of(self, texts: Sequence[str]) -> list[tuple[LineDoubt, ...]]:
        """For each line what is doubtful about it; `()` for most. A line whose source is empty never is."""
        lines = [self._line(text) for text in texts]
        expected = self._expected(lines)
        found = [_alone(own, line, ms) for own, line, ms in zip(self._sources, lines, expected, strict=True)]
        for i in self._merged(lines, expected, found):
            found[i] = (found[i] - {LineDoubt.SHORT, LineDoubt.LONG}) | {LineDoubt.MERGED}
        for i in self._repeated(lines):
            found[i].add(LineDoubt.REPEATED)
        return [tuple(sorted(doubts, key=list(LineDoubt).index)) for doubts in found]

    def _line(self, text: str) -> _Text:
        if text not in self._known:
            self._known[text] = _read(text, self._target)
        return self._known[text]

    def _expected(self, lines: Sequence[_Text]) -> list[float]:
        """How many ms each line should take."""
        ratios = [line.ms / own.ms for own, line in zip(self._sources, lines, strict=True) if own.ms and line.ms]
        usual = median([*ratios, *[1.0] * _USUAL_LINES])
        usual = min(_USUAL_RATIO[1], max(_USUAL_RATIO[0], usual))
        return [usual * own.ms for own in self._sources]

    def _merged(self, lines: Sequence[_Text], expected: Sequence[float], found: list[set[LineDoubt]]) -> set[int]:
        """Both of two neighbours of which the one seems to hold what belongs to the other."""
        merged: set[int] = set()
        for i, doubts in enumerate(found):
            if not doubts & {LineDoubt.SHORT, LineDoubt.EMPTY}:
                continue
            for j in (i - 1, i + 1):
                if not 0 <= j < len(found) or not self._sources[j].plain:
                    continue
                swollen = lines[j].ms > _NEIGHBOUR_OFF * expected[j] and lines[j].ms - expected[j] > _NEIGHBOUR_OFF_MS
                together = (lines[i].ms + lines[j].ms) / (expected[i] + expected[j] or 1)
                if swollen and 1 / _TOGETHER <= together <= _TOGETHER:
                    merged |= {i, j}
        return merged

    def _repeated(self, lines: Sequence[_Text]) -> set[int]:
        """Lines of the same words whose sources differ."""
        places: dict[str, list[int]] = {}
        for i, line in enumerate(lines):
            if self._sources[i].plain and line.telling:
                places.setdefault(line.plain, []).append(i)
        return {i for same in places.values() if len({self._sources[i].plain for i in same}) > 1 for i in same}


def _read(text: str, language: str) -> _Text:
    plain = _plain(text)
    return _Text(plain, spoken_ms(text, language), _loops(plain))


def _alone(source: _Text, line: _Text, expected: float) -> set[LineDoubt]:
    if not source.plain:
        return set()
    if not line.plain:
        return {LineDoubt.EMPTY}
    found = set()
    if line.plain == source.plain and line.telling:
        found.add(LineDoubt.UNCHANGED)
    if line.ms > _OFF * expected and line.ms - expected > _OFF_MS:
        found.add(LineDoubt.LONG)
    if expected > _OFF * line.ms and expected - line.ms > _OFF_MS:
        found.add(LineDoubt.SHORT)
    if line.loops > source.loops:
        found.add(LineDoubt.LOOP)
    return found


def _plain(text: str) -> str:
    """Letters and figures only, words parted by one space, without letter case."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[^\W_]+", folded))


def _loops(text: str) -> int:
    """How often something of up to eight words (or, of a text without spaces, signs) comes again right after itself.

    0 below four times; "no no no no" is three times again.
    """
    units: Sequence[str] = text.split()
    if len(units) < _LOOPS:
        units = text.replace(" ", "")
    most = 0
    for size in range(1, min(_LOOP_UNITS, len(units) // _LOOPS) + 1):
        run = 0
        for i in range(size, len(units)):
            run = run + 1 if units[i] == units[i - size] else 0
            most = max(most, run // size)
    return most if most >= _LOOPS - 1 else 0
