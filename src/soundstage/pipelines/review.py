"""Which lines of a project are worth a second look, and why: by what was heard, and with `review_translations` by it.

The limits of confidence were chosen on recordings, clean and under noise, music and other voices: five in six of the
lines that they take out hold a word heard wrong, and nine in ten of such words are in these (the benchmark
`review_queue`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from soundstage.domain.review import Doubt, DoubtReason, ReviewLine, joined_weight
from soundstage.domain.script import foreign_share
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span, merge, total_ms
from soundstage.domain.transcript import Stretch
from soundstage.media.subtitles.tokens import cells
from soundstage.pipelines.review_languages import doubts_of_languages
from soundstage.pipelines.review_translations import TargetReview, doubts_of_translations
from soundstage.pipelines.who_speaks import near_turns
from soundstage.pipelines.wording import language_name, listed, percent

SURE_WORD = 0.4  # a word below is named
SURE_LINE = 0.8  # a line below this mean confidence is doubtful although no word is
_NAMED_WORDS = 6
_FOREIGN_SHARE = 0.3  # of a line's letters, of another script than the language's
_AT_ONCE_MS = 300  # below, diarizers take the end of one turn and the beginning of the next for both at once
_AT_ONCE_SHARE = 0.15
_UNCERTAIN_SHARE = 0.4  # of a line's words that lie in no turn, or in another's as much as in the speaker's
_FASTEST = 27.0  # cells a second; the fastest reader of the recordings reaches 21
_SLOWEST = 3.0
_SLOW_FROM_MS = 3_000  # shorter lines are slow by a breath
_LOOP_REPEATS = 3  # the same two words or more in a row; single words are said four times without a loop
_LOOP_WORD_REPEATS = 5
_SAME_LINES = 3  # in a row, word for word


@dataclass(frozen=True)
class Heard:
    """What is known of the lines: who spoke when, and the language (an ISO 639 code) of the project.

    stretches: which language was heard where, if several were: a line in another than it was heard in is doubtful.
    settled: ids of the lines that a person has changed: what was heard of them is not doubted again.
    """

    segments: Sequence[Segment]
    turns: Sequence[Turn] = ()
    language: str | None = None
    stretches: Sequence[Stretch] = ()
    settled: Collection[str] = ()


def review(heard: Heard, targets: Iterable[TargetReview] = ()) -> tuple[ReviewLine, ...]:
    """The doubtful lines, the gravest first. `targets`: what the translation of each line is known to lack."""
    found: dict[str, list[Doubt]] = {segment.segment_id: [] for segment in heard.segments}
    several = len({turn.speaker_id for turn in heard.turns}) > 1
    near = near_turns([segment.span for segment in heard.segments], heard.turns if several else ())
    for segment, turns in zip(heard.segments, near, strict=True):
        found[segment.segment_id] += _doubts(segment, turns if several else None, heard.language)
    for segment_id, doubt in doubts_of_languages(heard.segments, heard.language, heard.stretches):
        found[segment_id].append(doubt)
    for segment_id, doubt in _same_lines(heard.segments):
        found[segment_id].append(doubt)
    found |= {segment_id: [] for segment_id in heard.settled if segment_id in found}
    for target in targets:
        for segment, doubts in zip(heard.segments, doubts_of_translations(heard.segments, target), strict=True):
            found[segment.segment_id] += doubts
    lines = [
        ReviewLine(segment_id=segment_id, weight=joined_weight(doubts), doubts=tuple(_by_weight(doubts)))
        for segment_id, doubts in found.items()
        if doubts
    ]
    return tuple(sorted(lines, key=lambda line: -line.weight))  # of equals, the earlier comes first


def _by_weight(doubts: Iterable[Doubt]) -> list[Doubt]:
    return sorted(doubts, key=lambda doubt: -doubt.weight)


def _doubts(segment: Segment, turns: Sequence[Turn] | None, language: str | None) -> Iterator[Doubt]:
    """`turns`: those within the line; None where only one person speaks in all."""
    yield from _unsure(segment)
    yield from _other_language(segment, segment.language or language)
    if turns is not None:
        at_once = list(_at_once(segment, turns))
        yield from at_once or _speaker_uncertain(segment, turns)
    yield from _pace(segment)
    yield from _looped(segment)


def _unsure(segment: Segment) -> Iterator[Doubt]:
    unsure = sorted((word for word in segment.words if word.confidence < SURE_WORD), key=lambda word: word.confidence)
    if not unsure and segment.confidence >= SURE_LINE:
        return
    named = tuple(dict.fromkeys(_bare(word.text) for word in unsure))[:_NAMED_WORDS]
    least = unsure[0].confidence if unsure else segment.confidence
    if unsure:
        quoted = listed([f"“{word}”" for word in named])
        sentence = f"Not sure to have heard {quoted} right ({percent(least)} at worst)."
    else:
        sentence = f"Not sure of the whole line ({percent(segment.confidence)} on average)."
    share = len(unsure) / max(1, len(segment.words))
    by_words = 0.3 + 0.3 * (1 - least / SURE_WORD) + 0.4 * min(1.0, 2 * share) if unsure else 0.0
    by_line = 0.3 + 0.6 * (1 - segment.confidence / SURE_LINE) if segment.confidence < SURE_LINE else 0.0
    yield Doubt(
        reason=DoubtReason.LOW_CONFIDENCE,
        sentence=sentence,
        weight=round(min(0.95, max(by_words, by_line)), 4),
        measured=round(least, 4),
        limit=SURE_WORD if unsure else SURE_LINE,
        words=named,
    )


def _bare(text: str) -> str:
    return text.strip(".,;:!?…\"'«»“”‘’()[]") or text


def _other_language(segment: Segment, language: str | None) -> Iterator[Doubt]:
    share = foreign_share(segment.text, language)
    if language is None or share <= _FOREIGN_SHARE:
        return
    yield Doubt(
        reason=DoubtReason.OTHER_LANGUAGE,
        sentence=f"Written in letters that {language_name(language)} does not use: perhaps another language is spoken.",
        weight=0.8,
        measured=round(share, 4),
        limit=_FOREIGN_SHARE,
    )


def _at_once(segment: Segment, turns: Sequence[Turn]) -> Iterator[Doubt]:
    both: list[Span] = []
    for i, one in enumerate(turns):
        for other in turns[i + 1 :]:
            start = max(one.span.start_ms, other.span.start_ms, segment.span.start_ms)
            end = min(one.span.end_ms, other.span.end_ms, segment.span.end_ms)
            if one.speaker_id != other.speaker_id and start < end:
                both.append(Span(start_ms=start, end_ms=end))
    spoken = total_ms(merge(both))
    share = spoken / segment.span.duration_ms
    if spoken < _AT_ONCE_MS or share < _AT_ONCE_SHARE:
        return
    yield Doubt(
        reason=DoubtReason.TWO_AT_ONCE,
        sentence=f"Two people speak at once for {spoken / 1000:.1f} s of it: words of both may be mixed up or missing.",
        weight=round(0.4 + 0.4 * min(1.0, share), 4),
        measured=round(share, 4),
        limit=_AT_ONCE_SHARE,
    )


def _speaker_uncertain(segment: Segment, turns: Sequence[Turn]) -> Iterator[Doubt]:
    """Of words that lie in nobody's turn, or in another's as much as in the speaker's, the share of the line's time."""
    own = [turn.span for turn in turns if turn.speaker_id == segment.speaker_id]
    others = [turn.span for turn in turns if turn.speaker_id != segment.speaker_id]
    spans = [word.span for word in segment.words] or [segment.span]
    doubtful = sum(span.duration_ms for span in spans if _shared_ms(span, own) <= _shared_ms(span, others))
    share = doubtful / max(1, sum(span.duration_ms for span in spans))
    if share < _UNCERTAIN_SHARE:
        return
    where = "in the turn of somebody else" if any(_shared_ms(span, others) for span in spans) else "between turns"
    yield Doubt(
        reason=DoubtReason.SPEAKER_UNCERTAIN,
        sentence=f"Who speaks is not sure: {percent(share)} of what is said lies {where}.",
        weight=round(0.2 + 0.3 * share, 4),
        measured=round(share, 4),
        limit=_UNCERTAIN_SHARE,
    )


def _shared_ms(span: Span, spans: Iterable[Span]) -> int:
    return sum(max(0, min(span.end_ms, one.end_ms) - max(span.start_ms, one.start_ms)) for one in spans)


def _pace(segment: Segment) -> Iterator[Doubt]:
    pace = cells(segment.text) / (segment.span.duration_ms / 1000)
    if pace > _FASTEST:
        sentence = (
            f"{pace:.0f} letters a second are more than anybody says: words may be too many or their times wrong."
        )
        weight = min(0.9, 0.4 + 0.2 * (pace / _FASTEST - 1))
        reason, limit = DoubtReason.TOO_FAST, _FASTEST
    elif pace < _SLOWEST and segment.span.duration_ms >= _SLOW_FROM_MS:
        sentence = f"Only {pace:.1f} letters a second: words may be missing, or their times wrong."
        weight = min(0.7, 0.3 + 0.4 * (1 - pace / _SLOWEST))
        reason, limit = DoubtReason.TOO_SLOW, _SLOWEST
    else:
        return
    yield Doubt(reason=reason, sentence=sentence, weight=round(weight, 4), measured=round(pace, 1), limit=limit)


def _looped(segment: Segment) -> Iterator[Doubt]:
    words = [_bare(word).casefold() for word in segment.text.split()]
    times, phrase = _most_repeated(words)
    limit = _LOOP_WORD_REPEATS if len(phrase) == 1 else _LOOP_REPEATS
    if times < limit:
        return
    yield _repeated(
        f"“{' '.join(phrase)}” comes {times} times in a row: perhaps nobody said it so often.", times, limit
    )


def _most_repeated(words: Sequence[str]) -> tuple[int, tuple[str, ...]]:
    """How often a phrase of up to eight words follows on itself at most, relative to what is natural for its length."""
    best: tuple[int, tuple[str, ...]] = (0, ())
    best_score = 0.0
    for size in range(1, min(8, len(words) // 2) + 1):
        for start in range(len(words) - size + 1):
            phrase, times = tuple(words[start : start + size]), 1
            while tuple(words[start + times * size : start + (times + 1) * size]) == phrase:
                times += 1
            score = times / (_LOOP_WORD_REPEATS if size == 1 else _LOOP_REPEATS)
            if len(set(phrase)) > (size > 1) and score > best_score:  # “no no” is a loop of “no”
                best, best_score = (times, phrase), score
    return best


def _same_lines(segments: Sequence[Segment]) -> Iterator[tuple[str, Doubt]]:
    for text, group in groupby(segments, key=lambda one: re.sub(r"\W+", " ", one.text).strip().casefold()):
        same = list(group)
        if text and len(same) >= _SAME_LINES:
            doubt = _repeated(f"{len(same)} lines in a row say the same: perhaps nobody did.", len(same), _SAME_LINES)
            yield from ((segment.segment_id, doubt) for segment in same[1:])


def _repeated(sentence: str, times: int, limit: int) -> Doubt:
    weight = min(0.9, 0.5 + 0.1 * (times - limit))
    return Doubt(
        reason=DoubtReason.REPEATED, sentence=sentence, weight=round(weight, 4), measured=times, limit=float(limit)
    )
