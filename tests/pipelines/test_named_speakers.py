"""Speakers that a text names, beside those that are heard."""

from __future__ import annotations

from soundstage.domain.brought import BroughtCue, BroughtPart
from soundstage.domain.speaker import Speaker, Turn
from soundstage.domain.timing import Span
from soundstage.domain.transcript import Transcript
from soundstage.engines.diarization.contract import Diarization
from soundstage.pipelines.brought_speech import TimedText, timed_text
from soundstage.pipelines.named_speakers import NamedSpeakers, cut_into_lines


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def text(*cues: tuple[int, int, str | None, str]) -> TimedText:
    made = [BroughtCue(span=span(s, e), parts=(BroughtPart(text=t, speaker=name),)) for s, e, name, t in cues]
    return timed_text(made, 60_000)


def lines(timed: TimedText, named: NamedSpeakers | None, turns: tuple[Turn, ...] = ()) -> list[tuple[str | None, str]]:
    transcript = Transcript(language="en", language_confidence=1.0, passages=timed.passages)
    return [(one.speaker_id, one.text) for one in cut_into_lines(transcript, named, turns)]


HEARD = Diarization(
    speakers=tuple(
        Speaker(speaker_id=f"speaker-{n}", name=f"Speaker {n}", airtime_ms=9000, confidence=0.8) for n in (1, 2)
    ),
    turns=(
        Turn(speaker_id="speaker-1", span=span(0, 2000)),
        Turn(speaker_id="speaker-2", span=span(2000, 4000)),
        Turn(speaker_id="speaker-1", span=span(4000, 6000)),
    ),
)


def test_tags_become_the_speakers() -> None:
    timed = text((0, 2000, "Anna", "Good morning."), (2000, 4000, "Bob", "And to you."), (4000, 6000, "Anna", "Bye."))
    named = NamedSpeakers(timed.passages, timed.names)
    assert lines(timed, named) == [
        ("speaker-1", "Good morning."), ("speaker-2", "And to you."), ("speaker-1", "Bye.")
    ]  # fmt: skip
    speakers = {one.name: one for one in named.speakers()}
    assert set(speakers) == {"Anna", "Bob"}
    assert (speakers["Anna"].airtime_ms, speakers["Anna"].confidence) == (4000, 1.0)
    assert speakers["Bob"].sample == span(2000, 4000)


def test_a_line_without_a_tag_is_of_the_voice_that_is_tagged_elsewhere_or_of_another_one() -> None:
    timed = text((0, 2000, "Anna", "Good morning."), (2000, 4000, None, "And to you."), (4000, 6000, None, "Good bye."))
    named = NamedSpeakers(timed.passages, timed.names, HEARD)
    assert [who for who, _ in lines(timed, named)] == ["speaker-1", "speaker-2", "speaker-1"]
    assert [(one.speaker_id, one.name) for one in named.speakers()] == [
        ("speaker-1", "Anna"),
        ("speaker-2", "Speaker 2"),
    ]
    assert [one.airtime_ms for one in named.speakers()] == [4000, 2000]


def test_people_who_speak_at_once_keep_their_words_and_their_times() -> None:
    timed = text(
        (0, 4000, "Anna", "I told you so."), (1000, 3000, "Bob", "No you did not."), (4000, 5000, "Bob", "No.")
    )
    named = NamedSpeakers(timed.passages, timed.names)
    transcript = Transcript(language="en", language_confidence=1.0, passages=timed.passages)
    found = cut_into_lines(transcript, named, ())
    assert [(one.segment_id, one.speaker_id, one.text, one.span) for one in found] == [
        ("s0001", "speaker-1", "I told you so.", span(0, 4000)),
        ("s0002", "speaker-2", "No you did not.", span(1000, 3000)),
        ("s0003", "speaker-2", "No.", span(4000, 5000)),
    ]


def test_without_names_the_turns_that_were_heard_count() -> None:
    timed = text((0, 2000, None, "Good morning."), (2000, 4000, None, "And to you."))
    assert [who for who, _ in lines(timed, None, HEARD.turns)] == ["speaker-1", "speaker-2"]
