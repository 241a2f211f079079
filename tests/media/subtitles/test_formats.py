"""SubRip, WebVTT, SubStation and TTML as they are written, and as pysubs2 and an XML parser read them."""

from __future__ import annotations

import html
import re
import warnings

import pysubs2
import pytest
from defusedxml import ElementTree
from hypothesis import given
from hypothesis import strategies as st
from tests.media.subtitles.conftest import ANY_TEXT, LINES, line, spaceless

from soundstage.errors import BadRequest
from soundstage.media.subtitles.ass import ass
from soundstage.media.subtitles.cues import is_right_to_left
from soundstage.media.subtitles.reading import cues_of
from soundstage.media.subtitles.srt import srt
from soundstage.media.subtitles.ttml import ttml
from soundstage.media.subtitles.vtt import vtt

CUES = cues_of(
    [
        line(3_661_001, 3_662_500, "Second & <last>\n\n  line {kept} ", "A <b>,\nC"),
        line(0, 1_500, "First --> line"),
        line(700, 1_900, "שלום, world 👍🏽", "דנה"),
        line(2_000, 2_500, " \n "),
    ]
)
TT = "{http://www.w3.org/ns/ttml}"
TTM = "{http://www.w3.org/ns/ttml#metadata}"
TTS = "{http://www.w3.org/ns/ttml#styling}"
XML = "{http://www.w3.org/XML/1998/namespace}"


def test_srt() -> None:
    assert srt(CUES) == (
        "1\n00:00:00,000 --> 00:00:01,500\nFirst → line\n\n"
        "2\n00:00:00,700 --> 00:00:01,900\nשלום, world 👍🏽\n\n"
        "3\n01:01:01,001 --> 01:01:02,500\nSecond & <last>\nline {kept}\n"
    )


def test_vtt() -> None:
    assert vtt(CUES) == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nFirst --&gt; line\n\n"
        "2\n00:00:00.700 --> 00:00:01.900\n<v דנה>שלום, world 👍🏽</v>\n\n"
        "3\n01:01:01.001 --> 01:01:02.500\n<v A b , C>Second &amp; &lt;last&gt;\nline {kept}</v>\n"
    )


def test_ass() -> None:
    written = ass(CUES, "A talk, with commas\nand rows")
    assert "Title: A talk with commas and rows\n" in written
    events = [one for one in written.splitlines() if one.startswith("Dialogue:")]
    assert events == [
        "Dialogue: 0,0:00:00.00,0:00:01.50,Default,,0,0,0,,First --> line",
        "Dialogue: 0,0:00:00.70,0:00:01.90,Default,דנה,0,0,0,,שלום, world 👍🏽",
        r"Dialogue: 0,1:01:01.00,1:01:02.50,Default,A <b> C,0,0,0,,Second & <last>\Nline \{kept\}",
    ]
    style = next(one for one in written.splitlines() if one.startswith("Style:"))
    assert style.endswith(",-1")  # libass finds each text's direction itself
    assert not ass(CUES[:1], "x").split("Style:")[1].splitlines()[0].endswith(",-1")


def test_ass_commands_in_a_text_are_text() -> None:
    written = ass(cues_of([line(0, 10, r"C:\new {\b1}bold")]), "")
    assert "C:\\\u2060new \\{\\\u2060b1\\}bold" in written


def test_ass_ends_at_ten_hours() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "9:59:59.99" in ass(cues_of([line(35_999_980, 35_999_990, "x")]), "")
    with pytest.raises(BadRequest, match="ten hours"):
        ass(cues_of([line(35_999_980, 36_000_000, "x")]), "")


