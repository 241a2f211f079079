"""Which language is spoken where: the likeliest course of languages through units of speech.

A unit of two seconds is often taken for the wrong language, and with confidence (measured on English recordings: one in
eight, at 0.7 to 0.9); one of five seconds hardly ever. So each unit counts by its length, and every change of language
has a price: a short doubtful unit keeps its neighbours' language, a long clear one or several in a row do not. The best
course is found as in a hidden Markov model (Viterbi, "Error bounds for convolutional codes", 1967).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby, pairwise
from math import log

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Stretch

Likely = Mapping[str, float]  # how likely each language is, by code

_CHANGE = 2.0  # the price of a change, in nats: there and back, as much as 3 s of clear evidence (0.9 against 0.02)
_FULL_MS = 3_000  # a unit of this length counts once, one of twice the length twice …
_MOST = 3.0  # … and none more often
_FLOOR = 0.02  # no unit speaks more strongly against a language
_WORTH_A_COURSE = 0.1
_SELDOM = {"la": 0.1, "sa": 0.1}  # nobody's mother tongue, yet whisper's guess at much that it does not know


def weighed(likely: Likely) -> dict[str, float]:
    """The same with what is known of languages beforehand: shares, 0 to 1 together."""
    shares = {code: share * _SELDOM.get(code, 1.0) for code, share in likely.items()}
    total = sum(shares.values()) or 1.0
    return {code: share / total for code, share in shares.items()}


def languages_of(
    units: Sequence[Span], heard: Sequence[Likely | None], language: str, *, sure: bool
) -> tuple[str, ...]:
    """A language for each unit. `heard[i]`: of unit i, None where it was not asked and is in `language`.

    sure: most is known to be in `language`, so that the first and the last unit have it as a neighbour too.
    """
    if not units:
        return ()
    codes = sorted({language} | {code for one in heard if one for code, p in one.items() if p >= _WORTH_A_COURSE})
    away = {code: _CHANGE if sure and code != language else 0.0 for code in codes}
    costs, came_from = dict(away), []
    for number, (unit, likely) in enumerate(zip(units, heard, strict=True)):
        best = min(codes, key=lambda code: (costs[code], code))
        stays = {code: code if number == 0 or costs[code] <= costs[best] + _CHANGE else best for code in codes}
        costs = {
            code: (costs[code] if stays[code] == code else costs[best] + _CHANGE) + _cost(unit, likely, code, language)
            for code in codes
        }
        came_from.append(stays)
    last = min(codes, key=lambda code: (costs[code] + away[code], code != language, code))
    course = [last]
    for stays in reversed(came_from[1:]):
        course.append(stays[course[-1]])
    return tuple(reversed(course))


def stretches_of(
    units: Sequence[Span], heard: Sequence[Likely | None], course: Sequence[str], sureness: float
) -> tuple[Stretch, ...]:
    """Units of one language in a row as one stretch. sureness: of what was not asked."""
    found = []
    for language, group in groupby(zip(units, heard, course, strict=True), key=lambda one: one[2]):
        rows = [(unit, sureness if likely is None else likely.get(language, 0.0)) for unit, likely, _ in group]
        speech = sum(unit.duration_ms for unit, _ in rows)
        confidence = sum(unit.duration_ms * share for unit, share in rows) / speech
        span = Span(start_ms=rows[0][0].start_ms, end_ms=rows[-1][0].end_ms)
        found.append(Stretch(span=span, language=language, confidence=round(min(1.0, confidence), 4), speech_ms=speech))
    return tuple(found)


def most_spoken(stretches: Sequence[Stretch]) -> tuple[str, float]:
    """The language of the most speech, and how sure that is of its own stretches on average."""
    spoken: dict[str, int] = {}
    for one in stretches:
        spoken[one.language] = spoken.get(one.language, 0) + one.speech_ms
    language = max(spoken, key=lambda code: (spoken[code], code))
    own = [one for one in stretches if one.language == language]
    sure = sum(one.confidence * one.speech_ms for one in own) / spoken[language]
    return language, round(sure, 4)


def bounds(stretches: Sequence[Stretch], end_ms: int) -> tuple[Span, ...]:
    """For each stretch where its sound lies on a track of `end_ms`: up to the middle of the pauses around it."""
    cuts = [(one.span.end_ms + other.span.start_ms) // 2 for one, other in pairwise(stretches)]
    return tuple(Span(start_ms=start, end_ms=end) for start, end in pairwise([0, *cuts, end_ms]))


def _cost(unit: Span, likely: Likely | None, code: str, language: str) -> float:
    share = (1.0 if code == language else 0.0) if likely is None else likely.get(code, 0.0)
    return -min(_MOST, unit.duration_ms / _FULL_MS) * log(max(share, _FLOOR))
