"""Projects: list, document, exports, tracks, delete."""

from __future__ import annotations

import pytest


@pytest.fixture
def project(hand):
    return hand.project()[1]


def test_the_list(client, project):
    item = client.get("/apis/projects?limit=1").json()["items"][0]
    assert item["run_id"] == project
    assert (item["project_name"], item["duration"], item["segments"]) == ("A talk", 1.5, 1)


def test_the_document(client, project):
    body = client.get(f"/apis/projects/{project}").json()
    assert body["schema_version"] == 1
    assert body["segments"][0]["translations"] == {"es-es": "Hola."}


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("exports/srt", b"1\n00:00"), ("exports/vtt?language=54", b"WEBVTT"), ("exports/vtt?language=ES-ES", b"WEBVTT"),
        ("exports/txt", b"Hello <b>there</b>.\n"), ("exports/txt?language=es-es", b"Hola.\n"), ("exports/json", b"{"),
        ("tracks/source.flac", b"fLaC"),
    ],
)  # fmt: skip
def test_files(client, project, path, begins):
    answer = client.get(f"/apis/projects/{project}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)


def test_tracks_have_ranges(client, project):
    path = f"/apis/projects/{project}/tracks/source.flac"
    assert client.get(path, headers={"range": "bytes=0-3"}).content == b"fLaC"
    assert client.head(path).headers["content-length"] == "104"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("exports/ass", 404), ("exports/vtt", 404), ("exports/srt?language=fr-fr", 404),
        ("exports/txt?language=76", 404),
        ("exports/srt?language=xx", 422), ("exports/..%2f..%2fpasswd", 404), ("tracks/source.mp3", 404),
        ("tracks/peaks.bin", 404), ("tracks/nothing.flac", 404),
    ],
)  # fmt: skip
def test_files_that_are_not_there(client, refusal, project, path, status):
    refusal(client.get(f"/apis/projects/{project}/{path}"), status)


def test_deleting(client, refusal, hand):
    task_id, run_id = hand.project()
    assert client.delete(f"/apis/projects/{run_id}").status_code == 204
    refusal(client.get(f"/apis/projects/{run_id}"), 404)
    refusal(client.get(f"/apis/tasks/{task_id}"), 404)
