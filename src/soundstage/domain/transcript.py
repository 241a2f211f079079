"""Speech as text: words and passages. Segments for dubbing are in `domain.segment`."""

from __future__ import annotations

from soundstage.domain.timing import Span
from soundstage.domain.value import LanguageCode, Milliseconds, Share, Value


class Word(Value):
    """A timed word as it is written, with surrounding punctuation but without spaces."""

    text: str
    span: Span
    confidence: Share


class Passage(Value):
    """A stretch of words as the transcriber grouped them, in order; `confidence` is the mean of its words.

    `language`: the ISO 639-1 code of what it is written in, None where that is the transcript's own.
    """

    text: str
    span: Span
    words: tuple[Word, ...]
    confidence: Share
    language: LanguageCode | None = None


class Stretch(Value):
    """What is spoken from `span`'s start to its end is in `language` (ISO 639-1), as sure as `confidence`.

    `speech_ms`: how much of the span is speech.
    """

    span: Span
    language: LanguageCode
    confidence: Share
    speech_ms: Milliseconds


class Transcript(Value):
    """Passages in order, the language as an ISO 639-1 code (`en`) with how sure the engine was.

    `stretches`: which language is heard where, in order; empty where it is one throughout. Where the language was given
    to the engine everything is written in that one, and these tell what else was heard.
    """

    language: str
    language_confidence: Share
    passages: tuple[Passage, ...]
    stretches: tuple[Stretch, ...] = ()

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for passage in self.passages for word in passage.words)
