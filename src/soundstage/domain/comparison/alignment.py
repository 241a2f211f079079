"""Which segments of two revisions are about the same stretch of the media, and which speakers are the same person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from soundstage.domain.project import ProjectDocument
from soundstage.domain.segment import Segment

_SHARED = 0.5  # of the shorter one: below this two segments that touch are not about the same


@dataclass(frozen=True)
class Pair:
    """Segments of a and of b, in order of time, that belong together; one side is empty where the other has none."""

    a: tuple[Segment, ...]
    b: tuple[Segment, ...]


def align(a: Sequence[Segment], b: Sequence[Segment]) -> tuple[Pair, ...]:
    """Every segment in one pair, pairs in order of time: first equal ones, then those of one span, then by overlap."""
    equal, a, b = _matched(a, b, by_text=True)
    one_span, a, b = _matched(a, b, by_text=False)
    return tuple(sorted([*equal, *one_span, *_overlapping(a, b)], key=_order))


def same_speakers(a: ProjectDocument, b: ProjectDocument, pairs: Sequence[Pair]) -> dict[str, str]:
    """For speakers of a those of b who say the same lines: each one's likeliest, one to one.

    Speakers that are equal in all are the same; else whoever shares the most time, the greatest share first.
    """
    known = {one.speaker_id: one for one in b.speakers}
    found = {one.speaker_id: one.speaker_id for one in a.speakers if known.get(one.speaker_id) == one}
    shared = Counter[tuple[str, str]]()
    for ours, theirs in ((ours, theirs) for pair in pairs for ours in pair.a for theirs in pair.b):
        if ours.speaker_id is not None and theirs.speaker_id is not None:
            shared[ours.speaker_id, theirs.speaker_id] += max(0, _common_ms(ours, theirs))
    taken = set(found.values())
    ranked = sorted(shared.items(), key=lambda one: (-one[1], sorted(one[0])))
    for (ours_id, theirs_id), _ in ranked:
        if ours_id not in found and theirs_id not in taken:
            found[ours_id] = theirs_id
            taken.add(theirs_id)
    return found


def _matched(
    a: Sequence[Segment], b: Sequence[Segment], *, by_text: bool
) -> tuple[list[Pair], list[Segment], list[Segment]]:
    """Pairs of segments of one span (and one text), one to one, and what is left of both sides."""

    def key(one: Segment) -> tuple[object, ...]:
        return (one.span, one.text) if by_text else (one.span,)

    left: Mapping[tuple[object, ...], list[Segment]] = defaultdict(list)
    for one in sorted(b, key=_rank, reverse=True):
        left[key(one)].append(one)
    pairs, alone = [], []
    for one in sorted(a, key=_rank):
        same = left.get(key(one))
        if same:
            pairs.append(Pair((one,), (same.pop(),)))
        else:
            alone.append(one)
    return pairs, alone, [one for same in left.values() for one in same]


def _overlapping(a: Sequence[Segment], b: Sequence[Segment]) -> Iterator[Pair]:
    """Groups joined by overlaps, through which each segment of one side reaches all that it shares time with."""
    ours, theirs = sorted(a, key=_rank), sorted(b, key=_rank)
    linked: dict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    first = 0
    longest = max((one.span.duration_ms for one in theirs), default=0)
    for number, one in enumerate(ours):
        while first < len(theirs) and theirs[first].span.start_ms + longest <= one.span.start_ms:
            first += 1
        for other in range(first, len(theirs)):
            if theirs[other].span.start_ms >= one.span.end_ms:
                break
            shorter = min(one.span.duration_ms, theirs[other].span.duration_ms)
            if _common_ms(one, theirs[other]) >= _SHARED * shorter:
                linked["a", number].append(("b", other))
                linked["b", other].append(("a", number))
    seen = set[tuple[str, int]]()
    for start in [("a", number) for number in range(len(ours))] + [("b", number) for number in range(len(theirs))]:
        if start not in seen:
            group = _reached(start, linked, seen)
            yield Pair(
                tuple(ours[number] for side, number in sorted(group) if side == "a"),
                tuple(theirs[number] for side, number in sorted(group) if side == "b"),
            )


def _reached(
    start: tuple[str, int], linked: Mapping[tuple[str, int], list[tuple[str, int]]], seen: set[tuple[str, int]]
) -> list[tuple[str, int]]:
    seen.add(start)
    group, waiting = [start], [start]
    while waiting:
        for other in linked.get(waiting.pop(), ()):
            if other not in seen:
                seen.add(other)
                group.append(other)
                waiting.append(other)
    return group


def _common_ms(one: Segment, other: Segment) -> int:
    return min(one.span.end_ms, other.span.end_ms) - max(one.span.start_ms, other.span.start_ms)


def _rank(one: Segment) -> tuple[int, int, str, str, str]:
    return (one.span.start_ms, one.span.end_ms, one.text, one.speaker_id or "", one.segment_id)


def _order(pair: Pair) -> tuple[int, int, list[str]]:
    both = (*pair.a, *pair.b)
    texts = sorted(one.text for one in both)
    return (min(one.span.start_ms for one in both), max(one.span.end_ms for one in both), texts)
