"""What is doubtful about the languages of lines: heard as another, hardly known, or changing within what one says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from soundstage.domain.review import Doubt, DoubtReason
from soundstage.domain.segment import Segment
from soundstage.domain.sentences import ends_sentence
from soundstage.domain.transcript import Stretch
from soundstage.pipelines.wording import language_name, percent

SURE_LANGUAGE = 0.6  # a stretch below may well be in another language
_PAUSE_MS = 1_200  # after which nobody is taken to go on with the same sentence


def doubts_of_languages(
    segments: Sequence[Segment], language: str | None, stretches: Sequence[Stretch]
) -> Iterator[tuple[str, Doubt]]:
    """Ids of lines and what is doubtful about their language. `language`: the project's, as an ISO 639 code."""
    if language is None or not stretches:
        return
    for segment in segments:
        if (stretch := _heard_in(segment, stretches)) is not None:
            yield from ((segment.segment_id, doubt) for doubt in _doubts(segment, language, stretch))
    for before, after in pairwise(segments):
        own, following = before.language or language, after.language or language
        if own != following and _goes_on(before, after):
            yield (
                after.segment_id,
                Doubt(
                    reason=DoubtReason.LANGUAGE_CHANGES,
                    sentence=f"{language_name(own)} turns into {language_name(following)} within what one person says: "
                    "where exactly is not sure.",
                    weight=0.4,
                ),
            )


def _doubts(segment: Segment, language: str, stretch: Stretch) -> Iterator[Doubt]:
    written = segment.language or language
    if stretch.language != written:
        yield Doubt(
            reason=DoubtReason.OTHER_LANGUAGE,
            sentence=f"Sounds like {language_name(stretch.language)} ({percent(stretch.confidence)} sure), "
            f"but is written as {language_name(written)}.",
            weight=round(0.5 + 0.4 * stretch.confidence, 4),
            measured=stretch.confidence,
        )
    elif stretch.confidence < SURE_LANGUAGE:
        yield Doubt(
            reason=DoubtReason.LANGUAGE_UNCERTAIN,
            sentence=f"Not sure that this is {language_name(written)} ({percent(stretch.confidence)}).",
            weight=round(0.3 + 0.6 * (1 - stretch.confidence / SURE_LANGUAGE), 4),
            measured=stretch.confidence,
            limit=SURE_LANGUAGE,
        )


def _heard_in(segment: Segment, stretches: Sequence[Stretch]) -> Stretch | None:
    """The stretch that the most of a line lies in."""

    def shared(one: Stretch) -> int:
        return min(one.span.end_ms, segment.span.end_ms) - max(one.span.start_ms, segment.span.start_ms)

    best = max(stretches, key=shared)
    return best if shared(best) > 0 else None


def _goes_on(before: Segment, after: Segment) -> bool:
    """Whether the same person, as far as that is known, goes on with the same sentence."""
    if before.speaker_id != after.speaker_id or after.span.start_ms - before.span.end_ms >= _PAUSE_MS:
        return False
    words = before.text.split(), after.text.split()
    return all(words) and not ends_sentence(words[0][-1], words[1][0])
