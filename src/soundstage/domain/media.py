"""What a media file holds, as told by the probe."""

from __future__ import annotations

from enum import StrEnum

from soundstage.domain.value import Milliseconds, Value

UNKNOWN_CODEC = "unknown"  # of a stream that nothing here can decode


class StreamKind(StrEnum):
    AUDIO = "audio"
    VIDEO = "video"
    SUBTITLE = "subtitle"
    DATA = "data"


class Stream(Value):
    """An elementary stream. `audio_index` counts audio streams only (the API's 0-based "audio track").

    `language` as the file tags it; `side_track`: marked as commentary or as made for those who hear or see badly.
    `bit_rate` in bits a second, `bits` a sample; `start_ms`: when it begins on the container's timeline, where told.
    `frame_rate` is the average; `variable_frame_rate`: the file tells that pictures do not come evenly.
    """

    index: int
    kind: StreamKind
    codec: str
    language: str | None = None
    title: str | None = None
    is_default: bool = False
    side_track: bool = False
    profile: str | None = None
    bit_rate: int | None = None
    start_ms: int | None = None
    duration_ms: Milliseconds | None = None
    audio_index: int | None = None
    sample_rate: int | None = None
    channels: int | None = None
    layout: str | None = None
    bits: int | None = None
    width: int | None = None
    height: int | None = None
    pixel_format: str | None = None
    frame_rate: float | None = None
    variable_frame_rate: bool | None = None


class MediaInfo(Value):
    """A probed container: FFmpeg's format name, length, and every stream in file order.

    `brand`: which of a family it is (`isom`, `qt`, `webm`, `matroska`), where the file tells.
    """

    container: str
    brand: str | None = None
    duration_ms: Milliseconds
    bytes: int
    bit_rate: int | None
    streams: tuple[Stream, ...]

    @property
    def audio(self) -> tuple[Stream, ...]:
        return tuple(s for s in self.streams if s.kind is StreamKind.AUDIO)

    @property
    def video(self) -> tuple[Stream, ...]:
        return tuple(s for s in self.streams if s.kind is StreamKind.VIDEO)
