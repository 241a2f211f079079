"""Speech as text: words and passages. Segments for dubbing are in `domain.segment`."""

from __future__ import annotations

from soundstage.domain.timing import Span
from soundstage.domain.value import Share, Value


class Word(Value):
    """A timed word as it is written, with surrounding punctuation but without spaces."""

    text: str
    span: Span
    confidence: Share


class Passage(Value):
    """A stretch of words as the transcriber grouped them, in order; `confidence` is the mean of its words."""

    text: str
    span: Span
    words: tuple[Word, ...]
    confidence: Share


class Transcript(Value):
    """Passages in order, the language as an ISO 639-1 code (`en`) with how sure the engine was."""

    language: str
    language_confidence: Share
    passages: tuple[Passage, ...]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for passage in self.passages for word in passage.words)
