"""Cancel in the middle, retry, long polls of running work, and the list of tasks."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import psutil
import pytest
from tests import asking
from tests.server import Server


def _cpu_seconds(server: Server) -> dict[psutil.Process, float]:
    """CPU time so far, of the server and of everything below it."""
    found = {}
    root = psutil.Process(server.process.pid)
    for process in (root, *root.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            found[process] = times.user + times.system
    return found


def _spent(server: Server, seconds: float) -> dict[psutil.Process, float]:
    """CPU time spent within so many seconds from now."""
    before = _cpu_seconds(server)
    time.sleep(seconds)
    return {process: after - before.get(process, 0.0) for process, after in _cpu_seconds(server).items()}


def test_cancel_frees_the_cpu_and_retry_goes_on(server, client, clips):
    task_id = asking.set_up(client, asking.upload(client, clips / "conv2.wav"))
    address = f"/apis/project-setup/{task_id}"
    tag, seen = "", []
    while not seen or seen[-1]["substatus"] != "transcribe":
        answer = client.get(address, params={"wait": 20}, headers={"if-none-match": tag})
        if answer.status_code == 304:
            continue
        tag = answer.headers["etag"]
        seen.append(answer.json())
        assert seen[-1]["status"] == "PENDING", seen[-1]
    assert [body["progress"] for body in seen] == sorted(body["progress"] for body in seen)
    spent = _spent(server, 0.5)  # in the middle
    engine = max(spent, key=spent.__getitem__)
    cancelled = client.post(f"{address}/cancel").json()
    assert (cancelled["status"], cancelled["state"]) == ("ERROR", "cancelled")
    assert (cancelled["exception_reason"], cancelled["run_id"]) == ("NONE", None)
    engine.wait(60)  # an engine that came to its own end would stay loaded
    until = time.monotonic() + 60
    while sum(_spent(server, 1.5).values()) > 0.5:
        assert time.monotonic() < until, "the processor is not free"
    assert client.get(address).json()["state"] == "cancelled"
    done = _finished(cancelled)
    assert {"ingest", "probe", "decode"} <= set(done)
    retried = client.post(f"{address}/retry").json()
    assert (retried["status"], retried["attempt"]) == ("PENDING", 2)
    assert _finished(retried) == done, "finished stages stay done"
    body = asking.succeeded(client, task_id)
    assert body["attempt"] == 2
    assert {name: at for name, at in _finished(body).items() if name in done} == done
    assert client.get(f"/apis/projects/{body['run_id']}").json()["segments"]


def _finished(body: dict) -> dict[str, str]:
    return {stage["name"]: stage["finished_at"] for stage in body["stages"] if stage["state"] in ("done", "skipped")}


def test_a_long_poll_returns_on_change_and_when_nothing_changes(limited_server):
    with limited_server.client(limited_server.new_key(team="pollers")) as client:
        task_id = asking.sound(client)
        address = f"/apis/text-to-sound/{task_id}"
        tag = client.get(address).headers["etag"]
        begun = time.monotonic()
        same = client.get(address, params={"wait": 1}, headers={"if-none-match": tag})
        assert same.status_code == 304
        assert 0.9 < time.monotonic() - begun < 30
        assert client.get(address, params={"wait": 0.2}).status_code == 200
        client.post(f"{address}/cancel")
        begun = time.monotonic()
        changed = client.get(address, params={"wait": 30}, headers={"if-none-match": tag})
        assert changed.json()["state"] == "cancelled"
        assert time.monotonic() - begun < 25, "it does not wait for the whole 30 s"


@pytest.fixture
def many(client) -> dict[str, str]:
    """Five tasks of one team: name → id."""
    folder = client.post("/apis/folders/create", json={"folder_name": "rain"}).json()["folder_id"]
    made = {
        "one": asking.sound(client, folder_id=folder),
        "two": asking.sound(client, folder_id=folder),
        "three": asking.sound(client),
        "missing": asking.set_up(client, "upload://not-there-at-all"),
        "four": asking.sound(client),
        "folder": str(folder),
    }
    for name in ("one", "two", "three", "four", "missing"):
        asking.ended(client, made[name])
    return made


def test_the_list_by_state_kind_folder_and_time(client, many):
    def ids(**query):
        answer = client.get("/apis/tasks", params=query)
        assert answer.status_code == 200, answer.text
        return [item["task_id"] for item in answer.json()["items"]]

    newest_first = [many[name] for name in ("four", "missing", "three", "two", "one")]
    assert ids() == newest_first
    assert ids(kind="project_setup") == [many["missing"]]
    assert ids(state="failed") == [many["missing"]]
    assert ids(state=["succeeded", "failed"]) == newest_first
    assert ids(state="queued") == []
    assert ids(folder_id=many["folder"]) == [many["two"], many["one"]]
    assert ids(folder_id=many["folder"], kind="project_setup") == []
    items = client.get("/apis/tasks").json()["items"]
    third = next(item for item in items if item["task_id"] == many["three"])
    after = ids(created_after=third["created_at"])
    assert set(after) <= {many["three"], many["missing"], many["four"]}
    assert many["four"] in after and many["one"] not in after
    assert ids(created_after=datetime.now(UTC).isoformat()) == []
    assert third["kind"] == "text_to_sound"
    assert client.get(f"/apis/tasks/{many['three']}").json() == third
    folders = client.get("/apis/folders").json()
    assert folders[0]["run_count"] == 2


def test_the_list_in_pages(client, many):
    seen, cursor = [], None
    while True:
        page = client.get("/apis/tasks", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        assert len(page["items"]) <= 2
        seen += [item["task_id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        asking.sound(client)  # what comes in meanwhile moves no page
    assert seen == [many[name] for name in ("four", "missing", "three", "two", "one")]
    sounds = client.get("/apis/sounds", params={"limit": 3}).json()
    assert len(sounds["items"]) == 3 and sounds["next_cursor"]
    rest = client.get("/apis/sounds", params={"cursor": sounds["next_cursor"]}).json()
    runs = [item["run_id"] for item in sounds["items"] + rest["items"]]
    assert runs == sorted(set(runs), reverse=True)
    assert client.get("/apis/tasks", params={"cursor": "nonsense"}).status_code == 422