def test_ttml() -> None:
    root = ElementTree.fromstring(ttml(CUES, "Q & A", "en-US").encode())
    assert root.tag == f"{TT}tt"
    assert root.get(f"{XML}lang") == "en-US"
    assert root.findtext(f".//{TTM}title") == "Q & A"
    agents = {one.get(f"{XML}id"): one.findtext(f"{TTM}name") for one in root.iter(f"{TTM}agent")}
    assert agents == {"speaker-1": "דנה", "speaker-2": "A <b>, C"}
    first, second, third = root.iter(f"{TT}p")
    assert first.attrib == {f"{XML}id": "cue-1", "begin": "00:00:00.000", "end": "00:00:01.500"}
    assert (second.get(f"{TTM}agent"), second.get(f"{TTS}direction")) == ("speaker-1", "rtl")
    assert (third.get(f"{TTM}agent"), third.get(f"{TTS}direction")) == ("speaker-2", None)
    assert [third.text, *(br.tail for br in third)] == ["Second & <last>", "line {kept}"]
    referred = {root.find(f".//{TT}div").get(name) for name in ("region", "style")}
    assert referred == {one.get(f"{XML}id") for kind in ("region", "style") for one in root.iter(f"{TT}{kind}")}


def test_nothing_said() -> None:
    assert srt(()) == ""
    assert vtt(()) == "WEBVTT\n"
    assert "[Events]" in ass((), "x")
    assert list(ElementTree.fromstring(ttml((), "x", None).encode()).iter(f"{TT}p")) == []


@pytest.mark.parametrize(
    ("text", "expected"), [("שלום abc", True), ("abc שלום", False), ("123 عربي", True), ("…", False), ("", False)]
)
def test_direction_is_that_of_the_first_letter(text: str, expected: bool) -> None:
    assert is_right_to_left(text) is expected


def said(text: str) -> str:
    """A cue's text as an event of pysubs2 has it, without white space, whose kinds formats do not tell apart."""
    return spaceless(text.replace(r"\N", "\n"))


@given(st.lists(LINES, max_size=8))
def test_times_and_texts_come_back(lines) -> None:
    cues = cues_of(lines)
    expected = sorted((cue.span.start_ms, cue.span.end_ms, spaceless(cue.text)) for cue in cues)
    for name, text in (("srt", srt(cues)), ("ttml", ttml(cues, "x", "es-ES"))):
        read = pysubs2.SSAFile.from_string(text, name) if cues else []
        assert sorted((one.start, one.end, said(one.text)) for one in read) == expected, name
    blocks = [block.split("\n", 2) for block in vtt(cues).split("\n\n")[1:]]
    read_back = []
    for _, times, payload in blocks:
        (first, last) = (pysubs2.time.timestamp_to_ms(re.split("[:.]", one)) for one in times.split(" --> "))
        read_back.append((first, last, spaceless(html.unescape(re.sub("<[^>]*>", "", payload)))))
    assert sorted(read_back) == expected


@given(st.lists(LINES, max_size=8))
def test_pysubs2_reads_the_times_of_vtt(lines) -> None:
    cues = cues_of(lines)
    read = pysubs2.SSAFile.from_string(vtt(cues), "vtt")
    assert [(one.start, one.end) for one in read] == [(cue.span.start_ms, cue.span.end_ms) for cue in cues]


@given(st.lists(LINES, max_size=8))
def test_ass_comes_back_to_the_hundredth(lines) -> None:
    cues = cues_of(lines)
    read = pysubs2.SSAFile.from_string(ass(cues, "x"), "ass")
    assert len(read) == len(cues)
    for one, cue in zip(read, cues, strict=True):
        assert abs(one.start - cue.span.start_ms) <= 5
        assert one.end == one.start + 10 or abs(one.end - cue.span.end_ms) <= 5
        assert one.end > one.start
        plain = one.text.replace("\\\u2060", "\\").replace(r"\{", "{").replace(r"\}", "}")
        assert said(plain) == spaceless(cue.text)


@given(ANY_TEXT, ANY_TEXT)
def test_no_text_breaks_a_format(text: str, speaker: str) -> None:
    cues = cues_of([line(0, 60_000, text, speaker), line(60_000, 61_000, "end")])
    assert srt(cues).count(" --> ") == len(cues)
    assert vtt(cues).count("-->") == len(cues)
    assert "\n\n\n" not in vtt(cues)
    assert len([one for one in ass(cues, text).splitlines() if one.startswith("Dialogue: ")]) == len(cues)
    root = ElementTree.fromstring(ttml(cues, text, "en").encode())
    shown = [spaceless("".join(p.itertext())) for p in root.iter(f"{TT}p")]
    assert shown == [spaceless(cue.text) for cue in cues]
