"""Uploads: streamed, limited, whole or not at all."""

from __future__ import annotations

import hashlib
import http.client
import os
import time
from urllib.parse import urlsplit

import pytest

from soundstage.errors import StorageFull
from soundstage.services.uploads import UploadSink


def drafts(server):
    return list(server.blobs.drafts.iterdir())


def wait_until(true):
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def test_an_upload(client):
    data = os.urandom(3_000_000)
    answer = client.post("/apis/uploads", files={"file": ("Ein Vortrag ä.mp4", data)})
    assert answer.status_code == 201
    body = answer.json()
    assert set(body) == {"upload_id", "media_url", "bytes", "sha256"}
    assert body["media_url"] == f"upload://{body['upload_id']}"
    assert (body["bytes"], body["sha256"]) == (len(data), hashlib.sha256(data).hexdigest())


def test_bytes_are_not_judged(client):
    assert client.post("/apis/uploads", files={"file": ("empty.mp4", b"")}).status_code == 201
    assert client.post("/apis/uploads", files={"file": ("page.mp4", b"<html>")}).status_code == 201


def test_deleting(server, client, refusal):
    upload_id = client.post("/apis/uploads", files={"file": ("a", b"delete me")}).json()["upload_id"]
    with server.client(server.key("others")) as stranger:
        refusal(stranger.delete(f"/apis/uploads/{upload_id}"), 404)
    assert client.delete(f"/apis/uploads/{upload_id}").status_code == 204
    refusal(client.delete(f"/apis/uploads/{upload_id}"), 404)
    refusal(client.delete("/apis/uploads/%00"), 404)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "multipart/form-data; boundary=x"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf',
            "multipart/form-data; boundary=x",
        ),
        (b"no boundary here", "multipart/form-data; boundary=x"),
    ],
)
def test_a_form_that_breaks_off(server, client, refusal, content, kind):
    refusal(client.post("/apis/uploads", content=content, headers={"content-type": kind}), 400)
    assert drafts(server) == []


@pytest.mark.parametrize(
    "kind",
    [
        "multipart/form-data", f"multipart/form-data; boundary={'x' * 500}", "multipart/mixed; boundary=x",
        "application/json", "application/octet-stream",
    ],
)  # fmt: skip
def test_what_is_no_form(client, refusal, kind):
    refusal(client.post("/apis/uploads", content=b"data", headers={"content-type": kind}), 422)


def test_wrong_fields(server, client, refusal):
    refusal(client.post("/apis/uploads", files={"media": ("a", b"x")}), 422)
    refusal(client.post("/apis/uploads", files={"file": (None, b"x")}), 422)
    refusal(client.post("/apis/uploads", files=[("file", ("a", b"x")), ("file", ("b", b"y"))]), 422)
    assert drafts(server) == []


def test_a_client_that_goes_away_leaves_nothing(server):
    place = urlsplit(server.url)
    connection = http.client.HTTPConnection(place.hostname, place.port)
    connection.putrequest("POST", "/apis/uploads")
    connection.putheader("x-api-key", server.secret)
    connection.putheader("content-type", "multipart/form-data; boundary=x")
    connection.putheader("content-length", "1000000")
    connection.endheaders(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n' + bytes(400_000))
    wait_until(lambda: drafts(server))
    connection.close()
    wait_until(lambda: not drafts(server))


def test_a_full_disk_is_told_and_leaves_nothing(server, client, refusal, monkeypatch):
    def full(self, data):
        raise StorageFull("no room left on the disk; free some and try again")

    monkeypatch.setattr(UploadSink, "write", full)
    assert "no room" in refusal(client.post("/apis/uploads", files={"file": ("a", b"x")}), 507)
    assert drafts(server) == []
