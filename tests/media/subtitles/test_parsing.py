"""Subtitles that clients bring: what is read of them, and what is refused, with the line it stands in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.domain.brought import BroughtTranscript
from soundstage.domain.timing import Span
from soundstage.errors import Invalid
from soundstage.media.subtitles.cues import Cue
from soundstage.media.subtitles.parsing import parse
from soundstage.media.subtitles.srt import srt
from soundstage.media.subtitles.ttml import ttml
from soundstage.media.subtitles.vtt import vtt

Told = list[tuple[int, int, list[tuple[str | None, str]]]]


def told(brought: BroughtTranscript) -> Told:
    return [
        (cue.span.start_ms, cue.span.end_ms, [(part.speaker, part.text) for part in cue.parts]) for cue in brought.cues
    ]


def lines(text: str) -> Told:
    return told(parse(text))


def cue(text: str, times: str = "00:00:01,000 --> 00:00:02,000") -> str:
    return f"1\n{times}\n{text}\n"


def faults(text: str) -> list[str]:
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert {fault.loc for fault in refused.value.faults} == {("body", "source_transcript")}
    return [fault.msg for fault in refused.value.faults]


@pytest.mark.parametrize(
    "times",
    ["00:00:01,500 --> 00:00:02,750", "0:00:01.5 --> 0:0:02.75", "00:01,500-->00:02,750",
     "000:00:01:500 --> 00:00:02,750 X1:10 X2:20 Y1:30 Y2:40", "  00 : 00 : 01 , 500 --> 00:00:02,750  "],
)  # fmt: skip
def test_times_are_read_as_they_are_written_everywhere(times: str) -> None:
    assert lines(cue("Hello.", times)) == [(1500, 2750, [(None, "Hello.")])]


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm() -> None:
    text = "\ufeff1\r\n00:00:01,000 --> 00:00:02,000\r\nOne\r\nrow\r\n\r\n2\r\n00:00:02,000 --> 00:00:03,000\r\nTwo"
    assert lines(text) == [(1000, 2000, [(None, "One row")]), (2000, 3000, [(None, "Two")])]


def test_styling_is_no_text_and_text_is_no_styling() -> None:
    text = r"{\an8}<i>She</i> said<br>1 < 2 <font color='red'>&amp; 3 > 2</font>\Nto <b>him</b>"
    assert lines(cue(text)) == [(1000, 2000, [(None, "She said 1 < 2 & 3 > 2 to him")])]


def test_blank_rows_within_a_cue_and_numbers_that_are_said_stay() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\nHow many?\n\n42\n\n2\n00:00:02,000 --> 00:00:03,000\n7\n"
    assert lines(text) == [(1000, 2000, [(None, "How many? 42")]), (2000, 3000, [(None, "7")])]


def test_cues_out_of_order_are_put_in_order_and_may_overlap() -> None:
    text = cue("Late", "00:00:05,000 --> 00:00:06,000") + "\n" + cue("Early", "00:00:01,000 --> 00:00:05,500")
    brought = parse(text + "\n" + cue(" ", "00:00:08,000 --> 00:00:09,000"))
    assert told(brought) == [(1000, 5500, [(None, "Early")]), (5000, 6000, [(None, "Late")])]
    assert (brought.unsorted, brought.empty_cues, brought.form) == (True, 1, "srt")


def test_webvtt_with_voices_notes_and_timestamps() -> None:
    brought = parse(
        "WEBVTT - a talk\nKind: captions\nLanguage: de-CH\n\n"
        "NOTE 00:01 --> 00:02\nnot a cue\n\nSTYLE\n::cue { color: red }\n\n"
        "intro\n00:01.000 --> 00:02.000 align:start position:0%\n<v.loud Anna &amp; Co>Hello <b>you</b>\nthere</v>\n\n"
        "00:00:03.000 --> 00:00:04.000\n<v Bob>Yes.\n<v Eve>No.\n\n"
        "00:00:05.000 --> 00:00:06.000\n"
        "<00:00:05.500><c.yellow>two</c> <ruby>words<rt>read</rt></ruby> &lt;here&gt; 2 < 3\n"
    )
    assert told(brought) == [
        (1000, 2000, [("Anna & Co", "Hello you there")]),
        (3000, 4000, [("Bob", "Yes."), ("Eve", "No.")]),
        (5000, 6000, [(None, "two words <here> 2 < 3")]),
    ]
    assert (brought.form, brought.language) == ("vtt", "de")


TTML = (
    '<?xml version="1.0" encoding="UTF-16"?>\n<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="fr"'
    ' xmlns:ttm="http://www.w3.org/ns/ttml#metadata" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" {root}>'
    '<head><metadata><ttm:title>Not said</ttm:title><ttm:agent xml:id="a1"><ttm:name>Anna</ttm:name></ttm:agent>'
    "</metadata></head><body{body}><div>{text}</div></body></tt>"
)


def test_ttml_with_agents_breaks_and_nested_times() -> None:
    text = (
        '<p begin="1s" dur="00:00:02.500" ttm:agent="a1">Salut<br/>toi <span>là</span>\n   <metadata>no</metadata></p>'
        '<p><span begin="5s" end="6s" ttm:agent="b2">un</span><span begin="6s" end="7500ms">deux</span></p>'
    )
    brought = parse(TTML.format(root="", body=' begin="10s"', text=text))
    assert told(brought) == [
        (11_000, 13_500, [("Anna", "Salut toi là")]),
        (15_000, 16_000, [("b2", "un")]),
        (16_000, 17_500, [(None, "deux")]),
    ]
    assert (brought.form, brought.language) == ("ttml", "fr")


@pytest.mark.parametrize(
    ("root", "begin", "ms"),
    [('ttp:frameRate="25"', "00:00:01:10", 1400),
     ('ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"', "30f", 1001),
     ('ttp:tickRate="10000000"', "12345678t", 1235), ("", "0.02m", 1200), ("", "00:00:01,250", 1250)],
)  # fmt: skip
def test_ttml_counts_frames_and_ticks(root: str, begin: str, ms: int) -> None:
    text = f'<p begin="{begin}" end="1h">x</p>'
    assert lines(TTML.format(root=root, body="", text=text)) == [(ms, 3_600_000, [(None, "x")])]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("\ufeff \n", "is empty"),
        ("Just some words.", "neither SRT, WebVTT nor TTML"),
        ("W\0E\0B\0", "wrong encoding"),
        (cue("Caf\ufffd"), "wrong encoding"),
        (cue("  <i></i> "), "holds no cue with text"),
        (cue("x", "00:00:05,000 --> 00:00:02,000"), "Line 2: the cue must end after it begins"),
        (cue("x", "00:00:02,000 --> 00:00:02,000"), "Line 2: the cue must end after it begins"),
        (cue("x", "00:99:05,000 --> 00:99:06,000"), "Line 2: these are no times"),
        (cue("x", "00:00:05,000 --> soon"), "Line 2: these are no times"),
        ("Preface\n" + cue("x"), "Line 1: this text has no times"),
        (cue("x" * 5001), "more than 5000 characters"),
        ("WEBVTT\n\n<v Anna>Hello.", "holds no cue with text"),
        ("<html><body/></html>", "is XML but no TTML"),
        ("<tt><body>", "no well-formed XML"),
        ('<!DOCTYPE tt [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><tt>&b;</tt>', "declares a document type"),
        ("<tt>" + "<div>" * 60 + "</div>" * 60 + "</tt>", "nests elements"),
        (TTML.format(root="", body="", text="<p>x</p>"), "the paragraph has no end"),
        (TTML.format(root="", body="", text='<p begin="soon" end="2s">x</p>'), "begin='soon' is no time"),
        (TTML.format(root='ttp:timeBase="smpte"', body="", text="<p/>"), "by a tape or a clock"),
        (TTML.format(root='ttp:frameRate="0"', body="", text="<p/>"), "no usable ttp:frameRate"),
        (TTML.format(root="", body=' timeContainer="seq"', text='<p dur="1s">x</p>'), "is not understood"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, problem: str) -> None:
    assert any(problem in message for message in faults(text)), faults(text)


def test_every_fault_is_told_but_not_without_end() -> None:
    assert len(faults("\n".join(cue("x", "00:00:05,000 --> 00:00:02,000") for _ in range(50)))) == 20


_words = st.text(st.characters(categories=["Ll", "Lu", "Nd", "Lo"], max_codepoint=0x2FFF), min_size=1, max_size=8)
_times = st.lists(st.integers(0, 359_999_999), min_size=2, max_size=12, unique=True).map(sorted)


@given(times=_times, texts=st.lists(st.lists(_words, min_size=1, max_size=4), min_size=6, max_size=6))
def test_what_soundstage_writes_it_reads_back(times: list[int], texts: list[list[str]]) -> None:
    cues = [
        Cue(span=Span(start_ms=start, end_ms=end), rows=(" ".join(words),), speaker="Zoë Q")
        for start, end, words in zip(times[::2], times[1::2], texts, strict=False)
    ]
    spans = [(one.span.start_ms, one.span.end_ms) for one in cues]
    for written in (srt(cues), vtt(cues), ttml(cues, "A talk", "en-us")):
        read = parse(written)
        assert [(one.span.start_ms, one.span.end_ms) for one in read.cues] == spans
        assert [" ".join(part.text for part in one.parts) for one in read.cues] == [one.text for one in cues]
        named = {part.speaker for one in read.cues for part in one.parts}
        assert named == ({None} if written.startswith("1") else {"Zoë Q"})


def test_a_language_that_a_ttml_paragraph_or_what_is_around_it_declares() -> None:
    text = (
        '<tt xmlns="http://www.w3.org/ns/ttml" xml:lang="en-US"><body><div>'
        '<p begin="0s" end="1s">Hello.</p><p begin="1s" end="2s" xml:lang="fr-CA">Bonjour.</p></div>'
        '<div xml:lang="deu"><p begin="2s" end="3s">Hallo.</p><p begin="3s" end="4s" xml:lang="x!y">Na?</p></div>'
        "</body></tt>"
    )
    found = parse(text)
    assert found.language == "en"
    assert [cue.language for cue in found.cues] == [None, "fr", "de", "de"]


def test_a_language_that_a_webvtt_cue_declares() -> None:
    spoken = Cue(span=Span(start_ms=0, end_ms=900), rows=("Bonjour <à> tous.",), speaker="Ann", language="fr")
    plain = Cue(span=Span(start_ms=1_000, end_ms=1_900), rows=("Hello.",))
    found = parse(vtt((spoken, plain)))
    assert [(cue.parts[0].speaker, cue.parts[0].text, cue.language) for cue in found.cues] == [
        ("Ann", "Bonjour <à> tous.", "fr"),
        (None, "Hello.", None),
    ]
    again = parse(ttml((spoken, plain), "Talk", "en"))
    assert [cue.language for cue in again.cues] == ["fr", None]
