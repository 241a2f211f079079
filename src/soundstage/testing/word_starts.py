"""How far off the starts of words are, against a reference that owes nothing to the transcriber."""

from __future__ import annotations

from collections.abc import Sequence

from soundstage.domain.transcript import Word
from soundstage.testing.word_error import same_words, words_of

TimedWord = tuple[str, float]  # a plain word, and the second at which it begins


def start_errors(words: Sequence[Word], truth: Sequence[TimedWord]) -> list[float]:
    """Seconds by which words begin too late (negative: too early), of those that were heard as they were said."""
    said = [(part, start) for text, start in truth for part in words_of(text)[:1]]
    heard = [(part, word.span.start_ms / 1000) for word in words for part in words_of(word.text)[:1]]
    pairs = same_words([text for text, _ in said], [text for text, _ in heard])
    return [heard[j][1] - said[i][1] for i, j in pairs]
