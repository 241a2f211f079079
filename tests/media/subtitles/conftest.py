"""Lines for subtitles: by hand, and any that hypothesis thinks of."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from soundstage.domain.timing import Span
from soundstage.domain.transcript import Word
from soundstage.media.subtitles.cues import SubtitleLine


def span(start: int, end: int) -> Span:
    return Span(start_ms=start, end_ms=end)


def line(start: int, end: int, text: str, speaker: str | None = None, words: tuple[Word, ...] = ()) -> SubtitleLine:
    return SubtitleLine(span=span(start, end), text=text, speaker=speaker, words=words)


def spaceless(text: str) -> str:
    """What is left of a text when nothing but its white space is taken away."""
    return "".join(text.split())


SPANS = st.builds(lambda start, length: span(start, start + length), st.integers(0, 30_000_000), st.integers(1, 60_000))
WORDS = st.one_of(
    st.text("abcdefghij'ßéñ.,!?", min_size=1, max_size=12),
    st.text("東京にほん語カタカナ、。「」", min_size=1, max_size=30),
    st.text("שלוםعربيהكم", min_size=1, max_size=9),
    st.sampled_from(["👩‍👩‍👧", "👍🏽", "🇪🇸🇫🇷", "❤️", "e\u0301a\u0308", "สวัสดีครับ", "안녕하세요", "नमस्ते", "x" * 60]),
)
TEXTS = st.lists(WORDS, min_size=1, max_size=40).map(" ".join)
LINES = st.builds(
    lambda span, text, speaker: SubtitleLine(span=span, text=text, speaker=speaker),
    SPANS,
    TEXTS,
    st.sampled_from([None, "Ann", 'Böb & <Co>, "Ltd"']),
)
ANY_TEXT: Any = st.text(max_size=200)
