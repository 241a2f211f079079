"""Out of what whisper heard: passages of words at their places on the track, in order."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Word
from soundstage.engines.transcription.listening_plan import Piece
from soundstage.engines.transcription.whisper_model import Heard, HeardWord

_SHORTEST_WORD_MS = 20
_LEAST_SPEECH_MS = 60  # of a word in a stretch of speech, for it to belong there …
_LEAST_SHARE = 0.4  # … and of what it has in the stretch where most of it lies
_LEEWAY_MS = 80  # the detector finds beginnings a little late and ends a little early


def passage(heard: Heard, piece: Piece, language: str, *, spaced: bool) -> Passage | None:
    """`heard` in a piece as a passage on the track, in `language`; None when it has no words.

    spaced: the language puts spaces between words, so that what comes without one belongs to the word before.
    """
    words = [word for word in (_word(part, piece) for part in _whole_words(heard.words, spaced=spaced)) if word]
    return _passage(heard.text.strip(), words, language) if words else None


def in_order(passages: Iterable[Passage], end_ms: int) -> tuple[Passage, ...]:
    """The passages by time; no word starts before the one before it has ended, and none ends after `end_ms`."""
    ordered = sorted(passages, key=lambda one: one.span.start_ms)
    spans = _forwards([word.span for one in ordered for word in one.words], end_ms)
    answer: list[Passage] = []
    for one in ordered:
        own, spans = spans[: len(one.words)], spans[len(one.words) :]
        words = [word.model_copy(update={"span": span}) for word, span in zip(one.words, own, strict=False)]
        if words:
            answer.append(_passage(one.text, words, one.language))
    return tuple(answer)


def tighten(passages: Iterable[Passage], speech: Sequence[Span]) -> Iterator[Passage]:
    """Words that reach into a silence next to speech are cut back to the speech: whisper gives pauses to words.

    speech: sorted, disjoint. A word that touches no speech stays as it is: the detector may have missed it.
    """
    starts = [span.start_ms for span in speech]
    for one in passages:
        words = [word.model_copy(update={"span": _tight(word.span, speech, starts)}) for word in one.words]
        yield _passage(one.text, words, one.language)


def _tight(span: Span, speech: Sequence[Span], starts: Sequence[int]) -> Span:
    near = speech[max(0, bisect_right(starts, span.start_ms) - 1) : bisect_right(starts, span.end_ms)]
    covered = [min(span.end_ms, one.end_ms) - max(span.start_ms, one.start_ms) for one in near]
    if max(covered, default=0) < _LEAST_SPEECH_MS:
        return span
    inside = [one for one, ms in zip(near, covered, strict=True) if ms > max(covered) * _LEAST_SHARE]
    start = max(span.start_ms, inside[0].start_ms - _LEEWAY_MS)
    return Span(start_ms=start, end_ms=min(span.end_ms, inside[-1].end_ms + _LEEWAY_MS))


def insert(passages: Sequence[Passage], new: Passage) -> tuple[Passage, ...]:
    """Puts `new` in; a passage that goes on across it is parted there."""
    answer: list[Passage] = [new]
    for one in passages:
        before = [word for word in one.words if word.span.start_ms < new.span.start_ms]
        after = [word for word in one.words if word.span.start_ms >= new.span.start_ms]
        if before and after:
            answer += [_passage(_text(part), part, one.language) for part in (before, after)]
        else:
            answer.append(one)
    return tuple(sorted(answer, key=lambda one: one.span.start_ms))


def outside(passages: Iterable[Passage], spans: Sequence[Span]) -> Iterator[Passage]:
    """The passages without the words whose middle lies in one of `spans`, which are disjoint and in order."""
    starts = [span.start_ms for span in spans]

    def kept(word: Word) -> bool:
        middle = (word.span.start_ms + word.span.end_ms) // 2
        place = bisect_right(starts, middle) - 1
        return place < 0 or middle >= spans[place].end_ms

    for one in passages:
        words = [word for word in one.words if kept(word)]
        if len(words) == len(one.words):
            yield one
        elif words:
            yield _passage(_text(words), words, one.language)


def _passage(text: str, words: Sequence[Word], language: str | None) -> Passage:
    return Passage(
        text=text,
        span=Span(start_ms=words[0].span.start_ms, end_ms=words[-1].span.end_ms),
        words=tuple(words),
        confidence=sum(word.confidence for word in words) / len(words),
        language=language,
    )


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _whole_words(parts: Sequence[HeardWord], *, spaced: bool) -> list[HeardWord]:
    """Joins what belongs to one written word: `cold` and `-hearted`."""
    words: list[HeardWord] = []
    for part in parts:
        if spaced and words and not part.text.startswith(" "):
            last = words[-1]
            words[-1] = HeardWord(last.text + part.text, last.start, part.end, min(last.probability, part.probability))
        else:
            words.append(part)
    return words


def _word(part: HeardWord, piece: Piece) -> Word | None:
    text = part.text.strip()
    if not text:
        return None
    start, end = piece.locate(part.start, part.end)
    span = Span(start_ms=start, end_ms=max(end, start + _SHORTEST_WORD_MS))
    return Word(text=text, span=span, confidence=min(1.0, max(0.0, part.probability)))


def _forwards(spans: Sequence[Span], end_ms: int) -> list[Span]:
    """The nearest spans that neither run backwards nor overlap nor pass `end_ms`."""
    starts, ends, cursor = [], [], 0
    for span in spans:
        starts.append(max(span.start_ms, cursor))
        cursor = max(span.end_ms, starts[-1] + 1)
        ends.append(cursor)
    limit = end_ms
    for i in reversed(range(len(spans))):
        ends[i] = min(ends[i], limit)
        starts[i] = limit = min(starts[i], ends[i] - 1)
    return [Span(start_ms=start, end_ms=end) for start, end in zip(starts, ends, strict=True) if start >= 0]
