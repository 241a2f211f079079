"""The review queue: doubtful lines are told with their reasons, and good ones are left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.review import Doubt, DoubtReason, ReviewLine
from soundstage.domain.segment import Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.domain.translation import LineDoubt
from soundstage.pipelines.review import Heard, review
from soundstage.pipelines.review_translations import TargetReview

TEXT = "We came here last night and nobody was at home"


def line(
    text: str = TEXT,
    *,
    number: int = 1,
    start: int = 0,
    end: int | None = None,
    sure: float = 0.95,
    unsure: dict[str, float] | None = None,
    speaker: str | None = "ann",
) -> Segment:
    """A line of words of even length, at 15 letters a second unless `end` says otherwise."""
    words = text.split()
    end = end if end is not None else start + max(1, len(text)) * 1000 // 15
    step = max(1, (end - start) // max(1, len(words)))
    confidences = [(unsure or {}).get(word, sure) for word in words]
    return Segment(
        segment_id=f"s{number:04d}",
        span=Span(start_ms=start, end_ms=end),
        speaker_id=speaker,
        text=text,
        words=tuple(
            Word(text=word, span=Span(start_ms=start + i * step, end_ms=start + (i + 1) * step), confidence=confidence)
            for i, (word, confidence) in enumerate(zip(words, confidences, strict=True))
        ),
        confidence=sum(confidences) / max(1, len(confidences)),
    )


def turn(speaker: str, start: int, end: int) -> Turn:
    return Turn(speaker_id=speaker, span=Span(start_ms=start, end_ms=end))


def reasons(lines: tuple[ReviewLine, ...]) -> list[list[DoubtReason]]:
    return [[doubt.reason for doubt in one.doubts] for one in lines]


def only(lines: tuple[ReviewLine, ...]) -> Doubt:
    ((doubt,),) = (one.doubts for one in lines)
    return doubt


def test_a_good_line_is_left_alone() -> None:
    target = TargetReview(language="es-es", texts=("Llegamos anoche y no había nadie en casa",))
    assert review(Heard((line(),), (turn("ann", 0, 9000), turn("bob", 9000, 12000)), "en"), (target,)) == ()


def test_words_that_were_not_heard_well_are_named() -> None:
    doubt = only(review(Heard((line(unsure={"nobody": 0.12, "home": 0.3}),))))
    assert (doubt.reason, doubt.words, doubt.measured) == (DoubtReason.LOW_CONFIDENCE, ("nobody", "home"), 0.12)
    assert doubt.sentence == "Not sure to have heard “nobody” and “home” right (12 % at worst)."


def test_a_line_may_be_doubtful_although_no_word_is() -> None:
    doubt = only(review(Heard((line(sure=0.6),))))
    assert (doubt.reason, doubt.words, doubt.measured) == (DoubtReason.LOW_CONFIDENCE, (), 0.6)


def test_letters_of_another_language() -> None:
    doubt = only(review(Heard((line("Спасибо за просмотр этого видео"),), language="en")))
    assert (doubt.reason, doubt.measured) == (DoubtReason.OTHER_LANGUAGE, 1.0)
    assert "English" in doubt.sentence


def test_two_at_once() -> None:
    turns = (turn("ann", 0, 4000), turn("bob", 2000, 3500))
    doubt = only(review(Heard((line(),), turns)))
    assert doubt.reason is DoubtReason.TWO_AT_ONCE
    assert doubt.measured == pytest.approx(1067 / 3066, abs=0.01)


def test_the_end_of_a_turn_over_the_beginning_of_the_next_is_no_doubt() -> None:
    assert review(Heard((line(),), (turn("ann", 0, 3200), turn("bob", 2900, 6000)))) == ()


def test_words_between_turns() -> None:
    turns = (turn("ann", 0, 1000), turn("bob", 5000, 9000))
    doubt = only(review(Heard((line(),), turns)))
    assert doubt.reason is DoubtReason.SPEAKER_UNCERTAIN
    assert "between turns" in doubt.sentence and (doubt.measured or 0) > 0.5


def test_one_speaker_alone_is_not_doubted() -> None:
    assert review(Heard((line(),), (turn("ann", 0, 500),))) == ()


def test_a_line_that_nobody_can_say_so_fast() -> None:
    doubt = only(review(Heard((line(end=900),))))
    assert (doubt.reason, doubt.measured) == (DoubtReason.TOO_FAST, 51.1)


def test_a_word_that_lasts_for_ever() -> None:
    assert only(review(Heard((line("Well then", end=6000),)))).reason is DoubtReason.TOO_SLOW
    assert review(Heard((line("Oh", end=1500),))) == (), "a short line is slow by a breath"


def test_chinese_is_dense_and_not_fast() -> None:
    assert review(Heard((line("我们昨天晚上来到这里家里没有人在", end=2000),), language="zh")) == ()


@pytest.mark.parametrize(
    ("text", "times"),
    [("thank you thank you thank you so much", 3), ("no no no no no no I said", 6), ("a b c d a b c d a b c d", 3)],
)
def test_a_loop(text: str, times: int) -> None:
    doubt = only(review(Heard((line(text),))))
    assert (doubt.reason, doubt.measured) == (DoubtReason.REPEATED, times)


@pytest.mark.parametrize("text", ["no no no, I said", "bye bye, bye bye", "It is what it is what else"])
def test_what_people_do_say_twice(text: str) -> None:
    assert review(Heard((line(text),))) == ()


def test_the_same_line_again_and_again() -> None:
    same = [line("Thanks for watching!", number=i, start=i * 3000) for i in range(1, 5)]
    found = review(Heard((*same, line(number=5, start=20_000))))
    assert [one.segment_id for one in found] == ["s0002", "s0003", "s0004"]
    assert {doubt.reason for one in found for doubt in one.doubts} == {DoubtReason.REPEATED}


def test_translations() -> None:
    segments = (line(number=1), line(number=2, start=5000), line("Mr. Dashwood", number=3, start=9000), line(number=4))
    target = TargetReview(
        language="es-es",
        texts=("", TEXT.upper(), "Mr. Dashwood", "Vinimos aquí anoche"),
        terms={3: (("home", "hogar"),)},
        fits={3: 1.5},
    )
    found = review(Heard(segments), (target,))
    assert [(one.segment_id, kinds) for one, kinds in zip(found, reasons(found), strict=True)] == [
        ("s0001", [DoubtReason.NOT_TRANSLATED]),
        ("s0004", [DoubtReason.TERM_MISSING, DoubtReason.DOES_NOT_FIT]),
        ("s0002", [DoubtReason.UNCHANGED_TRANSLATION]),
    ]
    assert all(doubt.language == "es-es" for one in found for doubt in one.doubts)
    term, fit = found[1].doubts
    assert term.sentence == "The dictionary wants “hogar” for “home”, which the line in Spanish (Spain) does not say."
    assert fit.sentence == "Spoken, the line in Spanish (Spain) needs 1.5 times the time that it has."


def test_an_odd_translation_says_what_is_odd() -> None:
    odd = {0: (LineDoubt.MERGED, LineDoubt.LOOP), 1: (LineDoubt.EMPTY,)}
    target = TargetReview(language="es-es", texts=("Vinimos vinimos", ""), odd=odd)
    found = review(Heard((line(number=1), line(number=2, start=5000))), (target,))
    empty, merged = (doubt for one in found for doubt in one.doubts)
    assert (merged.reason, empty.reason) == (DoubtReason.ODD_TRANSLATION, DoubtReason.NOT_TRANSLATED)
    assert merged.sentence == (
        "The line in Spanish (Spain) seems to hold a neighbour's words, or to lack its own and says the same again and "
        "again."
    )


def test_copied_lines_are_meant_to_be_the_same() -> None:
    assert review(Heard((line(),)), (TargetReview(language="en-gb", texts=(TEXT,), copied=True),)) == ()


def test_the_gravest_comes_first_and_ties_keep_their_time() -> None:
    unsure = enumerate((0.3, 0.05, 0.3))
    segments = [line(f"{TEXT} {i}", number=i, start=i * 5000, unsure={"nobody": c}) for i, c in unsure]
    found = review(Heard(segments))
    assert [one.segment_id for one in found] == ["s0001", "s0000", "s0002"]
    assert found[0].weight > found[1].weight == found[2].weight


@given(st.data())
def test_every_queue_names_known_lines_once_and_in_order(data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text("ab мы 我.", max_size=30), max_size=6))
    at = st.integers(0, 8000)
    turns = [turn(who, a, a + 1 + b) for who, a, b in data.draw(st.lists(st.tuples(st.sampled_from("xy"), at, at)))]
    segments = [line(text, number=i, start=i * 2000, speaker="x") for i, text in enumerate(texts)]
    found = review(Heard(segments, turns, "en"), (TargetReview(language="ru-ru", texts=texts),))
    names = [one.segment_id for one in found]
    assert len(set(names)) == len(names) and set(names) <= {one.segment_id for one in segments}
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)


def test_what_was_heard_of_a_line_that_a_person_changed_is_not_doubted_again() -> None:
    lines = [line(TEXT, sure=0.3, number=n, start=n * 10_000, speaker="bob") for n in (1, 2, 3)]
    turns = [turn("ann", 0, 90_000), turn("bob", 90_000, 91_000)]
    found = review(Heard(lines, turns, "en", settled={"s0001", "s0003", "gone"}))
    assert [one.segment_id for one in found] == ["s0002"]
    assert {doubt.reason for doubt in found[0].doubts} >= {DoubtReason.LOW_CONFIDENCE, DoubtReason.SPEAKER_UNCERTAIN}
    spanish = TargetReview("es-es", ("", "Si.", "Si."))
    (first, *_) = sorted(
        review(Heard(lines, turns, "en", settled={"s0001"}), [spanish]), key=lambda one: one.segment_id
    )
    assert [doubt.reason for doubt in first.doubts] == [DoubtReason.NOT_TRANSLATED]
