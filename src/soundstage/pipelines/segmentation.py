"""Words into segments: whole sentences of one speaker in one language, cut at pauses and kept speakable.

Every word of the transcript ends in exactly one segment, in order; segments never overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from soundstage.domain.segment import Overlap, Segment
from soundstage.domain.sentences import ends_clause, ends_sentence, inside_word
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Transcript
from soundstage.pipelines.placed_words import Placed, placed
from soundstage.pipelines.who_speaks import EDGE_MS, near_turns, shared_ms, who_speaks


@dataclass(frozen=True)
class SegmentLimits:
    """How long a segment may be, and which silences part two.

    max_ms, max_characters: soft: only a single word may be longer.
    pause_ms: a silence this long always parts.
    passage_pause_ms: a silence this long parts where the transcriber began a new passage too.
    short_ms, join_gap_ms: a sentence shorter than `short_ms` ("Yes.") joins a neighbour of the same speaker
        that is at most `join_gap_ms` away, where the two together keep within the limits.
    """

    max_ms: int = 12_000
    max_characters: int = 160
    pause_ms: int = 1_200
    passage_pause_ms: int = 500
    short_ms: int = 1_000
    join_gap_ms: int = 400


_Run = list[Placed]


def segment(
    transcript: Transcript, turns: Sequence[Turn] = (), limits: SegmentLimits | None = None
) -> tuple[Segment, ...]:
    """Cut a transcript into segments. `turns` tell who speaks when, and may overlap; without them no segment has a
    speaker. A segment under which others speak too names them (`overlaps`)."""
    limits = limits or SegmentLimits()
    words = placed(transcript)
    spoken = [replace(word, speaker_id=who) for word, who in zip(words, who_speaks(words, turns), strict=True)]
    parts = [part for sentence in _sentences(spoken, limits) for part in _split(sentence, limits)]
    runs = _join_short(parts, limits)
    near = near_turns([_span(run) for run in runs], turns)
    return tuple(_segment(number, run, beside) for number, (run, beside) in enumerate(zip(runs, near, strict=True), 1))


def _segment(number: int, run: _Run, near: Sequence[Turn]) -> Segment:
    words = tuple(piece.word for piece in run)
    return Segment(
        segment_id=f"s{number:04d}",
        span=_span(run),
        speaker_id=run[0].speaker_id,
        text=_text(run),
        words=words,
        confidence=round(min(1.0, fmean(word.confidence for word in words)), 4),
        overlaps=_overlaps(run, near),
        language=run[0].language,
    )


def _overlaps(run: _Run, near: Sequence[Turn]) -> tuple[Overlap, ...]:
    """Who else speaks within the run, most first. What may be no more than the edge of a turn is left out."""
    span = _span(run)
    others: dict[str, int] = {}
    for turn in near:
        if turn.speaker_id != run[0].speaker_id:
            others[turn.speaker_id] = others.get(turn.speaker_id, 0) + shared_ms(span, turn.span)
    found = [
        Overlap(speaker_id=speaker_id, share=round(min(1.0, shared / span.duration_ms), 4))
        for speaker_id, shared in others.items()
        if shared > EDGE_MS
    ]
    return tuple(sorted(found, key=lambda one: (-one.share, one.speaker_id)))


def _span(run: _Run) -> Span:
    return Span(start_ms=run[0].word.span.start_ms, end_ms=run[-1].word.span.end_ms)


def _text(run: _Run) -> str:
    return run[0].word.text + "".join(piece.glue + piece.word.text for piece in run[1:])


def _fits(run: _Run, limits: SegmentLimits) -> bool:
    return _span(run).duration_ms <= limits.max_ms and len(_text(run)) <= limits.max_characters


def _sentences(words: _Run, limits: SegmentLimits) -> list[_Run]:
    """Runs of one speaker and one language that end with a sentence or before a long silence."""
    runs: list[_Run] = []
    for piece in words:
        previous = runs[-1][-1] if runs else None
        if (
            previous is None
            or (previous.speaker_id, previous.language) != (piece.speaker_id, piece.language)
            or piece.gap_ms(previous) >= (limits.passage_pause_ms if piece.opens_passage else limits.pause_ms)
            or ends_sentence(previous.word.text, piece.word.text)
        ):
            runs.append([])
        runs[-1].append(piece)
    return runs


def _split(run: _Run, limits: SegmentLimits) -> list[_Run]:
    """Cut a run that is too long at its best places: even pieces, clause ends and pauses preferred."""
    done: list[_Run] = []
    rest = [run]
    while rest:
        part = rest.pop()
        if len(part) == 1 or _fits(part, limits):
            done.append(part)
            continue
        cut = _best_cut(part, limits)
        rest += [part[cut:], part[:cut]]
    return done


def _best_cut(run: _Run, limits: SegmentLimits) -> int:
    """The index of the word that opens the second half.

    Each place scores 1.0 for a clause end or the end of a passage, up to 1.0 for a silence (full at `pause_ms` / 2),
    less up to 2.0 for lying away from the middle. A run of many times the limit is cut near its middle again and again.
    """
    length = len(_text(run))
    span = _span(run)
    best, best_score = 1, float("-inf")
    characters = len(run[0].word.text)
    for index in range(1, len(run)):
        before, after = run[index - 1], run[index]
        silence = min(1.0, max(0.0, after.gap_ms(before) / (limits.pause_ms / 2)))
        clause_ends = after.opens_passage or ends_clause(before.word.text)
        by_time = (after.word.span.start_ms - span.start_ms) / span.duration_ms
        off_middle = abs(by_time - 0.5) + abs(characters / length - 0.5)
        word_inside = 1.0 if not after.glue and inside_word(before.word.text, after.word.text) else 0.0
        score = clause_ends + silence - 2.0 * off_middle - word_inside
        if score > best_score:
            best, best_score = index, score
        characters += len(after.glue) + len(after.word.text)
    return best


def _join_short(runs: list[_Run], limits: SegmentLimits) -> list[_Run]:
    """Join a sentence of less than `short_ms` to the one before it, or let the next one join it."""
    joined: list[_Run] = []
    for run in runs:
        previous = joined[-1] if joined else None
        if previous and _joins(previous, run, limits):
            previous.extend(run)
        else:
            joined.append(list(run))
    return joined


def _joins(first: _Run, second: _Run, limits: SegmentLimits) -> bool:
    return (
        (first[-1].speaker_id, first[-1].language) == (second[0].speaker_id, second[0].language)
        and second[0].gap_ms(first[-1]) <= limits.join_gap_ms
        and min(_span(first).duration_ms, _span(second).duration_ms) < limits.short_ms
        and _fits(first + second, limits)
    )
