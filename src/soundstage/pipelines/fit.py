"""Whether a translated line will fit: how long it takes to say, by the language and the speaker, against its slot.

    spoken = (syllables / rate of the language / TEMPO + pauses at the punctuation inside) / pace of the speaker

The rates are those of people who read the same texts aloud (Coupé, Oh, Dediu and Pellegrino, "Different languages,
similar encoding efficiency", Science Advances 5, 2019; means of their table InfoRateData, pauses above 150 ms left
out); German, French and Italian are from the same group's study before (Pellegrino, Coupé, Marsico, Language 87, 2011).
A speaker's pace is what the same formula says of their source lines against what these took. docs/decisions tells how
well it predicts, and the benchmark `fit_prediction` measures it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from soundstage.domain.segment import Segment
from soundstage.domain.translation import Fit, LineFit
from soundstage.pipelines.syllables import syllables

SYLLABLES_A_SECOND: Mapping[str, float] = MappingProxyType(
    {
        "ca": 7.07,
        "de": 5.97,
        "en": 6.34,
        "es": 7.71,
        "fi": 7.22,
        "fr": 7.18,
        "it": 6.99,
        "ja": 8.03,
        "vi": 5.25,
        "yue": 5.57,
        "zh": 5.86,
    }
)
AVERAGE_RATE = 6.63  # syllables a second: the mean of the 17 languages of that study, for all others
TEMPO = 0.75  # of those rates: their readers had rehearsed; talks, readings and meetings are slower by so much
SENTENCE_PAUSE_MS = 500
CLAUSE_PAUSE_MS = 300
MOST_BORROWED_MS = 500  # of the silence after a line: more, and the line hangs over
TIGHT = 1.15  # how much faster than natural a line can be said before it is heard
SHORT = 0.6  # of the source line's own span
_USUAL_MS = 4_000  # as much speech at the usual pace stands beside what was measured of a speaker
_SLOWEST, _FASTEST = 0.6, 1.6  # pace
_SENTENCE_END = re.compile(r"[.!?…。！？؟۔।]+(?=[\"'»”’)]*(?:\s|$))|[。！？]")
_CLAUSE_END = re.compile(r"[,;:—–、，；：،؛](?=\s|$)|[、，；：]| - ")


def spoken_ms(text: str, language: str, pace: float = 1.0) -> int:
    """How long a text takes to say, in milliseconds. `language`: ISO 639-1. `pace`: 1.1 is a tenth faster."""
    count = syllables(text, language)
    if not count:
        return 0
    said = 1000 * count / (TEMPO * SYLLABLES_A_SECOND.get(language, AVERAGE_RATE))
    inside = text.strip().rstrip(".!?…。！？؟۔।,;:—–、，；：،؛\"'»”’) ")
    paused = SENTENCE_PAUSE_MS * len(_SENTENCE_END.findall(inside)) + CLAUSE_PAUSE_MS * len(_CLAUSE_END.findall(inside))
    return round((said + paused) / pace)


def paces(segments: Sequence[Segment], language: str) -> dict[str | None, float]:
    """Each speaker's pace, measured on their source lines; None is the key of the lines without a speaker.

    language: of the lines that do not tell their own.

    The less was heard of a speaker, the nearer to 1.0.
    """
    expected: dict[str | None, int] = {}
    took: dict[str | None, int] = {}
    for segment in segments:
        speaker = segment.speaker_id
        if usual := spoken_ms(segment.text, segment.language or language):
            expected[speaker] = expected.get(speaker, 0) + usual
            took[speaker] = took.get(speaker, 0) + segment.span.duration_ms
    return {
        speaker: min(_FASTEST, max(_SLOWEST, (usual + _USUAL_MS) / (took[speaker] + _USUAL_MS)))
        for speaker, usual in expected.items()
    }


def slots_ms(segments: Iterable[Segment], end_ms: int) -> tuple[int, ...]:
    """The time each line has: its span and the silence after it, of which it borrows `MOST_BORROWED_MS` at most.

    The silence lasts until the next line of anybody, or the end of the media.
    """
    ordered = tuple(segments)
    starts = [following.span.start_ms for _, following in pairwise(ordered)] + [end_ms]
    return tuple(
        segment.span.duration_ms + min(MOST_BORROWED_MS, max(0, start - segment.span.end_ms))
        for segment, start in zip(ordered, starts, strict=False)
    )


def line_fit(text: str, language: str, *, span_ms: int, slot_ms: int, pace: float = 1.0) -> LineFit | None:
    """How `text` fits into a slot of `slot_ms` where the source took `span_ms` (both positive); None without text."""
    characters = len(" ".join(text.split()))
    if not characters:
        return None
    spoken = spoken_ms(text, language, pace)
    ratio = spoken / slot_ms
    if ratio > TIGHT:
        verdict = Fit.TOO_LONG
    elif ratio > 1.0:
        verdict = Fit.TIGHT
    else:
        verdict = Fit.SHORT if spoken < SHORT * span_ms else Fit.FITS
    return LineFit(
        verdict=verdict,
        slot_ms=slot_ms,
        spoken_ms=spoken,
        ratio=round(ratio, 3),
        characters_per_second=round(1000 * characters / slot_ms, 1),
    )
