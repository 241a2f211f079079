"""OTIO and EDL, read back by OpenTimelineIO."""

from __future__ import annotations

from itertools import pairwise

import opentimelineio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.media.exports.conftest import SEGMENTS, TALK, document, material, segment

from soundstage.domain.project import TrackKind
from soundstage.media.exports.clips import clips_of, lanes_of
from soundstage.media.exports.edl import edl
from soundstage.media.exports.material import Options
from soundstage.media.exports.otio import otio
from soundstage.media.exports.timecode import RATES

ANY_RATE = st.sampled_from(sorted(RATES))


def read_otio(data: bytes):
    return opentimelineio.adapters.read_from_string(data.decode(), "otio_json")


def read_edl(text: str, rate: float):
    return opentimelineio.adapters.read_from_string(text, "cmx_3600", rate=rate)


def placed(track) -> list[tuple[int, int, str]]:
    """Clips of a track with the frames they lie on."""
    found = []
    for clip in track.find_clips():
        place = track.range_of_child(clip)
        found.append((int(place.start_time.value), int(place.end_time_exclusive().value), clip.name))
    return found


def test_the_timeline_of_a_film() -> None:
    timeline = read_otio(otio(material(TALK, language="es-es", original="original.mp4")))
    assert timeline.name == "A talk"
    told = timeline.metadata["soundstage"]
    assert (told["rate"], told["language"], told["source_language"]) == ("29.97", "es-ES", "en-us")
    tracks = {track.name: track for track in timeline.tracks}
    assert list(tracks) == ["Picture", "Source", "Speech", "Background", "Ann", "Lines"]
    assert tracks["Picture"].kind == "Video"
    assert {track.kind for track in timeline.tracks[1:]} == {"Audio"}
    assert [track[0].media_reference.target_url for track in timeline.tracks[:4]] == [
        "original.mp4", "source.flac", "speech.flac", "background.flac",
    ]  # fmt: skip
    assert placed(tracks["Ann"]) == [(30, 75, "Hola.")]
    assert placed(tracks["Lines"]) == [(1828, 1829, "Así")]  # 7 ms are a frame
    (clip,) = tracks["Ann"].find_clips()
    assert clip.media_reference.target_url == "speech.flac"
    assert clip.source_range.start_time.value == 30
    assert clip.source_range.start_time.rate == 30_000 / 1001
    assert dict(clip.metadata["soundstage"]) | {"translations": None} == {
        "segment_id": "s1", "speaker_id": "speaker-1", "start_ms": 1000, "end_ms": 2500, "text": "Hello there.",
        "translations": None,
    }  # fmt: skip
    assert timeline.duration().value == 1858


def test_sound_alone_has_no_picture_and_25_frames() -> None:
    made = document(segment(1, 40, 80, "Hi"), tracks=())
    timeline = read_otio(otio(material(made)))
    assert [track.name for track in timeline.tracks] == ["Lines"]
    assert placed(timeline.tracks[0]) == [(1, 2, "Hi")]
    assert len(read_otio(otio(material(document(tracks=())))).tracks) == 0


def test_without_stems_a_line_is_heard_in_the_source() -> None:
    made = document(segment(1, 40, 80, "Hi"), tracks=TALK.tracks[:1])
    assert "FROM CLIP NAME: source.flac" in edl(material(made))
    assert made.tracks[0].kind is TrackKind.SOURCE


def test_one_speaker_over_himself_has_lanes_of_his_own() -> None:
    made = document(segment(1, 0, 1000, "one", "speaker-1"), segment(2, 400, 2000, "two", "speaker-1"))
    timeline = read_otio(otio(material(made)))
    assert {track.name: placed(track) for track in timeline.tracks[3:]} == {
        "Ann": [(0, 25, "one")],
        "Ann 2": [(10, 50, "two")],
    }


def test_edl() -> None:
    assert edl(material(TALK)) == "\r\n".join(
        [
            "TITLE: A talk",
            "FCM: DROP FRAME",
            "001  AX       A     C        00:00:01;00 00:00:02;15 00:00:01;00 00:00:02;15",
            "* FROM CLIP NAME: speech.flac",
            "* LOC: 00:00:01;00 WHITE   Ann: Hello there.",
            "002  AX       A2    C        00:00:02;00 00:00:04;00 00:00:02;00 00:00:04;00",
            "* FROM CLIP NAME: speech.flac",
            "* LOC: 00:00:02;00 WHITE   Bo, Jr.: =SUM(1) or not",
            "003  AX       A     C        00:01:01;00 00:01:01;01 00:01:01;00 00:01:01;01",
            "* FROM CLIP NAME: speech.flac",
            "* LOC: 00:01:01;00 WHITE   So 👍🏽",
            "",
        ]
    )


def test_a_rate_may_be_asked_for() -> None:
    made = edl(material(TALK, options=Options(rate=RATES["25"])))
    assert "FCM: NON-DROP FRAME" in made
    assert "00:00:01:00 00:00:02:13 " in made


def test_events_beyond_999_are_still_read() -> None:
    made = document(*(segment(n, n * 1000, n * 1000 + 900, f"line {n}") for n in range(1200)))
    (track,) = read_edl(edl(material(made)), 25).tracks
    assert len(list(track.find_clips())) == 1200


@pytest.mark.parametrize("tag", [None, "es-es"])
def test_edl_has_only_lines_that_are_there(tag: str | None) -> None:
    made = read_edl(edl(material(TALK, language=tag)), 30_000 / 1001)
    assert len(list(made.find_clips())) == (3 if tag is None else 2)


@given(SEGMENTS, ANY_RATE)
def test_otio_comes_back(segments, name: str) -> None:
    made = material(document(*segments), options=Options(rate=RATES[name]))
    clips = clips_of(made)
    timeline = read_otio(otio(made))
    found = sorted(one for track in timeline.tracks[3:] for one in placed(track))
    assert found == sorted((clip.start, clip.end, clip.text) for clip in clips)
    for track in timeline.tracks:
        for clip in track.find_clips():
            available, used = clip.media_reference.available_range, clip.source_range
            assert available.start_time <= used.start_time
            assert used.end_time_exclusive() <= available.end_time_exclusive()
    exact = {
        (facts["segment_id"], facts["start_ms"], facts["end_ms"], facts["text"])
        for track in timeline.tracks[3:]
        for clip in track.find_clips()
        for facts in (clip.metadata["soundstage"],)
    }
    assert exact == {
        (c.segment.segment_id, c.segment.span.start_ms, c.segment.span.end_ms, c.segment.text) for c in clips
    }


@given(SEGMENTS, ANY_RATE)
def test_edl_comes_back(segments, name: str) -> None:
    rate = RATES[name]
    made = material(document(*segments), options=Options(rate=rate))
    timeline = read_edl(edl(made), rate.per_second)
    found = sorted(
        (int(clip.source_range.start_time.value), int(clip.source_range.end_time_exclusive().value))
        for clip in timeline.find_clips()
    )
    assert found == sorted((clip.start, clip.end) for clip in clips_of(made))


@given(SEGMENTS)
def test_lanes_hold_every_clip_once_and_none_overlap(segments) -> None:
    clips = clips_of(material(document(*segments)))
    lanes = lanes_of(clips)
    assert sorted(id(clip) for lane in lanes for clip in lane) == sorted(map(id, clips))
    for lane in lanes:
        assert all(before.end <= after.start for before, after in pairwise(lane))
