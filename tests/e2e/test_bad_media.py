"""Media that cannot be set up: the task tells why, and leaves nothing half-made."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import asking
from tests.e2e.kept import assert_nothing_half_made

from soundstage.testing import media


def _renamed(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _cut(path: Path) -> Path:
    """Without its last fifth, where the index lies."""
    data = media.make_clip(path).read_bytes()
    return _renamed(path, data[: len(data) * 4 // 5])


# Name → how it is made, the fields beside it, the reason, words of the message.
BAD = {
    "film.mp4": (media.make_silent_film, {}, "VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS", "no audio"),
    "film.mkv": (media.make_silent_film, {}, "VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS", "no audio"),
    "broken-index.mp4": (media.make_broken_index, {}, "INVALID_SOURCE_DATA", "index"),
    "broken-index.mov": (media.make_broken_index, {}, "INVALID_SOURCE_DATA", "index"),
    "cut.mp4": (_cut, {}, "INVALID_SOURCE_DATA", "index"),
    "empty.mp4": (media.make_empty, {}, "INVALID_SOURCE_DATA", "empty"),
    "text.mp4": (media.make_text, {}, "CONTENT_DOES_NOT_MATCH_EXTENSION", ".mp4"),
    "text.txt": (media.make_text, {}, "SOURCE_TYPE_NOT_SUPPORTED", "text"),
    "page.mp3": (media.make_page, {}, "CONTENT_DOES_NOT_MATCH_EXTENSION", ".mp3"),
    "page.html": (media.make_page, {}, "SOURCE_TYPE_NOT_SUPPORTED", "page"),
    "noise.mp4": (lambda path: _renamed(path, bytes(range(1, 256)) * 400), {}, "INVALID_SOURCE_DATA", "damaged"),
    "list.m3u8": (
        lambda path: media.make_playlist(path, "http://127.0.0.1/secret"),
        {},
        "SOURCE_TYPE_NOT_SUPPORTED",
        "",
    ),
    "list.mp4": (
        lambda path: media.make_playlist(path, "file:///etc/passwd"),
        {},
        "CONTENT_DOES_NOT_MATCH_EXTENSION",
        ".mp4",
    ),
    "two-tracks.mkv": (
        media.make_two_tracks,
        {"selected_audio_tracks": [0, 2]},
        "INVALID_AUDIO_TRACKS_SELECTION",
        "track 2",
    ),
    "one-track.wav": (
        media.make_clip,
        {"selected_audio_tracks": [1]},
        "INVALID_AUDIO_TRACKS_SELECTION",
        "only track 0",
    ),
}


@pytest.fixture(scope="module")
def team(server):
    with server.client(server.new_key(team="bad-media")) as client:
        yield client


@pytest.fixture(scope="module")
def tasks(team, tmp_path_factory) -> dict[str, str]:
    """All of them in line at once."""
    folder = tmp_path_factory.mktemp("bad")
    made = {name: make(folder / name) for name, (make, *_) in BAD.items()}
    return {name: asking.set_up(team, asking.upload(team, path), **BAD[name][1]) for name, path in made.items()}


@pytest.mark.parametrize("name", BAD)
def test_the_task_tells_why(team, tasks, name):
    _, _, reason, words = BAD[name]
    body = asking.failed(team, tasks[name], reason)
    assert words.lower() in body["message"].lower()
    own_page = team.get(f"/apis/project-setup/{tasks[name]}").json()
    assert own_page["status"] == "ERROR"
    (broken,) = [stage for stage in own_page["stages"] if stage["state"] == "failed"]
    assert broken["summary"] == body["message"]


def test_damaged_media_is_set_up_as_far_as_it_goes_and_says_so(team, tmp_path):
    """What plays in a player is worth setting up: the findings tell what is missing."""
    short = media.make_truncated(tmp_path / "truncated.mp4")
    torn = media.make_damaged(tmp_path / "damaged.mp3")
    tasks = [asking.set_up(team, asking.upload(team, path)) for path in (short, torn)]
    findings = []
    for task_id in tasks:
        body = asking.succeeded(team, task_id)
        decode = next(stage for stage in body["stages"] if stage["name"] == "decode")
        assert decode["findings"]["warnings"], decode
        findings.append(decode["findings"])
    assert findings[0]["missing_ms"] > 1000


def test_nothing_is_left_half_made(server, team, tasks):
    for task_id in tasks.values():
        asking.ended(team, task_id)
    assert_nothing_half_made(server.data)
    names = {item["project_name"] for item in team.get("/apis/projects").json()["items"]}
    assert names <= {"damaged", "truncated"}


def test_deleting_what_failed_frees_the_bytes(server, team, tmp_path):
    media_url = asking.upload(team, media.make_silent_film(tmp_path / "unlike-others.mp4", seconds=3))
    task_id = asking.set_up(team, media_url)
    sha256 = asking.ended(team, task_id)["stages"][0]["findings"]["sha256"]
    kept = server.data / "artifacts" / sha256[:2] / sha256
    assert team.delete(f"/apis/uploads/{media_url.removeprefix('upload://')}").status_code == 204
    assert kept.is_file(), "the task owns the bytes too, for a retry"
    assert team.delete(f"/apis/tasks/{task_id}").status_code == 204
    assert team.get(f"/apis/tasks/{task_id}").status_code == 404
    assert_nothing_half_made(server.data)
    assert not kept.exists()
