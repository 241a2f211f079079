"""A brought text becomes a transcript: each cue's words with their times, each part with the name it was given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from soundstage.domain.brought import BroughtCue
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Word
from soundstage.domain.value import Value
from soundstage.media.subtitles.tokens import tokens
from soundstage.pipelines.word_times import timed_words

_AROUND_MS = 500  # subtitles begin and end so far beside the speech that they show
_ANY_WIDTH = 1 << 30


class PassageNames(Value):
    """The document beside a transcript whose text tells who speaks: `names[i]` says passage i, None: not told."""

    names: tuple[str | None, ...]


class TimedText(NamedTuple):
    """heard_words: how many words of the text were heard where it has them. left_out: cues after the media's end.
    cut: cues that reach past it."""

    passages: tuple[Passage, ...]
    names: tuple[str | None, ...]
    heard_words: int
    left_out: int
    cut: int

    @property
    def words(self) -> int:
        return sum(len(passage.words) for passage in self.passages)


def within_media(cues: Sequence[BroughtCue], duration_ms: int) -> tuple[tuple[BroughtCue, ...], int]:
    """The cues that begin before the media ends, none reaching past its end, and how many had to be cut for that."""
    inside = [cue for cue in cues if cue.span.start_ms < duration_ms]
    cut = [cue for cue in inside if cue.span.end_ms > duration_ms]
    shortened = (
        cue.model_copy(update={"span": Span(start_ms=cue.span.start_ms, end_ms=min(cue.span.end_ms, duration_ms))})
        for cue in inside
    )
    return tuple(shortened), len(cut)


def timed_text(
    cues: Sequence[BroughtCue], duration_ms: int, heard: Sequence[Word] = (), speech: Sequence[Span] = ()
) -> TimedText:
    """Cues in order of time become passages, one a part. heard, speech: in order of time; none if nobody listened."""
    inside, cut = within_media(cues, duration_ms)
    passages: list[Passage] = []
    names: list[str | None] = []
    found = first = 0
    for cue in inside:
        while first < len(heard) and heard[first].span.end_ms <= cue.span.start_ms - _AROUND_MS:
            first += 1
        parts = [[token.text for token in tokens(part.text, _ANY_WIDTH)] for part in cue.parts]
        near = _until(heard, first, cue.span.end_ms + _AROUND_MS)
        spans, matched = timed_words([word for part in parts for word in part], cue.span, near, speech)
        found += matched
        place = 0
        for part, texts in zip(cue.parts, parts, strict=True):
            passages.append(_passage(part.text, texts, spans[place : place + len(texts)], cue.language))
            names.append(part.speaker)
            place += len(texts)
    return TimedText(tuple(passages), tuple(names), found, len(cues) - len(inside), cut)


def _until(heard: Sequence[Word], first: int, end_ms: int) -> list[Word]:
    near = []
    for place in range(first, len(heard)):
        if heard[place].span.start_ms >= end_ms:
            break
        near.append(heard[place])
    return near


def _passage(text: str, words: Sequence[str], spans: Sequence[Span], language: str | None) -> Passage:
    """Nothing in a text that somebody wrote down is doubtful."""
    return Passage(
        text=text,
        span=Span(start_ms=spans[0].start_ms, end_ms=spans[-1].end_ms),
        words=tuple(Word(text=word, span=span, confidence=1.0) for word, span in zip(words, spans, strict=True)),
        confidence=1.0,
        language=language,
    )
