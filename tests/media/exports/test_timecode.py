"""Frames and timecode, against OpenTimelineIO's own arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentimelineio.opentime import RationalTime, from_timecode

from soundstage.media.exports.timecode import RATES, FrameRate, rate_near

ANY_RATE = st.sampled_from(sorted(RATES.values(), key=lambda rate: rate.name))
FRAMES = st.integers(0, 5_000_000)


@pytest.mark.parametrize(
    ("rate", "frame", "expected"),
    [
        ("25", 0, "00:00:00:00"), ("25", 90_024, "01:00:00:24"),
        ("29.97", 1799, "00:00:59;29"), ("29.97", 1800, "00:01:00;02"), ("29.97", 17_981, "00:09:59;29"),
        ("29.97", 17_982, "00:10:00;00"), ("29.97", 107_892, "01:00:00;00"),
        ("29.97ndf", 1800, "00:01:00:00"), ("59.94", 3600, "00:01:00;04"), ("59.94", 35_964, "00:10:00;00"),
        ("23.976", 86_400, "01:00:00:00"), ("24", 24 * 3600 * 30, "30:00:00:00"),
    ],
)  # fmt: skip
def test_timecodes(rate: str, frame: int, expected: str) -> None:
    assert RATES[rate].timecode(frame) == expected


@pytest.mark.parametrize(
    ("told", "rate"),
    [
        (None, "25"), (0.0, "25"), (float("inf"), "25"), (90_000.0, "25"), (25.0, "25"), (24.0, "24"),
        (23.976, "23.976"), (23.98, "23.976"), (29.97, "29.97"), (30.0, "30"), (50.0, "50"), (59.94, "59.94"),
        (60.0, "60"), (47.952, "47.952"), (12.5, "25"), (15.0, "30"), (119.88, "59.94"), (240.0, "60"),
        (29.87, "29.97"), (24.9, "25"), (14.985, "29.97"),
    ],
)  # fmt: skip
def test_the_standard_rate_of_a_video(told: float | None, rate: str) -> None:
    assert rate_near(told).name == rate


@given(ANY_RATE, FRAMES)
def test_frames_to_times_and_back(rate: FrameRate, frame: int) -> None:
    assert rate.frame(rate.ms(frame)) == frame


@given(ANY_RATE, st.integers(0, 100_000_000))
def test_a_time_is_at_most_half_a_frame_off(rate: FrameRate, ms: int) -> None:
    off = abs(rate.frame(ms) * 1000 * rate.denominator / rate.numerator - ms)
    assert off <= 500 * rate.denominator / rate.numerator + 1e-6


@given(ANY_RATE, st.integers(0, 100_000_000), st.integers(0, 100_000))
def test_later_times_are_never_on_earlier_frames(rate: FrameRate, ms: int, more: int) -> None:
    assert rate.frame(ms) <= rate.frame(ms + more)


@given(ANY_RATE, st.integers(0, 2_000_000))
def test_opentimelineio_counts_the_same(rate: FrameRate, frame: int) -> None:
    written = rate.timecode(frame)
    if frame < 24 * 3600 * rate.counted * 0.999:  # it refuses more than a day
        assert written == RationalTime(frame, rate.per_second).to_timecode(rate.per_second, rate.drop)
        assert from_timecode(written, rate.per_second).value == frame


@given(st.sampled_from([RATES["29.97"], RATES["59.94"]]), st.integers(0, 86_000_000))
def test_drop_frame_keeps_up_with_the_clock(rate: FrameRate, ms: int) -> None:
    hours, minutes, rest = rate.timecode(rate.frame(ms)).split(":")
    seconds, frames = rest.split(";")
    told = int(hours) * 3600 + int(minutes) * 60 + int(seconds) + int(frames) / rate.counted
    assert abs(told - ms / 1000) < 0.2
