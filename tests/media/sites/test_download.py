"""Videos of a site on loopback, through yt-dlp's own extractor and downloaders and our guard."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import av
import pytest
from tests.video_site import Clips, VideoSite, about

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.sites.download import SiteFetched, fetch_site, look
from soundstage.media.sites.known import may_be_site, site_of


def progressive(site: VideoSite, clips: Clips, **more: Any) -> None:
    site.answers["/whole.mp4"] = clips.whole
    form = {"format_id": "1", "url": f"{site.url}/whole.mp4", "ext": "mp4"}
    site.answers["/about/talk"] = about(form, **{"duration": 1, **more})


def fetched(site: VideoSite, folder: Path, path: str = "/watch/talk", **more: Any) -> SiteFetched:
    return fetch_site(site.url + path, folder, site.policy.model_copy(update=more), 100.0)


def failure(site: VideoSite, folder: Path, path: str = "/watch/talk", **more: Any) -> SourceFailure:
    with pytest.raises(SourceFailure) as caught:
        fetched(site, folder, path, **more)
    return caught.value


def test_a_file_with_picture_and_sound(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    progressive(video_site, clips_of_site)
    seen: list[float] = []
    done = fetch_site(f"{video_site.url}/watch/talk?token=s3cret", tmp_path, video_site.policy, 100.0, seen.append)
    assert done.path.read_bytes() == clips_of_site.whole
    assert done.file_name == "A talk: part-1.mp4"
    assert (done.video.site, done.video.video_id, done.video.title) == ("Loopback", "talk", "A talk: part/1")
    assert (done.video.url, done.video.seconds) == (f"{video_site.url}/watch/talk", 1.0)
    assert seen == sorted(seen) and seen[-1] == 1.0
    assert video_site.headers[-1]["cookie"] == "seen=1", "the site's own cookies go back to it"
    assert all(headers["accept-encoding"] == "identity" for headers in video_site.headers)


def test_picture_and_sound_apart_are_joined(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    video_site.answers |= {"/picture": clips_of_site.picture, "/sound": clips_of_site.sound}
    forms = (
        {"format_id": "v", "url": f"{video_site.url}/picture", "ext": "mp4", "vcodec": "h264", "acodec": "none"},
        {"format_id": "a", "url": f"{video_site.url}/sound", "ext": "m4a", "vcodec": "none", "acodec": "aac"},
    )
    video_site.answers["/about/talk"] = about(*forms)
    done = fetched(video_site, tmp_path)
    with av.open(str(done.path)) as joined:
        assert [stream.codec_context.name for stream in joined.streams] == ["h264", "aac"]
        kinds = [packet.stream.type for packet in joined.demux() if packet.size]
    assert done.path.suffix == ".mp4"
    assert kinds.count("video") == 25
    assert kinds.count("audio") == pytest.approx(47, abs=2)


def playlist(*segments: str) -> bytes:
    lines = "".join(f"#EXTINF:1.0,\n{segment}\n" for segment in segments)
    return f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-PLAYLIST-TYPE:VOD\n{lines}#EXT-X-ENDLIST\n".encode()


def hls(site: VideoSite, *segments: str) -> None:
    site.answers["/talk.m3u8"] = playlist(*segments)
    site.answers["/about/talk"] = about({"hls": True, "url": f"{site.url}/talk.m3u8"})


def test_a_stream_of_fragments(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    video_site.answers |= {"/0.ts": clips_of_site.fragment, "/1.ts": clips_of_site.fragment}
    hls(video_site, "0.ts", "1.ts")
    done = fetched(video_site, tmp_path)
    assert done.path.read_bytes() == clips_of_site.fragment * 2
    assert done.file_name.endswith(".ts"), "it is called what it is"


def test_a_missing_fragment_is_no_video(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    video_site.answers["/0.ts"] = clips_of_site.fragment
    hls(video_site, "0.ts", "1.ts")
    assert failure(video_site, tmp_path).reason is ExceptionReason.SOURCE_NOT_FOUND


@pytest.mark.parametrize("way", ["page", "redirect", "media", "media redirect", "playlist", "fragment", "key"])
def test_every_address_is_checked(
    video_site: VideoSite, other_site: VideoSite, clips_of_site: Clips, tmp_path: Path, way: str
) -> None:
    """The other site stands for all that is not public: the policy opens one port of loopback only."""
    other_site.answers = dict.fromkeys(("/x", "/0.ts", "/talk.m3u8", "/about/talk"), clips_of_site.whole)
    inside = f"{other_site.url}/x"
    progressive(video_site, clips_of_site)
    if way == "page":
        video_site.answers["/about/talk"] = f"{other_site.url}/about/talk"
    if way == "redirect":
        video_site.answers["/about/talk"] = "http://169.254.169.254/latest/meta-data/"
    if way == "media":
        video_site.answers["/about/talk"] = about({"format_id": "1", "url": inside, "ext": "mp4"})
    if way == "media redirect":
        video_site.answers["/whole.mp4"] = inside
    if way == "playlist":
        video_site.answers["/about/talk"] = about({"hls": True, "url": f"{other_site.url}/talk.m3u8"})
    if way == "fragment":
        video_site.answers["/0.ts"] = clips_of_site.fragment
        hls(video_site, "0.ts", f"{other_site.url}/0.ts")
    if way == "key":
        hls(video_site, "0.ts")
        keyed = playlist("0.ts").replace(b"#EXTINF", f'#EXT-X-KEY:METHOD=AES-128,URI="{inside}"\n#EXTINF'.encode(), 1)
        video_site.answers |= {"/talk.m3u8": keyed, "/0.ts": clips_of_site.fragment}
    refused = failure(video_site, tmp_path)
    assert refused.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE
    assert "fetch_allow" in refused.message, "the refusal is told, not what followed from it"
    assert other_site.asked == []


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Sign in to confirm your age. This video may be inappropriate for some users.", "SOURCE_IS_AGE_RESTRICTED"),
        ("This video is not available in your country", "SOURCE_BLOCKED_IN_REGION"),
        ("The uploader has not made this video available in your country", "SOURCE_BLOCKED_IN_REGION"),
        ("Private video. Sign in if you've been granted access to this video", "FORBIDDEN"),
        ("This video is only available for registered users. Use --cookies to log in", "FORBIDDEN"),
        ("Sign in to confirm you're not a bot", "ERROR_DOWNLOADING_SOURCE"),
        ("Video unavailable. This video has been removed by the uploader", "SOURCE_NOT_FOUND"),
        ("This video is DRM protected", "SOURCE_TYPE_NOT_SUPPORTED"),
        ("This live event will begin in 3 hours.", "SOURCE_TYPE_NOT_SUPPORTED"),
        ("The moon is in the wrong phase", "ERROR_DOWNLOADING_SOURCE"),
    ],
)
def test_what_a_site_says_is_understood(video_site: VideoSite, tmp_path: Path, said: str, reason: str) -> None:
    video_site.answers["/about/talk"] = json.dumps({"error": said}).encode()
    told = failure(video_site, tmp_path)
    assert told.reason is ExceptionReason(reason)
    assert "Loopback" in told.message or reason == "SOURCE_TYPE_NOT_SUPPORTED"


def test_regions_absence_and_server_errors(video_site: VideoSite, tmp_path: Path) -> None:
    assert failure(video_site, tmp_path, "/watch/nothing").reason is ExceptionReason.SOURCE_NOT_FOUND
    video_site.answers["/about/talk"] = json.dumps({"countries": ["NZ"]}).encode()
    assert failure(video_site, tmp_path).reason is ExceptionReason.SOURCE_BLOCKED_IN_REGION


def test_lists_and_live_streams_are_refused(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    assert "list of videos" in failure(video_site, tmp_path, "/list/all").message
    progressive(video_site, clips_of_site, is_live=True)
    assert "live stream" in failure(video_site, tmp_path).message


def test_limits_hold(video_site: VideoSite, clips_of_site: Clips, tmp_path: Path) -> None:
    progressive(video_site, clips_of_site, duration=101)
    assert failure(video_site, tmp_path).reason is ExceptionReason.SOURCE_TOO_LONG
    progressive(video_site, clips_of_site)
    video_site.answers["/whole.mp4"] = lambda: bytes(65 * 1024**2)
    assert failure(video_site, tmp_path, max_bytes=1024).reason is ExceptionReason.SOURCE_TOO_LARGE


def test_a_look_fetches_no_media(video_site: VideoSite, clips_of_site: Clips) -> None:
    progressive(video_site, clips_of_site)
    assert look(f"{video_site.url}/watch/talk", video_site.policy).seconds == 1.0
    assert video_site.asked == ["/about/talk"]


def test_the_environment_is_as_before(
    video_site: VideoSite, clips_of_site: Clips, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    before = dict(os.environ)
    progressive(video_site, clips_of_site)
    fetched(video_site, tmp_path)
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.youtube.com/watch?v=dQw4w9WgXcQ", "Youtube"),
        ("https://youtu.be/dQw4w9WgXcQ", "Youtube"),
        ("https://vimeo.com/76979871", "Vimeo"),
        ("https://www.dailymotion.com/video/x5kesuj", "Dailymotion"),
        ("https://www.ted.com/talks/candace_parker_how_to_break_down_barriers", "TedTalk"),
        ("https://soundcloud.com/ethmusic/lostin-powers-she-so-heavy", "Soundcloud"),
        ("https://archive.org/details/Popeye_forPresident", "ArchiveOrg"),
        ("https://example.org/a/page", None),
        ("http://127.0.0.1/watch/talk", None),
    ],
)
def test_sites_are_known_by_their_links(url: str, site: str | None) -> None:
    assert may_be_site(url)
    assert site_of(url) == site


@pytest.mark.parametrize(
    "url", ["upload://abc", "https://example.org/talk.mp4?x=1", "https://drive.google.com/open?id=x", "http://[", "x"]
)
def test_what_is_no_site_is_known_at_once(url: str) -> None:
    assert not may_be_site(url)
