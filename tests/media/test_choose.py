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
    assert [stream.audio_index for stream in choose_streams(media, selected).streams] == chosen


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


def test_why_is_one_sentence_a_person_can_act_on() -> None:
    whys = {
        choose_streams(info(True), None).why: "Audio track 0 is the only one.",
        choose_streams(info(True), (0,)).why: "Audio track 0 was asked for.",
        choose_streams(info(True, False), (1, 0)).why: "Audio tracks 0, 1 were asked for; they are averaged.",
        choose_streams(info(False, True), None).why: (
            "Audio track 1 is the default of 2. Name others in selected_audio_tracks."
        ),
        choose_streams(info(False, False), None).why: (
            "Audio track 0 is the first, none being marked as the default, of 2. Name others in selected_audio_tracks."
        ),
    }
    assert list(whys) == list(whys.values())


def tagged(*tags: str | None, side: tuple[int, ...] = (), channels: int = 2) -> MediaInfo:
    streams = tuple(
        Stream(
            index=number,
            kind=StreamKind.AUDIO,
            codec="aac",
            language=tag,
            is_default=number == 0,
            side_track=number in side,
            channels=channels,
            audio_index=number,
        )
        for number, tag in enumerate(tags)
    )
    return MediaInfo(container="mov", duration_ms=1000, bytes=1, bit_rate=None, streams=streams)


@pytest.mark.parametrize(
    ("tags", "language", "chosen"),
    [
        (("eng", "spa"), "es", 1),
        (("eng", "es-419"), "es", 1),
        (("eng", "ger"), "de", 1),
        (("eng", "fra", "fre"), "fr", 0),  # two of them: the default, rather than a guess
        (("eng", "spa"), "it", 0),
        (("eng", None), "es", 0),
        (("eng", "spa"), None, 0),
    ],
)
def test_the_language_that_is_spoken_decides(tags: tuple[str | None, ...], language: str | None, chosen: int) -> None:
    choice = choose_streams(tagged(*tags), None, language)
    assert [stream.audio_index for stream in choice.streams] == [chosen]
    assert ("tagged as the source language" in choice.why) == (chosen == 1)


def test_commentaries_are_the_last_choice() -> None:
    choice = choose_streams(tagged("eng", "eng", side=(0,)), None, "en")
    assert choice.streams[0].audio_index == 1 and "not counting 1 with commentary" in choice.why
    assert choose_streams(tagged("eng", "eng", side=(0, 1)), None, "en").streams[0].audio_index == 0
