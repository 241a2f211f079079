"""Probe: what is told of the media, which audio is used, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.pipelines.stages.ingest import ingest
from soundstage.pipelines.stages.probe import probe


@pytest.fixture
def probed(make_context, request_for):
    def run(media: Path, name: str | None = None, *, tracks=None, **settings):
        context = make_context(media, name, **settings)
        request = request_for(selected_audio_tracks=tracks)
        return probe(context, request, ingest(context, request).output)

    return run


def refused(probed, *arguments, **keywords) -> ExceptionReason:
    with pytest.raises(SourceFailure) as caught:
        probed(*arguments, **keywords)
    assert caught.value.message.strip().endswith(".")
    return caught.value.reason


def test_a_wav(probed, tone) -> None:
    outcome = probed(tone())
    assert outcome.output.media.duration_ms == 2000
    assert [stream.audio_index for stream in outcome.output.chosen] == [0]
    assert outcome.findings.audio_tracks_why == "Audio track 0 is the only one."
    assert outcome.media_seconds == 2.0
    assert outcome.summary.startswith("WAV, 2.0 s, 1 audio stream; using audio track 0 (pcm_s16le, ")
    assert outcome.summary.endswith("48 kHz). Audio track 0 is the only one.")


def test_a_movie_with_two_languages(probed, movie) -> None:
    media = movie(languages=["eng", "spa"])
    outcome = probed(media)
    assert [stream.kind for stream in outcome.findings.streams] == ["video", "audio", "audio"]
    assert outcome.findings.audio_tracks == (0,)
    assert " of 2" in outcome.findings.audio_tracks_why
    assert "MP4, 1.0 s, 2 audio streams and 1 video stream; using audio track 0 (aac, stereo" in outcome.summary


def test_tracks_that_are_asked_for(probed, movie) -> None:
    outcome = probed(movie(languages=["eng", "spa"]), tracks=(1, 0))
    assert outcome.findings.audio_tracks == (0, 1)
    assert outcome.findings.audio_tracks_why == "Audio tracks 0, 1 were asked for; they are averaged."
    (spanish,) = probed(movie(languages=["eng", "spa"]), tracks=(1,)).output.chosen
    assert spanish.language == "spa"


def test_the_source_language_chooses_the_track(make_context, request_for, movie) -> None:
    context, request = make_context(movie(languages=["eng", "spa"])), request_for(source_language=54)
    outcome = probe(context, request, ingest(context, request).output)
    assert outcome.findings.audio_tracks == (1,)
    assert "the only one tagged as the source language (spa) of 2." in outcome.summary


def test_a_track_that_does_not_exist(probed, movie) -> None:
    assert refused(probed, movie(languages=["eng"]), tracks=(3,)) is ExceptionReason.INVALID_AUDIO_TRACKS_SELECTION


def test_a_movie_without_audio(probed, movie) -> None:
    assert refused(probed, movie()) is ExceptionReason.VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS


def test_a_text_under_the_name_of_a_movie(probed, tmp_path: Path) -> None:
    text = tmp_path / "film.mp4"
    text.write_text("This is no film. " * 100)
    assert refused(probed, text) is ExceptionReason.CONTENT_DOES_NOT_MATCH_EXTENSION
    assert refused(probed, text, "film.txt") is ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED


def test_noise_under_the_name_of_a_movie(probed, tmp_path: Path) -> None:
    noise = tmp_path / "film.mp4"
    noise.write_bytes(bytes(range(256)) * 64)
    assert refused(probed, noise) in (
        ExceptionReason.INVALID_SOURCE_DATA,
        ExceptionReason.CONTENT_DOES_NOT_MATCH_EXTENSION,
    )


def test_a_movie_cut_before_its_index(probed, movie) -> None:
    whole = movie(languages=["eng"])
    cut = whole.with_name("cut.mp4")
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert refused(probed, cut) is ExceptionReason.INVALID_SOURCE_DATA


def test_media_that_is_too_long(probed, tone) -> None:
    assert refused(probed, tone(), max_media_seconds=1.5) is ExceptionReason.SOURCE_TOO_LONG
