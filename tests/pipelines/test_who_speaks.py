"""Who says each word: turns overlap, their edges are uncertain, and sentences hold together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word
from soundstage.pipelines.placed_words import Placed, placed
from soundstage.pipelines.who_speaks import EDGE_MS, SURE, near_turns, shared_ms, who_speaks


def words(text: str, *, at_ms: int = 0, step_ms: int = 300, word_ms: int = 280) -> tuple[Placed, ...]:
    """The words of a text, one every `step_ms`."""
    spoken = tuple(
        Word(text=word, span=Span(start_ms=at, end_ms=at + word_ms), confidence=0.9)
        for word, at in zip(text.split(), range(at_ms, 10**6, step_ms), strict=False)
    )
    span = Span(start_ms=spoken[0].span.start_ms, end_ms=spoken[-1].span.end_ms)
    passage = Passage(text=text, span=span, words=spoken, confidence=0.9)
    return placed(Transcript(language="en", language_confidence=0.9, passages=(passage,)))


def turn(speaker_id: str, start_ms: int, end_ms: int, confidence: float = 0.9) -> Turn:
    return Turn(speaker_id=speaker_id, span=Span(start_ms=start_ms, end_ms=end_ms), confidence=confidence)


def said(text: str, *turns: Turn) -> dict[str, str]:
    """What each speaker says."""
    spoken = words(text)
    found: dict[str, list[str]] = {}
    for word, speaker in zip(spoken, who_speaks(spoken, turns), strict=True):
        found.setdefault(str(speaker), []).append(word.word.text)
    return {speaker: " ".join(texts) for speaker, texts in found.items()}


def test_a_few_sounds_within_a_turn_take_no_words_from_it() -> None:
    told = "we drove along the coast until the road came to an end"
    assert said(told, turn("a", 0, 3_600), turn("b", 1_200, 1_900)) == {"a": told}


def test_where_two_speak_at_once_the_speaker_changes_with_the_sentence() -> None:
    """`b` begins 1.2 s before `a` ends; which of the two is heard there, the times cannot tell."""
    assert said("this is how it went. I was not even there that day", turn("a", 0, 2_700), turn("b", 1_400, 3_600)) == {
        "a": "this is how it went.",
        "b": "I was not even there that day",
    }


def test_a_word_that_hangs_over_goes_with_its_sentence() -> None:
    assert said("nobody saw us there. We came back late", turn("a", 0, 1_050), turn("b", 1_050, 2_400)) == {
        "a": "nobody saw us there.",
        "b": "We came back late",
    }


def test_a_word_in_between_is_somebody_elses_where_the_diarizer_was_sure() -> None:
    told = "they had left the house no already before the storm came"
    turns = turn("a", 0, 1_490), turn("a", 1_790, 3_600)
    assert said(told, *turns, turn("b", 1_490, 1_790, SURE))["b"] == "no"
    assert said(told, *turns, turn("b", 1_490, 1_790, SURE - 0.01)) == {"a": told}


def test_a_sentence_of_its_own_stays_its_speakers_even_in_doubt() -> None:
    turns = turn("a", 0, 1_490), turn("b", 1_490, 1_790, 0.2), turn("a", 1_790, 3_600)
    assert said("they had left the house. Really? Yes before the storm came up", *turns)["b"] == "Really?"


def test_words_between_turns_belong_with_what_they_stand_beside() -> None:
    spoken = words("we saw it", at_ms=0) + words("so did I", at_ms=3_000)
    assert who_speaks(spoken, (turn("a", 0, 600), turn("b", 3_600, 4_000))) == ("a", "a", "a", "b", "b", "b")


def test_without_turns_nobody_is_named() -> None:
    assert who_speaks(words("is anybody there"), ()) == (None, None, None)
    assert who_speaks((), (turn("a", 0, 100),)) == ()


def test_turns_are_near_as_long_as_they_last() -> None:
    turns = (turn("a", 0, 9_000), turn("b", 1_000, 2_000), turn("c", 3_000, 4_000))
    spans = [Span(start_ms=at, end_ms=at + 500) for at in (0, 1_600, 2_400, 8_800, 9_500)]
    assert [[one.speaker_id for one in near] for near in near_turns(spans, turns)] == [
        ["a"],
        ["a", "b"],
        ["a"],
        ["a"],
        [],
    ]
    assert [[one.speaker_id for one in near] for near in near_turns(spans[2:3], turns, 500)] == [["a", "b", "c"]]


@st.composite
def spoken_words(draw: st.DrawFn) -> tuple[Placed, ...]:
    at, found = 0, []
    for _ in range(draw(st.integers(1, 30))):
        at += draw(st.integers(0, 2_000))
        text = draw(st.sampled_from(["so", "no.", "yes,", "and", "Well?"]))
        span = Span(start_ms=at, end_ms=at + draw(st.integers(1, 900)))
        found.append(Placed(Word(text=text, span=span, confidence=0.5), " ", draw(st.booleans())))
        at = span.end_ms
    return tuple(found)


@st.composite
def turn_lists(draw: st.DrawFn) -> tuple[Turn, ...]:
    starts = draw(st.lists(st.integers(0, 30_000), max_size=8))
    return tuple(
        turn(
            draw(st.sampled_from("abc")),
            start,
            start + draw(st.integers(1, 9_000)),
            draw(st.sampled_from([0.3, 0.5, 1])),
        )
        for start in starts
    )


@given(spoken_words(), turn_lists())
def test_words_that_nobody_else_can_have_said_are_their_speakers(
    spoken: tuple[Placed, ...], turns: tuple[Turn, ...]
) -> None:
    found = who_speaks(spoken, turns)
    assert len(found) == len(spoken)
    for word, who in zip(spoken, found, strict=True):
        span = word.word.span
        around = Span(start_ms=max(0, span.start_ms - EDGE_MS - 1), end_ms=span.end_ms + EDGE_MS + 1)
        near = [one for one in turns if one.span.overlaps(around)]
        over = [one for one in near if shared_ms(one.span, span) == span.duration_ms and one.confidence >= SURE]
        if over and len({one.speaker_id for one in near}) == 1:
            assert who == over[0].speaker_id


@given(spoken_words(), turn_lists())
def test_a_talk_that_one_person_may_have_held_alone_is_not_parted(
    spoken: tuple[Placed, ...], turns: tuple[Turn, ...]
) -> None:
    """Where somebody's turn lies over all words, no turn of others within it takes any."""
    end = max(word.word.span.end_ms for word in spoken)
    assert len(set(who_speaks(spoken, (*turns, turn("always", 0, end))))) == 1
