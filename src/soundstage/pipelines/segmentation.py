"""Words into segments: whole sentences of one speaker, cut at pauses and kept speakable.

Every word of the transcript ends in exactly one segment, in order; segments never overlap.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word


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


@dataclass(frozen=True)
class _Piece:
    """A word on its way into a segment. `glue` stands before it unless it opens a segment."""

    word: Word
    glue: str
    opens_passage: bool
    speaker_id: str | None


_Run = list[_Piece]

_ENDS = ".?!…。！？｡؟۔।॥\u1362"  # Latin, CJK, Arabic and Urdu, Devanagari, Ethiopic
_CLAUSES = ",;:–—、，；：،؛"
_CLOSERS = "\"'»”’)]}」』）】"
# A full stop that ends no sentence: titles and the like, initials, "e.g."; and, before a figure, "No. 5".
_ABBREVIATION = re.compile(
    r"(?:mrs?|ms|mx|dr|prof|rev|hon|capt|col|gen|lt|sgt|st|sr|jr|vs|dept|approx|cf|"
    r"sra|dra|ud|uds|mme|mlle|hr|fr|bzw|nr|ca|sig|\w|(?:\w\.)+\w)\.",
    re.IGNORECASE,
)
_BEFORE_FIGURE = re.compile(r"(?:no|nos|vol|fig|pp?|art|ch)\.", re.IGNORECASE)
# Scripts written without spaces: between two of their letters nothing is put.
_SPACELESS = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")


def segment(
    transcript: Transcript, turns: Sequence[Turn] = (), limits: SegmentLimits | None = None
) -> tuple[Segment, ...]:
    """Cut a transcript into segments. `turns` tell who speaks when; without them no segment has a speaker."""
    limits = limits or SegmentLimits()
    sentences = _sentences(_pieces(transcript, turns), limits)
    parts = [part for sentence in sentences for part in _split(sentence, limits)]
    return tuple(_segment(number, run) for number, run in enumerate(_join_short(parts, limits), start=1))


def _segment(number: int, run: _Run) -> Segment:
    words = tuple(piece.word for piece in run)
    return Segment(
        segment_id=f"s{number:04d}",
        span=_span(run),
        speaker_id=run[0].speaker_id,
        text=_text(run),
        words=words,
        confidence=round(min(1.0, fmean(word.confidence for word in words)), 4),
    )


def _span(run: _Run) -> Span:
    return Span(start_ms=run[0].word.span.start_ms, end_ms=run[-1].word.span.end_ms)


def _text(run: _Run) -> str:
    return run[0].word.text + "".join(piece.glue + piece.word.text for piece in run[1:])


def _fits(run: _Run, limits: SegmentLimits) -> bool:
    return _span(run).duration_ms <= limits.max_ms and len(_text(run)) <= limits.max_characters


def _gap_ms(before: _Piece, after: _Piece) -> int:
    return after.word.span.start_ms - before.word.span.end_ms


# Words -------------------------------------------------------------------------------------------------------------


def _pieces(transcript: Transcript, turns: Sequence[Turn]) -> _Run:
    words = _forwards(transcript)
    speakers = _speakers([word.span for word, _, _ in words], turns)
    return [_Piece(*placed, speaker) for placed, speaker in zip(words, speakers, strict=True)]


def _forwards(transcript: Transcript) -> list[tuple[Word, str, bool]]:
    """Every word with what stands before it and whether it opens a passage.

    Times are moved, where they must be, to run forwards without overlap.
    """
    words: list[tuple[Word, str, bool]] = []
    for passage in transcript.passages:
        for number, (word, known) in enumerate(_glued(passage)):
            start, glue = word.span.start_ms, known or ""
            if words:
                previous, before, opens = words[-1]
                if start > previous.span.start_ms:
                    previous = _timed(previous, previous.span.start_ms, min(previous.span.end_ms, start))
                    words[-1] = (previous, before, opens)
                start = max(start, previous.span.end_ms)
                glue = _between(previous.text, word.text) if known is None else known
            words.append((_timed(word, start, max(word.span.end_ms, start + 1)), glue, number == 0))
    return words


def _timed(word: Word, start_ms: int, end_ms: int) -> Word:
    span = Span(start_ms=start_ms, end_ms=end_ms)
    return word if span == word.span else word.model_copy(update={"span": span})


def _glued(passage: Passage) -> list[tuple[Word, str | None]]:
    """A passage's words, each with the white space that the passage's own text has before it (None: not known)."""
    glued: list[tuple[Word, str | None]] = []
    position = 0
    for word in passage.words or _timed_evenly(passage):
        found = passage.text.find(word.text, position)
        between = passage.text[position:found]
        known = found >= 0 and bool(glued) and not between.strip()
        glued.append((word, (" " if between else "") if known else None))
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


def _between(before: str, after: str) -> str:
    return "" if _SPACELESS.match(before[-1:]) and _SPACELESS.match(after[:1]) else " "


def _speakers(spans: Sequence[Span], turns: Sequence[Turn]) -> list[str | None]:
    """Who says each word: the turn it lies in most; between turns, who spoke last (before the first: who speaks first).

    `spans` run forwards, so each turn is met once and dropped once it has ended.
    """
    ahead = deque(sorted(turns, key=lambda turn: (turn.span.start_ms, turn.span.end_ms, turn.speaker_id)))
    speaker = ahead[0].speaker_id if ahead else None
    speakers: list[str | None] = []
    near: list[Turn] = []
    for span in spans:
        while ahead and ahead[0].span.start_ms < span.end_ms:
            near.append(ahead.popleft())
        near = [turn for turn in near if turn.span.end_ms > span.start_ms]
        if near:
            speaker = max(near, key=partial(_shared_ms, span)).speaker_id  # the first of equals
        speakers.append(speaker)
    return speakers


def _shared_ms(span: Span, turn: Turn) -> int:
    return min(turn.span.end_ms, span.end_ms) - max(turn.span.start_ms, span.start_ms)


# Cuts --------------------------------------------------------------------------------------------------------------


def _sentences(pieces: _Run, limits: SegmentLimits) -> list[_Run]:
    """Runs of one speaker that end with a sentence or before a long silence."""
    runs: list[_Run] = []
    for piece in pieces:
        previous = runs[-1][-1] if runs else None
        if (
            previous is None
            or previous.speaker_id != piece.speaker_id
            or _gap_ms(previous, piece) >= (limits.passage_pause_ms if piece.opens_passage else limits.pause_ms)
            or _ends_sentence(previous.word.text, piece.word.text)
        ):
            runs.append([])
        runs[-1].append(piece)
    return runs


def _ends_sentence(text: str, following: str) -> bool:
    bare = text.rstrip(_CLOSERS)
    if not bare or bare[-1] not in _ENDS:
        return False
    if following[:1].islower() and bare[-1] in ".…":
        return False
    if bare[-1] != "." or bare.endswith("..."):
        return True
    opened = bare.lstrip("\"'«“‘([")
    return not (_ABBREVIATION.fullmatch(opened) or (_BEFORE_FIGURE.fullmatch(opened) and following[:1].isdigit()))


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
        silence = min(1.0, max(0.0, _gap_ms(before, after) / (limits.pause_ms / 2)))
        clause_ends = after.opens_passage or before.word.text.rstrip(_CLOSERS)[-1:] in tuple(_CLAUSES + _ENDS)
        by_time = (after.word.span.start_ms - span.start_ms) / span.duration_ms
        off_middle = abs(by_time - 0.5) + abs(characters / length - 0.5)
        word_inside = 1.0 if not after.glue and _inside_word(before.word.text, after.word.text) else 0.0
        score = clause_ends + silence - 2.0 * off_middle - word_inside
        if score > best_score:
            best, best_score = index, score
        characters += len(after.glue) + len(after.word.text)
    return best


def _inside_word(before: str, after: str) -> bool:
    """Whether two tokens without a space between them are parts of one written word (not so in spaceless scripts)."""
    return bool(before[-1:].isalnum() and after[:1].isalnum()) and not _SPACELESS.match(after[:1])


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
        first[-1].speaker_id == second[0].speaker_id
        and _gap_ms(first[-1], second[0]) <= limits.join_gap_ms
        and min(_span(first).duration_ms, _span(second).duration_ms) < limits.short_ms
        and _fits(first + second, limits)
    )
