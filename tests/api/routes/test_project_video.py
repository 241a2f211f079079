"""The video of a project and its posters."""

from __future__ import annotations

import pytest

from soundstage.domain.project import Poster, Video


@pytest.fixture
def film(hand):
    """A project with a proxy and two posters."""
    posters = tuple(
        Poster(
            at_ms=1000 * number,
            artifact=hand.artifact(f"poster-{number}.jpg", b"\xff\xd8" + bytes([number]), "image/jpeg"),
        )
        for number in (1, 2)
    )
    proxy = hand.artifact("video.mp4", b"\0\0\0\x20ftypisom" + bytes(90), "video/mp4")
    return hand.project(video=Video(way="copy", why="It was copied.", artifact=proxy, posters=posters))[1]


def test_the_video_has_ranges(client, film):
    path = f"/apis/projects/{film}/video"
    answer = client.get(path, headers={"range": "bytes=4-7"})
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (206, b"ftyp", "video/mp4")
    assert client.head(path).headers["content-length"] == "102"


def test_posters(client, refusal, film):
    for number in (1, 2):
        answer = client.get(f"/apis/projects/{film}/posters/{number}.jpg")
        assert answer.content == b"\xff\xd8" + bytes([number]) and answer.headers["content-type"] == "image/jpeg"
    for number in ("0", "3", "x"):
        refusal(client.get(f"/apis/projects/{film}/posters/{number}.jpg"), 422 if number == "x" else 404)


def test_the_document_names_them(client, film):
    video = client.get(f"/apis/projects/{film}").json()["video"]
    assert (video["way"], video["artifact"]["name"]) == ("copy", "video.mp4")
    assert [(one["at_ms"], one["artifact"]["name"]) for one in video["posters"]] == [
        (1000, "poster-1.jpg"),
        (2000, "poster-2.jpg"),
    ]


def test_why_there_is_none(client, refusal, hand):
    why = "There is no video for browsers: it is too long."
    _, without = hand.project(video=Video(way="none", why=why, artifact=None))
    answer = client.get(f"/apis/projects/{without}/video")
    assert answer.status_code == 404 and why in answer.json()["error"]
    _, sound = hand.project()
    assert "sound alone" in client.get(f"/apis/projects/{sound}/video").json()["error"]
    refusal(client.get("/apis/projects/999999/video"), 404)
