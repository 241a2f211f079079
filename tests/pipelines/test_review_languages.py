"""Lines that are doubtful for their language."""

from __future__ import annotations

from soundstage.domain.review import DoubtReason
from soundstage.domain.segment import Segment
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Stretch
from soundstage.pipelines.review import Heard, review


def line(number: int, text: str, language: str | None = None, speaker: str | None = "ann") -> Segment:
    """Five seconds long, half a second after the one before."""
    start = number * 5_500
    return Segment(
        segment_id=f"s{number}",
        span=Span(start_ms=start, end_ms=start + 5_000),
        speaker_id=speaker,
        text=text,
        words=(),
        confidence=0.95,
        language=language,
    )


def stretch(number: int, language: str, confidence: float = 0.9) -> Stretch:
    span = Span(start_ms=number * 5_500, end_ms=number * 5_500 + 5_000)
    return Stretch(span=span, language=language, confidence=confidence, speech_ms=5_000)


def reasons(segments: tuple[Segment, ...], *stretches: Stretch) -> dict[str, list[str]]:
    found = review(Heard(segments, language="en", stretches=stretches))
    return {one.segment_id: [doubt.reason for doubt in one.doubts] for one in found}


ENGLISH = line(0, "We came here yesterday and nobody was at home.")


def test_lines_in_their_own_languages_are_not_doubtful() -> None:
    german = line(1, "Wir kamen gestern hier an und niemand war da.", "de")
    assert reasons((ENGLISH, german), stretch(0, "en"), stretch(1, "de")) == {}


def test_a_given_language_beside_what_is_heard() -> None:
    written_wrong = line(1, "Veer common guest on here and neemand var dah.")
    (found,) = review(Heard((ENGLISH, written_wrong), language="en", stretches=(stretch(0, "en"), stretch(1, "de"))))
    (doubt,) = found.doubts
    assert (found.segment_id, doubt.reason, doubt.measured) == ("s1", DoubtReason.OTHER_LANGUAGE, 0.9)
    assert doubt.sentence == "Sounds like German (90 % sure), but is written as English."


def test_a_language_that_was_hardly_heard() -> None:
    perhaps = line(1, "Buna diminátszát utukor, sini mennő lesz túneni.", "hu")
    assert reasons((ENGLISH, perhaps), stretch(0, "en"), stretch(1, "hu", 0.45)) == {
        "s1": [DoubtReason.LANGUAGE_UNCERTAIN]
    }


def test_a_change_within_what_one_person_says() -> None:
    open_end, german = line(0, "We came here yesterday and"), line(1, "niemand war zu Hause, als wir ankamen.", "de")
    both = stretch(0, "en"), stretch(1, "de")
    assert reasons((open_end, german), *both) == {"s1": [DoubtReason.LANGUAGE_CHANGES]}
    other = german.model_copy(update={"speaker_id": "bob"})
    assert reasons((open_end, other), *both) == {}, "somebody else speaks the other language"


def test_letters_are_judged_by_the_language_of_the_line() -> None:
    russian = line(1, "Мы приехали вчера, и никого не было дома.", "ru")
    assert reasons((ENGLISH, russian), stretch(0, "en"), stretch(1, "ru")) == {}
    assert reasons((ENGLISH, russian.model_copy(update={"language": "de"}))) == {"s1": [DoubtReason.OTHER_LANGUAGE]}
