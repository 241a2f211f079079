"""One language's lines from an engine, checked whichever engine it is: nothing lost, nothing doubtful unasked.

What comes back is judged line by line. A doubtful line is asked for again by itself; one that leaves a dictionary's
term out is asked for again with the term already in it. The second answer is taken only where it is better, and what
stays is told with the line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from soundstage.domain.language import code_of
from soundstage.domain.translation import LineDoubt, TermFault, TermViolation
from soundstage.engines.translation.contract import Translation, TranslationLine, TranslationOrder
from soundstage.errors import EngineFailure
from soundstage.pipelines.context import EngineHandle
from soundstage.pipelines.terms import violations, with_terms
from soundstage.pipelines.translation_doubts import Doubts

_MOST_ASKED_AGAIN = 200  # lines by themselves: where more are doubtful, asking again is not what helps
_TERM_LENGTH = (0.5, 2.0)  # times the first answer: outside, a term put into the line has broken it


@dataclass(frozen=True)
class Lines:
    """`texts[i]` translates line i. `terms` were to be kept; `asked_again`: lines that were asked for once more."""

    texts: tuple[str, ...]
    doubts: tuple[tuple[LineDoubt, ...], ...]
    violations: tuple[tuple[TermViolation, ...], ...]
    terms: int = 0
    asked_again: int = 0


class Translating:
    """`audio`: the analysis track, for engines that listen. An engine that only listens is not asked again: it would
    hear the same."""

    def __init__(self, engine: EngineHandle, order: TranslationOrder, audio: Path) -> None:
        self._engine = engine
        self._order = order
        self._audio = audio
        self._sources = [line.text for line in order.lines]
        self._doubts = Doubts(self._sources, code_of(order.source), code_of(order.target))
        self._asked_again: set[int] = set()

    def first(self) -> tuple[str, ...]:
        """Every line as the engine gives it. Raises EngineFailure where even a line by itself does not come back."""
        return self._ask(self._order.lines)

    def better(self, texts: tuple[str, ...]) -> Lines:
        """The lines judged, and the doubtful ones asked for again."""
        if not self._engine.spec.listens:
            texts = self._without_doubts(texts)
            texts = self._with_terms(texts)
        return Lines(
            texts=texts,
            doubts=tuple(self._doubts.of(texts)),
            violations=tuple(self._violations(i, text) for i, text in enumerate(texts)),
            terms=len(self._order.terms),
            asked_again=len(self._asked_again),
        )

    def _ask(self, lines: Sequence[TranslationLine]) -> tuple[str, ...]:
        order = self._order.model_copy(update={"lines": tuple(lines)})
        answer: Translation = self._engine.call("translate", order=order, audio=self._audio)
        if len(answer.texts) == len(lines):
            return tuple(" ".join(text.split()) for text in answer.texts)
        if len(lines) == 1:
            raise EngineFailure(
                f"The engine {self._engine.spec.name} gave {len(answer.texts)} lines for 1. "
                "Choose another translation engine, or report this to its maker."
            )
        return tuple(self._ask([line])[0] for line in lines)

    def _again(self, i: int, line: TranslationLine) -> str | None:
        """The line by itself; None where the engine cannot: what it gave before stands."""
        self._asked_again.add(i)
        try:
            return self._ask([line])[0]
        except EngineFailure:
            return None

    def _without_doubts(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        doubtful = [i for i, doubts in enumerate(self._doubts.of(texts)) if doubts]
        if len(doubtful) > _MOST_ASKED_AGAIN or len(texts) == 1:
            return texts
        for i in doubtful:
            again = self._again(i, self._order.lines[i])
            if again is None or again == texts[i]:
                continue
            changed = (*texts[:i], again, *texts[i + 1 :])
            if _badness(self._doubts.of(changed)) < _badness(self._doubts.of(texts)):
                texts = changed
        return texts

    def _with_terms(self, texts: tuple[str, ...]) -> tuple[str, ...]:
        broken = {i: found for i, text in enumerate(texts) if (found := self._violations(i, text))}
        lacking = [i for i, found in broken.items() if any(one.fault is not TermFault.OTHER_FORM for one in found)]
        for i in lacking[:_MOST_ASKED_AGAIN]:
            line = self._order.lines[i]
            again = self._again(i, line.model_copy(update={"text": with_terms(line.text, self._order.terms)}))
            if again is None or not self._keeps_more(i, texts, again, broken[i]):
                continue
            texts = (*texts[:i], again, *texts[i + 1 :])
        return texts

    def _keeps_more(self, i: int, texts: tuple[str, ...], again: str, before: tuple[TermViolation, ...]) -> bool:
        """Whether the line with its terms put in holds more of them and is as sound as it was."""
        shortest, longest = (share * len(texts[i]) for share in _TERM_LENGTH)
        if not shortest <= len(again) <= longest or again == self._sources[i]:
            return False
        changed = (*texts[:i], again, *texts[i + 1 :])
        sound = _badness(self._doubts.of(changed)) <= _badness(self._doubts.of(texts))
        return sound and len(self._violations(i, again)) < len(before)

    def _violations(self, i: int, text: str) -> tuple[TermViolation, ...]:
        return violations(self._sources[i], text, self._order.terms) if text and self._order.terms else ()


def _badness(doubts: Sequence[tuple[LineDoubt, ...]]) -> int:
    """Of two answers the one with less is taken. A lost line is worse than any that is there."""
    return sum(3 if doubt is LineDoubt.EMPTY else 1 for line in doubts for doubt in line)
