"""The picture of a project: what browsers get, and what is told where they get nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.media.probe import probe as look
from soundstage.pipelines.picture import prepare_video
from soundstage.pipelines.stages.decode import decode
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe
from soundstage.testing import media


@pytest.fixture
def prepared(make_context, request_for):
    def run(path: Path, **settings):
        context, request = make_context(path, **settings), request_for()
        ingested = ingest(context, request).output
        probed = probe(context, request, ingested).output
        return context, ingested, prepare_video(context, ingested, probed, decode(context, ingested, probed).output)

    return run


def test_sound_alone(prepared, tone) -> None:
    assert prepared(tone())[2] is None


def test_what_browsers_play_is_shown_from_the_source(prepared, tmp_path: Path) -> None:
    _, ingested, video = prepared(media.make_clip(tmp_path / "x.mp4"))
    assert (video.way, video.artifact) == ("source", ingested.source)
    assert video.why == "The video is shown from the source: browsers play it as it is."
    assert video.files == tuple(poster.artifact for poster in video.posters) and len(video.posters) == 1


def test_a_copy(prepared, tmp_path: Path) -> None:
    context, _, video = prepared(media.make_clip(tmp_path / "x.mov"))
    assert (video.way, video.artifact.name, video.artifact.media_type) == ("copy", "video.mp4", "video/mp4")
    assert [one.codec for one in look(context.open(video.artifact), "video.mp4").streams] == ["h264", "aac"]
    assert video.why.startswith("The video was copied into an MP4 of ") and video.files[0] == video.artifact
    assert max(context.reported) <= 1.0


def test_encoded_anew(prepared, tmp_path: Path) -> None:
    context, _, video = prepared(media.make_clip(tmp_path / "x.mxf"))
    assert video.way == "transcode" and "browsers do not play mpeg2video." in video.why
    assert look(context.open(video.artifact), "video.mp4").video[0].codec == "h264"


def test_too_long_to_be_encoded_anew(prepared, tmp_path: Path) -> None:
    _, _, video = prepared(media.make_clip(tmp_path / "x.mxf", seconds=3.0), proxy_transcode_seconds=2.0)
    assert (video.way, video.artifact) == ("none", None) and len(video.posters) > 1
    assert "at 3.0 s it is longer than the 2.0 s" in video.why and "proxy_transcode_seconds" in video.why


def test_a_copy_is_made_of_any_length(prepared, tmp_path: Path) -> None:
    assert prepared(media.make_clip(tmp_path / "x.mov"), proxy_transcode_seconds=0.0)[2].way == "copy"


def test_turned_off(prepared, tmp_path: Path) -> None:
    _, _, video = prepared(media.make_clip(tmp_path / "x.mov"), video_proxy=False)
    assert video.way == "none" and video.why.endswith("the setting video_proxy is off.")


def test_a_picture_that_cannot_be_read_does_not_cost_the_project(prepared, tmp_path: Path) -> None:
    """Every picture's start code is gone; the sound is whole."""
    path = media.make_clip(tmp_path / "x.mxf", seconds=1.0)
    data = bytearray(path.read_bytes())
    at = data.find(b"\x00\x00\x01")
    while at >= 0:
        if data[at + 3] in (0x00, 0xB3):
            data[at + 3] = 0x7F
        at = data.find(b"\x00\x00\x01", at + 3)
    path.write_bytes(data)
    _, _, video = prepared(path)
    assert (video.way, video.artifact, video.posters) == ("none", None, ())
    assert video.why.startswith("There is no video for browsers: ")
