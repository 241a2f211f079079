from __future__ import annotations

from typing import Any

import pytest

from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.media.playable import plan_proxy

MP4, MKV = "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"


def film(container: str, brand: str | None, picture: str, *sounds: str, **of_picture: Any) -> MediaInfo:
    streams = [Stream(index=0, kind=StreamKind.VIDEO, codec=picture, **{"pixel_format": "yuv420p"} | of_picture)]
    for number, codec in enumerate(sounds):
        streams.append(
            Stream(index=number + 1, kind=StreamKind.AUDIO, codec=codec, audio_index=number, is_default=number == 0)
        )
    return MediaInfo(container=container, brand=brand, duration_ms=1, bytes=1, bit_rate=None, streams=tuple(streams))


@pytest.mark.parametrize(
    ("media", "plan"),
    [
        (film(MP4, "isom", "h264", "aac"), ("source", "mp4", True)),
        (film(MP4, "mp42", "av1", "opus", pixel_format="yuv420p10le"), ("source", "mp4", True)),
        (film(MKV, "webm", "vp9", "opus"), ("source", "webm", True)),
        (film(MKV, "webm", "vp8", "vorbis"), ("source", "webm", True)),
        (film(MKV, "matroska", "vp9", "opus"), ("copy", "webm", True)),
        (film(MKV, "matroska", "vp8", "ac3"), ("copy", "webm", False)),
        (film(MKV, "matroska", "vp9", "aac"), ("copy", "mp4", True)),
        (film(MKV, "matroska", "h264", "aac"), ("copy", "mp4", True)),
        (film(MKV, "matroska", "h264", "dts"), ("copy", "mp4", False)),
        (film(MP4, "qt", "h264", "pcm_s16le"), ("copy", "mp4", False)),
        (film(MP4, "isom", "h264", "ac3"), ("copy", "mp4", False)),
        (film("mpegts", None, "h264", "aac"), ("copy", "mp4", True)),
        (film(MP4, "isom", "hevc", "aac"), ("transcode", "mp4", True)),
        (film("mxf", None, "mpeg2video", "pcm_s24le"), ("transcode", "mp4", False)),
        (film(MP4, "isom", "h264", "aac", pixel_format="yuv422p10le"), ("transcode", "mp4", True)),
        (film(MP4, "qt", "prores", "pcm_s16le", pixel_format="yuv422p10le"), ("transcode", "mp4", False)),
    ],
)
def test_the_least_that_makes_it_play(media: MediaInfo, plan: tuple[str, str, bool]) -> None:
    found = plan_proxy(media, media.audio)
    assert found is not None and found.why
    assert (found.way, found.container, found.copy_sound) == plan


def test_the_track_that_would_be_heard_counts() -> None:
    media = film(MP4, "isom", "h264", "aac", "aac")
    first, second = plan_proxy(media, media.audio[:1]), plan_proxy(media, media.audio[1:])
    assert first is not None and first.way == "source"
    assert second is not None and (second.way, second.copy_sound) == ("copy", True)
    both = plan_proxy(media, media.audio)
    assert both is not None and (both.way, both.copy_sound, both.why) == (
        "copy",
        False,
        "several audio tracks are mixed",
    )


def test_sound_alone_needs_none() -> None:
    media = film("wav", None, "h264", "pcm_s16le")
    sound = media.model_copy(update={"streams": media.streams[1:]})
    assert plan_proxy(sound, sound.audio) is None
