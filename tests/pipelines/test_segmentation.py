"""Words into segments: nothing lost, nothing doubled, no overlap, cut where a person would."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from soundstage.domain.segment import Overlap, Segment
from soundstage.domain.speaker import Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Passage, Transcript, Word
from soundstage.pipelines.segmentation import SegmentLimits, segment

LIMITS = SegmentLimits()


def transcript(*passages: str, step_ms: int = 300, pauses: dict[str, int] | None = None) -> Transcript:
    """Passages of words 250 ms long, `step_ms` apart; `pauses[word]` adds silence after that word."""
    at = 0
    made = []
    for text in passages:
        words = []
        for word in text.split():
            words.append(Word(text=word, span=Span(start_ms=at, end_ms=at + 250), confidence=0.9))
            at += step_ms + (pauses or {}).get(word, 0)
        span = Span(start_ms=words[0].span.start_ms, end_ms=words[-1].span.end_ms)
        made.append(Passage(text=text, span=span, words=tuple(words), confidence=0.9))
    return Transcript(language="en", language_confidence=0.9, passages=tuple(made))


def texts(*arguments: object, **keywords: object) -> list[str]:
    return [one.text for one in segment(transcript(*arguments, **keywords))]  # type: ignore[arg-type]


def test_sentences_part_across_passages() -> None:
    assert texts("I came to see the town. It was late and", "all the windows were dark.") == [
        "I came to see the town.",
        "It was late and all the windows were dark.",
    ]


def test_titles_initials_and_figures_end_no_sentence() -> None:
    text = "Yesterday Mr. J. Smith and Dr. Brown met at no. 5 of our street, e.g. Room No. 12 there. Then they left us."
    assert texts(text) == [
        "Yesterday Mr. J. Smith and Dr. Brown met at no. 5 of our street, e.g. Room No. 12 there.",
        "Then they left us.",
    ]


def test_no_as_an_answer_ends_a_sentence() -> None:
    found = segment(transcript("Did you see it that day? No. We did not see it that day.", step_ms=900))
    assert [one.text for one in found] == ["Did you see it that day?", "No.", "We did not see it that day."]


def test_a_long_pause_parts_a_sentence() -> None:
    found = texts("And so my fellow Americans, ask not what your country can do", pauses={"Americans,": 1300})
    assert found == ["And so my fellow Americans,", "ask not what your country can do"]


def test_a_shorter_pause_parts_where_a_passage_begins() -> None:
    assert texts("we saw the hills there", "and rivers beyond them", pauses={"there": 500}) == [
        "we saw the hills there",
        "and rivers beyond them",
    ]
    assert texts("we saw the hills there and rivers beyond them", pauses={"there": 500}) == [
        "we saw the hills there and rivers beyond them"
    ]


def test_a_short_sentence_joins_its_neighbour() -> None:
    assert texts("Yes. That is what I heard.") == ["Yes. That is what I heard."]


def test_a_long_sentence_is_cut_at_a_clause() -> None:
    text = (
        "When the long winter came over the hills and the roads were closed by the snow for weeks, "
        "the people of the village stayed in their houses and told each other the stories of their fathers"
    )
    found = texts(text)
    assert found[0].endswith("weeks,")
    assert " ".join(found) == text


def test_each_segment_has_one_speaker() -> None:
    turns = (
        Turn(speaker_id="a", span=Span(start_ms=0, end_ms=1150)),
        Turn(speaker_id="b", span=Span(start_ms=1150, end_ms=5000)),
    )
    found = segment(transcript("who is there now it is only me"), turns)
    assert [(one.speaker_id, one.text) for one in found] == [("a", "who is there now"), ("b", "it is only me")]


def test_scripts_without_spaces_stay_without_them() -> None:
    words = tuple(
        Word(text=text, span=Span(start_ms=i * 300, end_ms=i * 300 + 250), confidence=0.8)
        for i, text in enumerate(["今天", "天气", "很好。"])
    )
    one = Passage(text="今天天气很好。", span=Span(start_ms=0, end_ms=850), words=words, confidence=0.8)
    other = one.model_copy(update={"text": "今天 天气 很好。"})
    for passage, expected in ((one, "今天天气很好。"), (other, "今天 天气 很好。")):
        heard = Transcript(language="zh", language_confidence=1.0, passages=(passage,))
        assert [s.text for s in segment(heard)] == [expected]


def test_a_passage_without_word_times_keeps_its_words() -> None:
    passage = Passage(text="Only the whole is timed.", span=Span(start_ms=1000, end_ms=3000), words=(), confidence=0.7)
    (found,) = segment(Transcript(language="en", language_confidence=1.0, passages=(passage,)))
    assert found.text == passage.text
    assert found.span == passage.span


def test_nothing_heard_gives_nothing() -> None:
    assert segment(Transcript(language="en", language_confidence=0.0, passages=())) == ()


WORDS = st.text(alphabet="abcXYZ.,?!'éß今。-", min_size=1, max_size=30)


@st.composite
def transcripts(draw: st.DrawFn) -> Transcript:
    """Any transcript, also of engines whose word times overlap or run backwards."""
    passages = []
    for _ in range(draw(st.integers(0, 4))):
        words = []
        for _ in range(draw(st.integers(1, 40))):
            start = draw(st.integers(0, 60_000))
            span = Span(start_ms=start, end_ms=start + draw(st.integers(1, 15_000)))
            words.append(Word(text=draw(WORDS), span=span, confidence=draw(st.floats(0, 1))))
        if draw(st.booleans()):
            words.sort(key=lambda word: word.span.start_ms)
        text = draw(st.sampled_from([" ", "", "  "])).join(word.text for word in words)
        passages.append(Passage(text=text, span=words[0].span, words=tuple(words), confidence=0.5))
    return Transcript(language="en", language_confidence=0.5, passages=tuple(passages))


@st.composite
def turn_lists(draw: st.DrawFn) -> tuple[Turn, ...]:
    starts = draw(st.lists(st.integers(0, 70_000), max_size=8))
    return tuple(
        Turn(
            speaker_id=draw(st.sampled_from("abc")),
            span=Span(start_ms=start, end_ms=start + draw(st.integers(1, 20_000))),
        )
        for start in starts
    )


@settings(max_examples=80)
@given(transcripts(), turn_lists())
def test_the_laws_of_segments(heard: Transcript, turns: tuple[Turn, ...]) -> None:
    found = segment(heard, turns)
    no_word_is_lost_or_doubled(heard, found)
    segments_tile_speech(found)
    overlaps_name_others_who_speak(found, turns)
    assert all((one.speaker_id is None) == (not turns) for one in found)
    assert segment(heard, turns) == found


def no_word_is_lost_or_doubled(heard: Transcript, found: tuple[Segment, ...]) -> None:
    assert [word.text for one in found for word in one.words] == [word.text for word in heard.words]
    assert len({one.segment_id for one in found}) == len(found)
    for one in found:
        assert "".join(one.text.split()) == "".join("".join(word.text for word in one.words).split())


def segments_tile_speech(found: tuple[Segment, ...]) -> None:
    """Every word lies in exactly one segment; none is longer than its words, too long, or has a parting silence."""
    assert all(before.span.end_ms <= after.span.start_ms for before, after in pairwise(found))
    for one in found:
        assert (one.span.start_ms, one.span.end_ms) == (one.words[0].span.start_ms, one.words[-1].span.end_ms)
        silences = [after.span.start_ms - before.span.end_ms for before, after in pairwise(one.words)]
        assert min(silences, default=0) >= 0 and max(silences, default=0) < LIMITS.pause_ms
        if len(one.words) > 1:
            assert one.span.duration_ms <= LIMITS.max_ms
            assert len(one.text) <= LIMITS.max_characters


def overlaps_name_others_who_speak(found: tuple[Segment, ...], turns: tuple[Turn, ...]) -> None:
    for one in found:
        near = {turn.speaker_id for turn in turns if turn.span.overlaps(one.span)}
        named = [overlap.speaker_id for overlap in one.overlaps]
        assert one.speaker_id not in named and set(named) <= near and len(set(named)) == len(named)
        assert all(0 < overlap.share <= 1 for overlap in one.overlaps)


def test_a_segment_names_who_else_speaks_in_it() -> None:
    turns = tuple(
        Turn(speaker_id=name, span=Span(start_ms=start, end_ms=end))
        for name, start, end in (("a", 0, 2350), ("b", 1150, 1750), ("c", 2250, 2350))
    )
    (found,) = segment(transcript("we heard them talk all through the play"), turns)
    assert found.speaker_id == "a"
    assert found.overlaps == (Overlap(speaker_id="b", share=0.2553),), "the edge of a turn is no talk"


def test_a_line_keeps_to_one_language() -> None:
    heard = transcript("He said", "guten Morgen", "and left.")
    passages = tuple(
        passage.model_copy(update={"language": language})
        for passage, language in zip(heard.passages, (None, "de", None), strict=True)
    )
    found = segment(heard.model_copy(update={"passages": passages}))
    assert [(one.text, one.language) for one in found] == [
        ("He said", None),
        ("guten Morgen", "de"),
        ("and left.", None),
    ]
