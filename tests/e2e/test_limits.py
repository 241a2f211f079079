"""What a team may ask for at most: tasks, bytes, requests, sizes."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import httpx
import pytest
from tests import asking
from tests.e2e.kept import assert_nothing_half_made, below
from tests.e2e.web import MB


@pytest.fixture
def team(limited_server, request):
    """Of a team of this test's own, on the server with the limits."""
    with limited_server.client(limited_server.new_key(team=request.node.name)) as client:
        yield client


def test_tasks_at_once(team, refused, limited_server):
    tasks = [asking.sound(team), asking.sound(team), asking.set_up(team, "https://example.com/a.mp4")]
    for path, body in (
        ("/apis/text-to-sound", {"prompt": "rain"}),
        ("/apis/project-setup", asking.set_up_body("https://example.com/a.mp4")),
    ):
        answer = team.post(path, json=body)
        assert "limit" in refused(answer, 429)
        assert int(answer.headers["retry-after"]) >= 1
    with limited_server.client(limited_server.new_key(team="another-team")) as others:
        asking.sound(others)  # a limit is the team's own
    assert team.post(f"/apis/tasks/{tasks[0]}/cancel").json()["status"] == "FAILED"  # the setting failure_word
    asking.sound(team)
    refused(team.post(f"/apis/tasks/{tasks[0]}/retry"), 429)
    assert team.post(f"/apis/tasks/{tasks[2]}/cancel").json()["status"] == "FAILED"


def test_a_replayed_create_passes_the_limit(team):
    headers = {"idempotency-key": "again"}
    body = {"prompt": "rain"}
    first = asking.task_id_of(team.post("/apis/text-to-sound", json=body, headers=headers))
    asking.sound(team)
    asking.sound(team)
    assert asking.task_id_of(team.post("/apis/text-to-sound", json=body, headers=headers)) == first


def test_requests_a_minute(limited_server, refused):
    key = limited_server.new_key(team="hasty")
    with limited_server.client(key) as client:
        passed = 0
        while (answer := client.get("/apis/tasks/unknown")).status_code == 404 and passed < 1000:
            passed += 1  # with every second that the requests take, one more is let in
        refused(answer, 429)
        assert passed >= 60
        assert int(answer.headers["retry-after"]) >= 1
    with limited_server.client(limited_server.new_key(team="hasty")) as other_key:
        assert other_key.get("/apis/folders").status_code == 200


def test_disk_quota(team, refused, limited_server):
    first = asking.upload_bytes(team, b"a" * (MB - 1000))
    answer = team.post("/apis/uploads", files={"file": ("b.wav", b"b" * 2000)})
    assert "quota" in refused(answer, 400)
    assert_nothing_half_made(limited_server.data)
    asking.upload_bytes(team, b"c" * 1000)
    assert "quota" in refused(team.post("/apis/text-to-sound", json={"prompt": "rain"}), 400)
    refused(team.post("/apis/project-setup", json=asking.set_up_body(first)), 400)
    assert team.delete(f"/apis/uploads/{first.removeprefix('upload://')}").status_code == 204
    asking.sound(team)
    assert_nothing_half_made(limited_server.data)  # an upload deleted as soon as it is there takes no disk either


def test_the_same_bytes_count_once(team):
    for name in ("one.wav", "two.wav", "three.wav"):
        asking.upload_bytes(team, b"d" * 330_000, name)
    asking.upload_bytes(team, b"e" * 660_000)


def test_an_upload_that_is_too_large(limited_server, refused):
    with limited_server.client(limited_server.new_key(team="large")) as client:
        announced = client.post("/apis/uploads", files={"file": ("a.wav", bytes(3 * MB))})
        refused(announced, 413)

        def pieces():
            yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
            for _ in range(50):
                yield bytes(100_000)
            yield b"\r\n--x--\r\n"

        headers = {"content-type": "multipart/form-data; boundary=x"}
        with suppress(httpx.NetworkError, httpx.RemoteProtocolError):  # it may answer and close before all was sent
            refused(client.post("/apis/uploads", content=pieces(), headers=headers), 400)  # the quota is smaller
    assert_nothing_half_made(limited_server.data)


def test_bodies_that_are_too_large(limited_server, refused):
    with limited_server.client(limited_server.new_key(team="large")) as client:
        for path, size in (
            ("/apis/text-to-sound", 3 * MB),
            ("/apis/project-setup", 9 * MB),  # a transcript may come with it
            ("/apis/folders/create", 3 * MB),
        ):
            refused(client.post(path, content=b" " * size, headers={"content-type": "application/json"}), 413)
        terms = {"dictionary_file": ("terms.csv", bytes(11 * 1024**2))}
        refused(client.post("/apis/dictionaries/create-from-file", files=terms, data={"dictionary_name": "x"}), 413)


def test_an_upload_that_breaks_off(limited_server):
    """The client goes away in the middle: nothing is kept."""
    key = limited_server.new_key(team="broken")

    async def break_off() -> None:
        host, port = limited_server.url.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        head = 'Content-Disposition: form-data; name="file"; filename="a.wav"'
        writer.write(
            f"POST /apis/uploads HTTP/1.1\r\nHost: x\r\nx-api-key: {key}\r\nContent-Length: 900000\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n{head}\r\n\r\n".encode()
        )
        writer.write(bytes(400_000))
        await writer.drain()
        while not below(limited_server.data / "artifacts" / "drafts"):  # the server has begun to keep it
            await asyncio.sleep(0.02)
        writer.close()
        await writer.wait_closed()

    asyncio.run(asyncio.wait_for(break_off(), 120))
    assert_nothing_half_made(limited_server.data)
    with limited_server.client(key) as client:
        asking.upload_bytes(client, b"f" * (MB - 1000))  # nothing counts against the quota
