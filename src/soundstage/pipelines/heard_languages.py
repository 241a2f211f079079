"""The languages of a transcript as findings: which, how much of the speech, how sure, and where."""

from __future__ import annotations

from collections.abc import Sequence

from soundstage.domain.transcript import Stretch, Transcript
from soundstage.domain.value import Milliseconds, Share, Value
from soundstage.pipelines.wording import language_name, listed, percent

_MOST_STRETCHES = 100  # in findings; the transcript has all
_NAMED = 4  # in a sentence


class HeardLanguage(Value):
    """A language (ISO 639-1), its `share` of the speech, and how sure it is; None where somebody told it.

    `stretches`: how often it sets in; `first_ms`: when for the first time.
    """

    language: str
    name: str
    share: Share
    confidence: Share | None
    speech_ms: Milliseconds
    stretches: int
    first_ms: Milliseconds


class LanguageStretch(Value):
    """From when to when a language is spoken."""

    language: str
    start_ms: Milliseconds
    end_ms: Milliseconds
    confidence: Share


def heard_languages(transcript: Transcript, *, told: bool = False) -> tuple[HeardLanguage, ...]:
    """The languages, the most spoken first. told: nobody listened for them."""
    if not transcript.passages:
        return ()
    stretches = transcript.stretches or (_whole(transcript),)
    total = sum(one.speech_ms for one in stretches)
    found = []
    for language in dict.fromkeys(one.language for one in stretches):
        own = [one for one in stretches if one.language == language]
        speech = sum(one.speech_ms for one in own)
        sure = sum(one.confidence * one.speech_ms for one in own) / speech
        found.append(
            HeardLanguage(
                language=language,
                name=language_name(language),
                share=round(speech / total, 4),
                confidence=None if told else round(min(1.0, sure), 4),
                speech_ms=speech,
                stretches=len(own),
                first_ms=own[0].span.start_ms,
            )
        )
    return tuple(sorted(found, key=lambda one: (-one.speech_ms, one.first_ms)))


def stretches_told(transcript: Transcript) -> tuple[LanguageStretch, ...]:
    """The first hundred stretches; none where one language is spoken throughout."""
    return tuple(
        LanguageStretch(
            language=one.language, start_ms=one.span.start_ms, end_ms=one.span.end_ms, confidence=one.confidence
        )
        for one in transcript.stretches[:_MOST_STRETCHES]
    )


def shares_named(languages: Sequence[HeardLanguage]) -> str:
    """`English 70 % of the speech (98 % sure), German 20 % (93 % sure) and 2 more`."""
    named = []
    for number, one in enumerate(languages[:_NAMED]):
        of = " of the speech" if number == 0 else ""
        sure = "" if one.confidence is None else f" ({percent(one.confidence)} sure)"
        named.append(f"{one.name} {percent(one.share)}{of}{sure}")
    more = len(languages) - _NAMED
    return listed([*named, f"{more} more"] if more > 0 else named)


def disagreement(given: str, languages: Sequence[HeardLanguage]) -> str | None:
    """A sentence for a given language beside which others are heard."""
    others = [one for one in languages if one.language != given]
    if not others:
        return None
    name = language_name(given)
    if others[0].share > 0.5:
        heard = f"most of the speech sounds like {others[0].name} ({percent(others[0].share)})"
    else:
        named = [f"{one.name} ({percent(one.share)})" for one in others[:_NAMED]]
        heard = f"parts of the speech sound like {listed(named)}"
    return (
        f"{name} was given as the source language, and everything is written as {name}, but {heard}: where that is so, "
        "set the media up with source_language auto, which writes each passage in its own language."
    )


def _whole(transcript: Transcript) -> Stretch:
    """One language throughout."""
    first, last = transcript.passages[0].span, max(one.span.end_ms for one in transcript.passages)
    return Stretch(
        span=first.model_copy(update={"end_ms": last}),
        language=transcript.language,
        confidence=transcript.language_confidence,
        speech_ms=sum(one.span.duration_ms for one in transcript.passages),
    )
