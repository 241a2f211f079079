"""The words of a transcript in one line: each with what is written before it, times running forwards."""

from __future__ import annotations

from dataclasses import dataclass, replace

from soundstage.domain.sentences import between
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word


@dataclass(frozen=True)
class Placed:
    """A word on its way into a segment. `glue` is written before it, unless it opens a segment. `language`: an ISO 639
    code, None for the transcript's own."""

    word: Word
    glue: str
    opens_passage: bool
    speaker_id: str | None = None
    language: str | None = None

    def gap_ms(self, before: Placed) -> int:
        """The silence after the word `before`."""
        return self.word.span.start_ms - before.word.span.end_ms


def placed(transcript: Transcript) -> tuple[Placed, ...]:
    """Every word, in order. Times are moved, where they must be, to run forwards without overlap."""
    words: list[Placed] = []
    for passage in transcript.passages:
        for number, (word, known) in enumerate(_glued(passage)):
            start, glue = word.span.start_ms, known or ""
            if words:
                last = words[-1]
                previous = last.word
                if start > previous.span.start_ms:
                    previous = _timed(previous, previous.span.start_ms, min(previous.span.end_ms, start))
                    words[-1] = replace(last, word=previous)
                start = max(start, previous.span.end_ms)
                glue = between(previous.text, word.text) if known is None else known
            timed = _timed(word, start, max(word.span.end_ms, start + 1))
            words.append(Placed(timed, glue, number == 0, language=passage.language))
    return tuple(words)


def _timed(word: Word, start_ms: int, end_ms: int) -> Word:
    span = Span(start_ms=start_ms, end_ms=end_ms)
    return word if span == word.span else word.model_copy(update={"span": span})


def _glued(passage: Passage) -> list[tuple[Word, str | None]]:
    """A passage's words, each with the white space that the passage's own text has before it (None: not known)."""
    glued: list[tuple[Word, str | None]] = []
    position = 0
    for word in passage.words or _timed_evenly(passage):
        found = passage.text.find(word.text, position)
        space = passage.text[position:found]
        known = found >= 0 and bool(glued) and not space.strip()
        glued.append((word, (" " if space else "") if known else None))
        if found >= 0:
            position = found + len(word.text)
    return glued


def _timed_evenly(passage: Passage) -> tuple[Word, ...]:
    """Words of a passage whose engine gave no word times: its span, shared out by length."""
    texts = passage.text.split()
    total = sum(map(len, texts))
    words: list[Word] = []
    start, seen = passage.span.start_ms, 0
    for text in texts:
        seen += len(text)
        end = max(start + 1, passage.span.start_ms + passage.span.duration_ms * seen // total)
        words.append(Word(text=text, span=Span(start_ms=start, end_ms=end), confidence=passage.confidence))
        start = end
    return tuple(words)
