"""A `media_url` that leads nowhere good."""

from __future__ import annotations

import socket
from ipaddress import ip_address

import pytest
from tests import asking
from tests.e2e.kept import assert_nothing_half_made

# Path of `web` → the reason, words of the message, how often the server may be asked (None: as often as it retries).
FETCHED = {
    "/missing.mp4": ("SOURCE_NOT_FOUND", "404", 1),
    "/page.html": ("SOURCE_TYPE_NOT_SUPPORTED", "web page", 1),
    "/page.mp4": ("SOURCE_TYPE_NOT_SUPPORTED", "web page", 1),
    "/text.mp4": ("CONTENT_DOES_NOT_MATCH_EXTENSION", ".mp4", 1),
    "/endless.mp4": ("SOURCE_TOO_LARGE", "larger", 1),
    "/announced.mp4": ("SOURCE_TOO_LARGE", "larger", 1),
    "/dripping.mp4": ("ERROR_DOWNLOADING_SOURCE", "", None),
    "/broken-off.mp4": ("ERROR_DOWNLOADING_SOURCE", "broke off", None),
    "/loop.mp4": ("ERROR_DOWNLOADING_SOURCE", "redirected", 6),
    "/to-private": ("ERROR_DOWNLOADING_SOURCE", "10.1.2.3", 1),
    "/to-loopback": ("ERROR_DOWNLOADING_SOURCE", "127.0.0.1", 1),
    "/to-localhost": ("ERROR_DOWNLOADING_SOURCE", "localhost", 1),
    "/to-metadata": ("ERROR_DOWNLOADING_SOURCE", "169.254.169.254", 1),
    "/to-file": ("ERROR_DOWNLOADING_SOURCE", "http", 1),
    "/to-missing": ("SOURCE_NOT_FOUND", "404", 1),
}


@pytest.fixture(scope="module")
def team(open_server):
    with open_server.client(open_server.new_key(team="bad-urls")) as client:
        yield client


@pytest.fixture(scope="module")
def tasks(team, web) -> dict[str, str]:
    web.asked.clear()  # other tests' set-ups have ended
    return {path: asking.set_up(team, f"{web.url}{path}?token=s3cret") for path in FETCHED}


@pytest.mark.parametrize("path", FETCHED)
def test_the_task_tells_why(team, web, tasks, path):
    reason, words, most = FETCHED[path]
    body = asking.failed(team, tasks[path], reason)
    assert words in body["message"]
    assert "s3cret" not in body["message"]
    assert web.asked[path] >= 1
    assert most is None or web.asked[path] <= most, "what will not pass is not tried again"


def test_what_may_pass_is_tried_again(team, web):
    body = asking.succeeded(team, asking.set_up(team, f"{web.url}/flaky.wav"))
    assert web.asked["/flaky.wav"] >= 3, "it answers the third time at the earliest"
    assert body["run_id"]


def test_a_redirect_is_followed_and_told(team, web):
    body = asking.succeeded(team, asking.set_up(team, f"{web.url}/moved.wav"))
    findings = body["stages"][0]["findings"]
    assert findings["final_url"] == f"{web.url}/tone.wav"
    assert findings["redirects"] == [f"{web.url}/moved.wav"]


def test_media_that_is_too_long_or_too_large_as_an_upload(team, tmp_path):
    from soundstage.testing.media import Tone, make_clip

    long = make_clip(tmp_path / "long.mp3", seconds=25, tones=(Tone(channels=1),), video=False)
    large = make_clip(tmp_path / "large.wav", seconds=19)
    assert large.stat().st_size > 3_000_000
    tasks = [asking.set_up(team, asking.upload(team, path)) for path in (long, large)]
    assert "25" in asking.failed(team, tasks[0], "SOURCE_TOO_LONG")["message"]
    asking.failed(team, tasks[1], "SOURCE_TOO_LARGE")


def test_nothing_is_left_half_made(open_server, team, tasks):
    for task_id in tasks.values():
        asking.ended(team, task_id)
    assert_nothing_half_made(open_server.data)


@pytest.mark.parametrize(
    "media_url",
    [
        "http://127.0.0.1/talk.mp4",
        "http://127.0.0.1:8000/talk.mp4",
        "http://localhost/talk.mp4",
        "http://LOCALHOST./talk.mp4",
        "http://foo.localhost/talk.mp4",
        "http://10.0.0.1/talk.mp4",
        "http://192.168.1.1/talk.mp4",
        "http://172.16.0.1/talk.mp4",
        "http://169.254.169.254/latest/meta-data",
        "http://100.64.0.1/a.mp4",
        "http://0.0.0.0/a.mp4",
        "http://[::1]/talk.mp4",
        "http://[fd00::1]/talk.mp4",
        "http://[fe80::1]/a.mp4",
        "http://[::ffff:127.0.0.1]/a.mp4",
        "http://[64:ff9b::7f00:1]/a.mp4",
        "http://2130706433/talk.mp4",
        "http://0x7f.1/talk.mp4",
        "http://127.1/talk.mp4",
        "http://example.com:22/talk.mp4",
        "http://user@127.0.0.1/a.mp4",
        "ftp://example.com/talk.mp4",
        "file:///etc/passwd",
        "gopher://example.com/",
        "data:audio/wav;base64,AAAA",
        "/etc/passwd",
        "talk.mp4",
        "http://",
        "http:///talk.mp4",
        "http://exa mple.com/a.mp4",
        "http://example.com/a.mp4\r\nX-Evil: 1",
        "upload://",
        "upload://../../etc/passwd",
        "",
        "https://example.com/" + "a" * 9000,
    ],
)
def test_create_refuses_what_the_text_alone_shows(client, refused, media_url):
    answer = client.post("/apis/project-setup", json=asking.set_up_body(media_url))
    detail = refused(answer, 422)
    assert detail[0]["loc"] == ["body", "media_url"]
    assert client.get("/apis/tasks").json()["items"] == []


def test_a_name_that_leads_to_a_private_address_is_told_by_the_task(client):
    """`localtest.me`-like names need a name server; the machine's own name resolves without one."""
    name = socket.gethostname()
    try:
        found = socket.getaddrinfo(name, 80)
    except OSError:
        pytest.skip("this machine does not resolve its own name")
    if all(ip_address(str(address).partition("%")[0]).is_global for *_, (address, *_) in found):
        pytest.skip("this machine's own name leads to public addresses")
    if "." not in name and name == "localhost":
        pytest.skip("this machine has no name of its own")
    task_id = asking.set_up(client, f"http://{name}/talk.mp4")
    assert "not on the public internet" in asking.failed(client, task_id, "ERROR_DOWNLOADING_SOURCE")["message"]
