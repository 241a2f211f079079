"""Speech that the first hearing passed over: whisper-base drops short lines that follow another voice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from soundstage.domain.timing import Span, merge, total_ms
from soundstage.domain.transcript import Passage

_SHORTEST_MS = 1_000  # less may be a breath or a word whose time is a little wrong
_WORD_MARGIN_MS = 250  # word times are off by 0.06 s in the median; sounds between words count as theirs
_MOST_PER_MINUTE = 2.0  # of speech; each hearing costs as much as 10 s of it
_NEIGHBOURS = 15  # words


def passed_over(speech: tuple[Span, ...], passages: Sequence[Passage]) -> tuple[Span, ...]:
    """Stretches of speech without words, the longest ones if there are many, in order."""
    margin = _WORD_MARGIN_MS
    words = merge(
        [
            Span(start_ms=max(0, word.span.start_ms - margin), end_ms=word.span.end_ms + margin)
            for passage in passages
            for word in passage.words
        ]
    )
    stretches = [rest for span in merge(speech, gap_ms=300) for rest in _without(span, words)]
    stretches = [span for span in stretches if span.duration_ms >= _SHORTEST_MS]
    most = 1 + int(total_ms(merge(speech)) / 60_000 * _MOST_PER_MINUTE)
    longest = sorted(stretches, key=lambda span: (-span.duration_ms, span.start_ms))[:most]
    return tuple(sorted(longest, key=lambda span: span.start_ms))


def echoes(new: Passage, passages: Iterable[Passage]) -> bool:
    """Whether `new` only says again what words just before or after it say."""
    words = [word for passage in passages for word in passage.words]
    before = [word.text for word in words if word.span.start_ms < new.span.start_ms][-_NEIGHBOURS:]
    after = [word.text for word in words if word.span.start_ms >= new.span.start_ms][:_NEIGHBOURS]
    said = _bare([word.text for word in new.words])
    return f" {said} " in f" {_bare(before)} " or f" {said} " in f" {_bare(after)} "


def _bare(words: Sequence[str]) -> str:
    return " ".join(re.sub(r"[^\w\s]", "", " ".join(words)).lower().split())


def _without(span: Span, holes: Sequence[Span]) -> list[Span]:
    """What is left of a span; `holes` are disjoint and sorted."""
    rest, start = [], span.start_ms
    for hole in holes:
        if not hole.overlaps(span):
            continue
        if hole.start_ms > start:
            rest.append(Span(start_ms=start, end_ms=hole.start_ms))
        start = max(start, hole.end_ms)
    if start < span.end_ms:
        rest.append(Span(start_ms=start, end_ms=span.end_ms))
    return rest
