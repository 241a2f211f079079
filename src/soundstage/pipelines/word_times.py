"""When each word of a text is said, by what an engine heard where the text stands.

The words of the text and those that were heard are aligned by edit distance. A word that was heard takes its time;
one that was not shares, by length, the speech between its neighbours. Nothing leaves the text's own span.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate

from soundstage.domain.timing import Span, total_ms
from soundstage.domain.transcript import Word

_ALIKE = 0.6  # words that share so much of their beginning are the same word, heard a little otherwise


def timed_words(
    words: Sequence[str], span: Span, heard: Sequence[Word] = (), speech: Sequence[Span] = ()
) -> tuple[tuple[Span, ...], int]:
    """A span for each word, in order and without overlap, and how many of the words were heard.

    heard: in order of time, around `span`. speech: where somebody speaks, disjoint and in order, if that
    is known. Where `span` has fewer milliseconds than words, words pass its end.
    """
    found: list[Span | None] = [None] * len(words)
    for mine, other in _aligned([_bare(word) for word in words], [_bare(word.text) for word in heard]):
        found[mine] = _within(heard[other].span, span)
    spans: list[Span] = []
    place = 0
    while place < len(words):
        own = found[place]
        if own is not None:
            spans.append(own)
            place += 1
            continue
        after = next((n for n in range(place, len(words)) if found[n] is not None), len(words))
        begin = spans[-1].end_ms if spans else span.start_ms
        following = found[after] if after < len(words) else None
        end = following.start_ms if following is not None else span.end_ms
        spans += _shared_out(words[place:after], _stretches(begin, end, heard, speech))
        place = after
    return _forwards(spans, span), sum(one is not None for one in found)


def _aligned(own: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of places whose words are alike, rising on both sides, that agree in most."""
    if not own or not heard:
        return []
    rows = [[0.0] * (len(heard) + 1)]
    for word in own:
        before, row = rows[-1], [0.0]
        for place, other in enumerate(heard):
            best = max(before[place + 1], row[place])
            if word and other and (word == other or word[0] == other[0]):
                best = max(best, before[place] + _likeness(word, other))
            row.append(best)
        rows.append(row)
    pairs, i, j = [], len(own), len(heard)
    while i and j:
        if rows[i][j] == rows[i - 1][j]:
            i -= 1
        elif rows[i][j] == rows[i][j - 1]:
            j -= 1
        else:
            i, j = i - 1, j - 1
            pairs.append((i, j))
    return pairs[::-1]


def _likeness(word: str, other: str) -> float:
    """1.0 for the same word, else the share of the beginning that both have; 0.0 where that is too little."""
    if word == other:
        return 1.0
    same = next((n for n, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    share = same / max(len(word), len(other))
    return share if share >= _ALIKE else 0.0


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", word).casefold() if c.isalnum())


def _within(heard: Span, span: Span) -> Span | None:
    start, end = max(heard.start_ms, span.start_ms), min(heard.end_ms, span.end_ms)
    return Span(start_ms=start, end_ms=end) if start < end else None


def _stretches(begin: int, end: int, heard: Sequence[Word], speech: Sequence[Span]) -> list[Span]:
    """Where in a gap words that were not made out can be: where others were heard, else where somebody speaks, else
    anywhere in it."""
    if end <= begin:
        return [Span(start_ms=begin, end_ms=begin + 1)]
    gap = Span(start_ms=begin, end_ms=end)
    other = [word.span for word in heard if word.span.start_ms >= begin and word.span.end_ms <= end]
    found = other or [spoken for span in speech if span.overlaps(gap) and (spoken := _within(span, gap))]
    return list(found) or [gap]


def _shared_out(words: Sequence[str], stretches: Sequence[Span]) -> list[Span]:
    """A span for each word, by length, on stretches laid end to end."""
    room, total = total_ms(stretches), sum(map(len, words)) or 1
    ends = list(accumulate(len(word) for word in words))
    starts = [0, *ends[:-1]]
    spans = []
    for start, end in zip(starts, ends, strict=True):
        first = _place(stretches, room * start // total, opens=True)
        spans.append(Span(start_ms=first, end_ms=max(first + 1, _place(stretches, room * end // total, opens=False))))
    return spans


def _place(stretches: Sequence[Span], offset: int, *, opens: bool) -> int:
    """Where a moment of the stretches lies; at a joint, a word opens in the later one and closes in the earlier."""
    for stretch in stretches:
        if offset < stretch.duration_ms or (offset == stretch.duration_ms and not opens):
            return stretch.start_ms + offset
        offset -= stretch.duration_ms
    return stretches[-1].end_ms


def _forwards(spans: Sequence[Span], limit: Span) -> tuple[Span, ...]:
    """The nearest spans of at least a millisecond that do not overlap and, where there is room, keep to `limit`."""
    last = max(limit.end_ms, limit.start_ms + len(spans))
    starts, cursor = [], limit.start_ms
    for place, span in enumerate(spans):
        cursor = max(cursor, min(span.start_ms, last - (len(spans) - place)))
        starts.append(cursor)
        cursor += 1
    ends = [*starts[1:], last]
    return tuple(
        Span(start_ms=start, end_ms=max(start + 1, min(span.end_ms, end)))
        for start, end, span in zip(starts, ends, spans, strict=True)
    )
