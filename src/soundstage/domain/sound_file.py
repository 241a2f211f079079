"""The formats in which a finished sound can be had."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from soundstage.domain.value import Value


class Encoding(Value):
    """How sound is written: `format` (the container) and `codec` as FFmpeg calls them, `ending` of a file's name.

    `rate` in Hz; `bit_rate` in bits a second, None where the codec needs none. `mono`: channels are mixed into one.
    """

    format: str
    codec: str
    ending: str
    media_type: str
    rate: Annotated[int, Field(gt=0)]
    bit_rate: Annotated[int, Field(gt=0)] | None = None
    mono: bool = False

    @property
    def name(self) -> str:
        """Tells encodings apart."""
        parts = (self.ending, self.codec, self.rate, self.bit_rate, "mono" if self.mono else None)
        return "-".join(str(part) for part in parts if part is not None)


def mp3(rate: int, bit_rate: int) -> Encoding:
    return Encoding(
        format="mp3", codec="libmp3lame", ending="mp3", media_type="audio/mpeg", rate=rate, bit_rate=bit_rate
    )


def opus(bit_rate: int) -> Encoding:
    """Opus in Ogg (RFC 7845), which always plays at 48 kHz."""
    return Encoding(
        format="opus", codec="libopus", ending="opus", media_type="audio/ogg", rate=48_000, bit_rate=bit_rate
    )
