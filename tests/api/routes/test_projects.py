"""Projects: list, document, exports, tracks, delete."""

from __future__ import annotations

import io
import threading
import time
import wave
from urllib.parse import quote

import httpx
import numpy as np
import pytest
import soundfile

from soundstage.media.exports import formats, timecode

NOISE = np.random.default_rng(5).integers(-(2**15), 2**15, (48_000, 2), np.int16)
FORMATS = ("flac", "wav", "mp3")


def flac(samples) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, samples, 48_000, "PCM_16", format="FLAC")
    return file.getvalue()


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


def test_the_review_queue(client, project, refusal):
    queue = client.get(f"/apis/projects/{project}/review").json()
    assert (queue["segments"], queue["reasons"]) == (1, {"low_confidence": 1})
    (line,) = queue["items"]
    assert (line["segment_id"], line["start_ms"], line["text"]) == ("1", 0, "Hello <b>there</b>.")
    (doubt,) = line["doubts"]
    assert (doubt["reason"], doubt["words"], doubt["measured"], doubt["limit"]) == (
        "low_confidence",
        ["there"],
        0.2,
        0.4,
    )
    refusal(client.get("/apis/projects/999999/review"), 404)


@pytest.mark.parametrize(
    ("path", "begins"),
    [
        ("exports/srt", b"1\n00:00"), ("exports/vtt", b"WEBVTT\n\n1\n"), ("exports/ass", b"[Script Info]"),
        ("exports/ttml?language=1", b"<?xml"), ("exports/csv", b"\xef\xbb\xbfsegment,"), ("exports/otio", b"{"),
        ("exports/edl", b"TITLE: A talk\r\n"), ("exports/edl?rate=29.97", b"TITLE: A talk\r\nFCM: DROP"),
        ("exports/srt?language=es-es", b"1\n00:00:00,000 --> 00:00:00,900\nHola.\n"),
        ("exports/txt?speakers=true&times=true", b"[00:00:00.000 - 00:00:00.900] Hello"),
        ("exports/vtt?language=54", b"WEBVTT"), ("exports/vtt?language=ES-ES", b"WEBVTT"),
        ("exports/srt?language=en-us", b"1\n00:00"), ("exports/srt?language=1", b"1\n00:00"),
        ("exports/txt?language=en-us", b"Hello <b>there</b>.\n"),
        ("exports/txt", b"Hello <b>there</b>.\n"), ("exports/txt?language=es-es", b"Hola.\n"), ("exports/json", b"{"),
        ("tracks/source.flac", b"fLaC"),
    ],
)  # fmt: skip
def test_files(client, project, path, begins):
    answer = client.get(f"/apis/projects/{project}/{path}")
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(begins)


@pytest.mark.parametrize(
    ("path", "media_type", "name"),
    [
        ("srt?language=es-es", "application/x-subrip; charset=utf-8", "A talk.es-es.srt"),
        ("vtt", "text/vtt; charset=utf-8", "A talk.en-us.vtt"),
        ("ass", "text/x-ssa; charset=utf-8", "A talk.en-us.ass"),
        ("ttml", "application/ttml+xml", "A talk.en-us.ttml"), ("txt", "text/plain; charset=utf-8", "A talk.en-us.txt"),
        ("csv", "text/csv; charset=utf-8", "A talk.en-us.csv"), ("json", "application/json", "A talk.json"),
        ("otio", "application/vnd.pixar.opentimelineio+json", "A talk.en-us.otio"),
        ("edl", "text/plain; charset=utf-8", "A talk.en-us.edl"),
    ],
)  # fmt: skip
def test_what_an_export_is_called(client, project, path, media_type, name):
    answer = client.get(f"/apis/projects/{project}/exports/{path}")
    assert answer.headers["content-type"] == media_type
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["content-disposition"].endswith(f"filename*=UTF-8''{quote(name)}")
    head = client.head(f"/apis/projects/{project}/exports/{path}")
    assert (head.content, head.headers["content-length"]) == (b"", str(len(answer.content)))
    seen = {"if-none-match": answer.headers["etag"]}
    assert client.get(f"/apis/projects/{project}/exports/{path}", headers=seen).status_code == 304


def test_an_unknown_format_is_told_with_all_there_are(client, refusal, project):
    told = refusal(client.get(f"/apis/projects/{project}/exports/stems"), 400)
    assert "srt, vtt, ass, ttml, txt, csv, json, rttm, otio, edl" in told
    assert f"/apis/projects/{project}/tracks/speech.wav" in told


def test_every_format_is_documented(client):
    described = client.get("/apis/openapi.json").json()["paths"]["/apis/projects/{run_id}/exports/{format}"]["get"]
    media_types = set(described["responses"]["200"]["content"])
    page = client.get("/docs/exports.md").text
    for one in formats.FORMATS.values():
        assert one.media_type in media_types
        row = next(line for line in page.splitlines() if line.startswith(f"| `{one.name}` |"))
        assert f"| `{one.media_type.split(';')[0]}` |" in row
        assert [name for name in ("rate", "speakers", "times") if f"`{name}`" in row] == sorted(one.takes)
        assert ("`language`" in row) == one.has_lines
    assert all(f"`{rate}`" in page for rate in timecode.RATES)


def test_tracks_have_ranges(client, project):
    path = f"/apis/projects/{project}/tracks/source.flac"
    assert client.get(path, headers={"range": "bytes=0-3"}).content == b"fLaC"
    assert client.head(path).headers["content-length"] == "104"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("exports/docx", 400), ("exports/SRT", 400), ("exports/srt?language=fr-fr", 404), ("exports/rttm", 404),
        ("exports/otio?rate=26", 422), ("exports/srt?rate=25", 422), ("exports/csv?times=true", 422),
        ("exports/json?language=xx", 422),
        ("exports/txt?language=76", 404),
        ("exports/srt?language=en-gb", 404), ("exports/vtt?language=en-gb", 404),
        ("exports/srt?language=xx", 422), ("exports/..%2f..%2fpasswd", 404), ("tracks/source.ogg", 404),
        ("tracks/peaks.bin", 404), ("tracks/nothing.flac", 404), ("tracks/nothing.mp3", 404),
        ("tracks/source.WAV", 404),
    ],
)  # fmt: skip
def test_files_that_are_not_there(client, refusal, project, path, status):
    refusal(client.get(f"/apis/projects/{project}/{path}"), status)


def test_what_a_track_can_be_had_as(client, refusal, project):
    for path in ("source.ogg", "dub.wav"):
        told = refusal(client.get(f"/apis/projects/{project}/tracks/{path}"), 404)
        assert "source.flac, source.wav, source.mp3" in told


def test_a_track_in_every_format(client, hand):
    path = f"/apis/projects/{hand.project(flac(NOISE))[1]}/tracks/source"
    heads = {ending: client.head(f"{path}.{ending}") for ending in FORMATS}
    for ending, media_type in zip(FORMATS, ("audio/flac", "audio/wav", "audio/mpeg"), strict=True):
        whole, head = client.get(f"{path}.{ending}"), heads[ending]
        assert (whole.status_code, head.status_code, head.content) == (200, 200, b"")
        assert whole.headers["content-type"] == head.headers["content-type"] == media_type
        assert int(head.headers["content-length"]) == len(whole.content)
        assert whole.headers["etag"] == head.headers["etag"]
        assert whole.headers["accept-ranges"] == "bytes"
        assert f"source.{ending}" in whole.headers["content-disposition"]
        part = client.get(f"{path}.{ending}", headers={"range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, whole.content[100:300])
        assert part.headers["content-range"] == f"bytes 100-299/{len(whole.content)}"
        seen = {"if-none-match": whole.headers["etag"]}
        assert client.get(f"{path}.{ending}", headers=seen).status_code == 304
        beyond = {"range": f"bytes={len(whole.content)}-"}
        assert client.get(f"{path}.{ending}", headers=beyond).status_code == 416
    with wave.open(io.BytesIO(client.get(f"{path}.wav").content)) as heard:
        samples = np.frombuffer(heard.readframes(heard.getnframes()), "<i2").reshape(-1, 2)
    assert np.array_equal(samples, NOISE)


def test_a_conversion_in_its_way_holds_up_nobody_and_outlives_who_asked(server, client, hand):
    minutes = 2
    run_id = hand.project(flac(np.tile(NOISE, (60 * minutes, 1))))[1]
    path = f"/apis/projects/{run_id}/tracks/source.mp3"
    with pytest.raises(httpx.ReadTimeout):
        client.get(path, timeout=httpx.Timeout(30, read=0.2))
    answers = []
    waiting = [threading.Thread(target=lambda: answers.append(client.head(path, timeout=300))) for _ in range(50)]
    for one in waiting:
        one.start()
    answered = 0
    while not answers:  # as long as it takes: more wait than the server has threads
        assert client.get("/healthz").status_code == 200
        assert client.get(f"/apis/projects/{run_id}").status_code == 200
        answered += 1
    for one in waiting:
        one.join(300)
    assert answered > 0
    assert {answer.status_code for answer in answers} == {200} and len(answers) == 50
    assert len({answer.headers["etag"] for answer in answers}) == 1
    assert list(server.blobs.drafts.iterdir()) == []


def test_a_track_that_cannot_be_converted(server, client, refusal, project):
    for ending in ("wav", "mp3"):
        told = refusal(client.get(f"/apis/projects/{project}/tracks/source.{ending}"), 500)
        assert "damaged" in told and str(server.blobs.root) not in told
    assert list(server.blobs.drafts.iterdir()) == []


def test_converted_tracks_are_deleted_with_the_project(server, client, hand):
    run_id = hand.project(flac(NOISE[::-1]))[1]
    tags = [client.head(f"/apis/projects/{run_id}/tracks/source.{ending}").headers["etag"] for ending in ("wav", "mp3")]
    kept = [tag.strip('"') for tag in tags]
    assert all(server.blobs.exists(sha256) for sha256 in kept)
    assert client.delete(f"/apis/projects/{run_id}").status_code == 204
    until = time.monotonic() + 60
    while any(server.blobs.exists(sha256) for sha256 in kept):  # bytes just put are spared for a moment
        assert time.monotonic() < until
        time.sleep(0.1)


def test_deleting(client, refusal, hand):
    task_id, run_id = hand.project()
    assert client.delete(f"/apis/projects/{run_id}").status_code == 204
    refusal(client.get(f"/apis/projects/{run_id}"), 404)
    refusal(client.get(f"/apis/tasks/{task_id}"), 404)
