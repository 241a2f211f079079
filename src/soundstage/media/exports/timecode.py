"""Frames and SMPTE timecode (ST 12-1). Frame 0 begins with the media."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class FrameRate:
    """`numerator / denominator` frames a second.

    Timecode counts whole frames a second. With `drop` it skips numbers, never frames, at the beginning of nine minutes
    in ten, so that at 29.97 and 59.94 it keeps up with the clock.
    """

    name: str
    numerator: int
    denominator: int = 1
    drop: bool = False

    @property
    def per_second(self) -> float:
        return self.numerator / self.denominator

    @property
    def counted(self) -> int:
        """Frames that timecode counts in a second."""
        return -(-self.numerator // self.denominator)

    def frame(self, ms: int) -> int:
        """The frame that begins nearest to a time; of two, the later."""
        return (2 * ms * self.numerator + 1000 * self.denominator) // (2000 * self.denominator)

    def ms(self, frame: int) -> int:
        """When a frame begins, to the nearest millisecond."""
        return (2 * frame * 1000 * self.denominator + self.numerator) // (2 * self.numerator)

    def timecode(self, frame: int) -> str:
        """`01:02:03:04`, with a semicolon before the frames where numbers are dropped; hours count on past 23."""
        frame += self._dropped(frame) if self.drop else 0
        seconds, frames = divmod(frame, self.counted)
        point = ";" if self.drop else ":"
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{frames:02}"

    def _dropped(self, frame: int) -> int:
        """How many numbers were skipped up to a frame."""
        skipped = self.counted // 15  # 2 of 30, 4 of 60
        minute = 60 * self.counted - skipped
        ten_minutes = 10 * minute + skipped
        tens, rest = divmod(frame, ten_minutes)
        minutes = 0 if rest < 60 * self.counted else 1 + (rest - 60 * self.counted) // minute
        return skipped * (9 * tens + minutes)


RATES = MappingProxyType(
    {
        rate.name: rate
        for rate in (
            FrameRate("23.976", 24_000, 1001),
            FrameRate("24", 24),
            FrameRate("25", 25),
            FrameRate("29.97", 30_000, 1001, drop=True),
            FrameRate("29.97ndf", 30_000, 1001),
            FrameRate("30", 30),
            FrameRate("47.952", 48_000, 1001),
            FrameRate("48", 48),
            FrameRate("50", 50),
            FrameRate("59.94", 60_000, 1001, drop=True),
            FrameRate("59.94ndf", 60_000, 1001),
            FrameRate("60", 60),
        )
    }
)
WITHOUT_PICTURE = RATES["25"]
_SLOWEST, _FASTEST = 23.0, 61.0


def rate_near(frames_per_second: float | None) -> FrameRate:
    """The standard rate of a video; 25 without one.

    A slow or fast one is doubled or halved (15 to 30, 119.88 to 59.94), so that frames still begin where its own do;
    an uneven one, as phones and screen recorders make, gets the nearest.
    """
    if not frames_per_second or not 0.1 < frames_per_second < 10_000:
        return WITHOUT_PICTURE
    while frames_per_second < _SLOWEST:
        frames_per_second *= 2
    while frames_per_second > _FASTEST:
        frames_per_second /= 2
    wanted = frames_per_second
    return min(RATES.values(), key=lambda rate: abs(math.log(rate.per_second / wanted)))
