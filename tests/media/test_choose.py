from __future__ import annotations

import pytest

from soundstage.domain.media import MediaInfo, Stream, StreamKind
from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.choose import choose_streams


def info(*defaults: bool, video: bool = True) -> MediaInfo:
    streams = [Stream(index=0, kind=StreamKind.VIDEO, codec="h264")] if video else []
    for number, default in enumerate(defaults):
        streams.append(
            Stream(index=len(streams), kind=StreamKind.AUDIO, codec="aac", is_default=default, audio_index=number)
        )
    return MediaInfo(container="mov", duration_ms=1000, bytes=1, bit_rate=None, streams=tuple(streams))


@pytest.mark.parametrize(
    ("media", "selected", "chosen"),
    [
        (info(False, True, True), None, [1]),
        (info(False, False), None, [0]),
        (info(False, True), (), [1]),
        (info(False, True), (0,), [0]),
        (info(False, True, False), (2, 0, 2), [0, 2]),
    ],
)
def test_chooses(media: MediaInfo, selected: tuple[int, ...] | None, chosen: list[int]) -> None:
    assert [stream.audio_index for stream in choose_streams(media, selected)] == chosen


@pytest.mark.parametrize("selected", [(2,), (-1,), (0, 7)])
def test_a_track_that_does_not_exist(selected: tuple[int, ...]) -> None:
    with pytest.raises(SourceFailure, match="tracks 0 to 1") as caught:
        choose_streams(info(True, False), selected)
    assert caught.value.reason is ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION


@pytest.mark.parametrize("video", [True, False])
def test_no_audio(video: bool) -> None:
    for selected in (None, (0,)):
        with pytest.raises(SourceFailure, match="no audio streams") as caught:
            choose_streams(info(video=video), selected)
        assert caught.value.reason is ExceptionReason.VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS
