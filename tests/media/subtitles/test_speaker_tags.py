"""Who speaks, as texts of subtitles tell it."""

from __future__ import annotations

import pytest

from soundstage.media.subtitles.raw_cues import RawCue
from soundstage.media.subtitles.speaker_tags import SpeakerTags


def parts(*cues: str) -> list[list[tuple[str | None, str]]]:
    raw = [RawCue(1, 0, 1, tuple(cue.split("\n")), (None,) * (cue.count("\n") + 1)) for cue in cues]
    tags = SpeakerTags(raw)
    return [list(tags.parts(cue)) for cue in raw]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ANNA: Hello there.", [("ANNA", "Hello there.")]),
        ("DR. O'NEILL-BROWN: Well.", [("DR. O'NEILL-BROWN", "Well.")]),
        (">> ANNA: Hello.", [("ANNA", "Hello.")]),
        ("&gt;&gt; Hello.", [(None, "Hello.")]),
        ("SPEAKER_00: Hello.", [("SPEAKER_00", "Hello.")]),
        ("[Speaker 2] Hello.", [("Speaker 2", "Hello.")]),
        ("[ANNA]: Hello.", [("ANNA", "Hello.")]),
        ("- Hi.\n- Hello.", [(None, "Hi."), (None, "Hello.")]),
        ("- ANNA: Hi,\nyou.\n- BOB: Hello.", [("ANNA", "Hi, you."), ("BOB", "Hello.")]),
        ("-5 degrees", [(None, "-5 degrees")]),
        ("—and so on", [(None, "—and so on")]),
        ("Note: this matters.", [(None, "Note: this matters.")]),
        ("It is 10:30 now", [(None, "It is 10:30 now")]),
        ("he said: go", [(None, "he said: go")]),
        ("[LAUGHS] Oh!", [(None, "[LAUGHS] Oh!")]),
        ("[Music]", [(None, "[Music]")]),
        ("これは\nペンです。", [(None, "これはペンです。")]),
    ],
)
def test_one_cue(text: str, expected: list[tuple[str | None, str]]) -> None:
    assert parts(text, "Some small letters.")[0] == expected


def test_a_capitalised_word_is_a_name_once_it_is_met_twice() -> None:
    assert parts("Anna Berg: Hi.", "Anna Berg: You?", "Listen: Go.") == [
        [("Anna Berg", "Hi.")], [("Anna Berg", "You?")], [(None, "Listen: Go.")]
    ]  # fmt: skip
    assert parts("[Bob] Hi.", "[Bob] You?", "[Sighs] I know.", "[Sighs] I do.") == [
        [("Bob", "Hi.")], [("Bob", "You?")], [(None, "[Sighs] I know.")], [(None, "[Sighs] I do.")]
    ]  # fmt: skip
    assert parts("张三：你好", "张三：再见") == [[("张三", "你好")], [("张三", "再见")]]


def test_in_a_text_all_in_capitals_a_word_before_a_colon_is_no_name_for_that() -> None:
    assert parts("LISTEN: WE MUST GO.", "WE ARE LATE.") == [[(None, "LISTEN: WE MUST GO.")], [(None, "WE ARE LATE.")]]
