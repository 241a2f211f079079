from __future__ import annotations

from pathlib import Path

import pysubs2
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.domain.timing import Span
from soundstage.media.subtitles import SubtitleLine, write_srt, write_vtt


def line(start: int, end: int, text: str, speaker: str | None = None) -> SubtitleLine:
    return SubtitleLine(span=Span(start_ms=start, end_ms=end), text=text, speaker=speaker)


LINES = (
    line(3_661_001, 3_662_500, "Second & <last>\n\n  line {kept} "),
    line(0, 1_500, "First --> line"),
    line(2_000, 2_500, " \n "),
)


def test_srt(tmp_path: Path) -> None:
    write_srt(LINES, tmp_path / "x.srt")
    assert (tmp_path / "x.srt").read_text("utf-8") == (
        "1\n00:00:00,000 --> 00:00:01,500\nFirst → line\n\n"
        "2\n01:01:01,001 --> 01:01:02,500\nSecond & <last>\nline {kept}\n"
    )


def test_vtt(tmp_path: Path) -> None:
    write_vtt((*LINES, line(4_000_000, 4_000_001, "Hi", "A <b>\nC")), tmp_path / "x.vtt")
    assert (tmp_path / "x.vtt").read_text("utf-8") == (
        "WEBVTT\n\n1\n00:00:00.000 --> 00:00:01.500\nFirst → line\n\n"
        "2\n01:01:01.001 --> 01:01:02.500\nSecond &amp; &lt;last&gt;\nline {kept}\n\n"
        "3\n01:06:40.000 --> 01:06:40.001\n<v A b C>Hi</v>\n"
    )


def test_nothing_said(tmp_path: Path) -> None:
    write_srt((), tmp_path / "x.srt")
    write_vtt((), tmp_path / "x.vtt")
    assert (tmp_path / "x.srt").read_text() == "" and (tmp_path / "x.vtt").read_text() == "WEBVTT\n"


TEXTS = st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1, max_size=40).filter(str.strip)
TIMES = st.tuples(st.integers(0, 30_000_000), st.integers(1, 60_000))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cues=st.lists(st.tuples(TIMES, TEXTS), max_size=10))
def test_pysubs2_reads_the_same_times_back(tmp_path: Path, cues: list[tuple[tuple[int, int], str]]) -> None:
    lines = tuple(line(start, start + length, text) for (start, length), text in cues)
    expected = sorted((each.span.start_ms, each.span.end_ms) for each in lines)
    for write, name in ((write_srt, "srt"), (write_vtt, "vtt")):
        write(lines, tmp_path / name)
        read = pysubs2.load(str(tmp_path / name), encoding="utf-8", format_=name)
        assert sorted((event.start, event.end) for event in read) == expected
