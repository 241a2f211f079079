"""The status body, its ETag, long polls, and that the hot path says the same as the route."""

from __future__ import annotations

import threading
import time

import pytest

from soundstage.api.schemas.task import status_word
from soundstage.domain.task import TaskKind, TaskState

SETUP, SOUND = TaskKind.PROJECT_SETUP, TaskKind.TEXT_TO_SOUND
KEYS = {
    "status", "run_id", "revision", "exception_reason", "message", "error", "state", "attempt", "progress", "substatus",
    "queue_position", "eta_seconds", "eta_range_seconds", "studio_url", "stages",
}  # fmt: skip
LONG = 30  # seconds; what comes at once comes sooner, also on a machine that is busy
STAGE_KEYS = {"name", "title", "state", "progress", "started_at", "finished_at", "summary", "findings"}
SETUP_STAGES = [
    "ingest",
    "probe",
    "decode",
    "separate",
    "detect_activity",
    "diarize",
    "transcribe",
    "segment",
    "translate",
    "prepare",
]


def test_a_waiting_task(client, hand):
    body = client.get(f"/apis/project-setup/{hand.task(SETUP)}").json()
    assert set(body) == KEYS
    assert (body["status"], body["state"], body["run_id"], body["progress"]) == ("PENDING", "queued", None, 0.0)
    assert [stage["name"] for stage in body["stages"]] == SETUP_STAGES
    assert all(set(stage) == STAGE_KEYS for stage in body["stages"])


def test_a_running_task_names_its_stage(client, hand):
    task_id = hand.task()
    hand.begin(task_id)
    hand.advance(task_id, 0.25)
    body = client.get(f"/apis/text-to-sound/{task_id}").json()
    assert (body["status"], body["state"], body["progress"], body["substatus"]) == (
        "PENDING",
        "running",
        0.25,
        "understand",
    )


def test_a_finished_task_tells_run_and_studio_url(server, client, hand):
    task_id, run_id = hand.sound()
    body = client.get(f"/apis/text-to-sound/{task_id}").json()
    assert (body["status"], body["run_id"], body["exception_reason"], body["message"]) == (
        "SUCCESS",
        run_id,
        None,
        None,
    )
    assert body["studio_url"] == f"{server.url}/studio/tasks/{task_id}"
    task_id, run_id = hand.project()
    assert client.get(f"/apis/project-setup/{task_id}").json()["studio_url"] == f"{server.url}/studio/projects/{run_id}"


@pytest.mark.parametrize(
    ("kind", "setting", "word"),
    [(SETUP, "page", "ERROR"), (SOUND, "page", "FAILED"), (SETUP, "FAILED", "FAILED"), (SOUND, "ERROR", "ERROR")],
)
def test_the_failure_word(server, hand, kind, setting, word):
    task_id = hand.task(kind)
    hand.fail(task_id)
    path = kind.value.replace("_", "-")
    body = server.inner(failure_word=setting).get(f"/apis/{path}/{task_id}").json()
    assert body["status"] == word
    assert body["message"] == body["error"] == "The media is broken."
    assert body["exception_reason"] == "INVALID_SOURCE_DATA"


def test_a_cancelled_task_ends_in_the_failure_word_and_says_so(client, hand):
    task_id = hand.task()
    body = client.post(f"/apis/text-to-sound/{task_id}/cancel").json()
    assert (body["status"], body["state"], body["exception_reason"]) == ("FAILED", "cancelled", "NONE")
    assert "cancelled" in body["message"]


def test_a_retry_keeps_the_task_and_raises_the_attempt(client, hand, refusal):
    task_id = hand.task()
    refusal(client.post(f"/apis/tasks/{task_id}/retry"), 400)
    hand.fail(task_id)
    body = client.post(f"/apis/text-to-sound/{task_id}/retry").json()
    assert (body["status"], body["state"], body["attempt"], body["message"]) == ("PENDING", "queued", 2, None)
    refusal(client.post(f"/apis/tasks/{task_id}/continue"), 400)
    client.post(f"/apis/tasks/{task_id}/cancel")
    refusal(client.post(f"/apis/tasks/{task_id}/cancel"), 400)


def test_a_task_under_the_other_kinds_path_is_unknown(client, hand, refusal):
    task_id = hand.task(SOUND)
    refusal(client.get(f"/apis/project-setup/{task_id}"), 404)
    refusal(client.post(f"/apis/project-setup/{task_id}/cancel"), 404)
    refusal(client.get(f"/apis/project-setup/{task_id}/events"), 404)
    assert client.get(f"/apis/tasks/{task_id}").json()["kind"] == "text_to_sound"


@pytest.mark.parametrize("prefix", ["text-to-sound", "tasks"])
def test_the_hot_path_answers_as_the_route_does(client, hand, prefix):
    task_id, _ = hand.sound()
    hot = client.get(f"/apis/{prefix}/{task_id}")
    route = client.get(f"/apis/{prefix}/{task_id}?run_id=1")  # a query takes the long way
    assert hot.content == route.content
    for name in ("etag", "content-type", "cache-control", "vary", "content-length"):
        assert hot.headers[name] == route.headers[name]
    assert client.get("/apis/tasks/nothing").json() == client.get("/apis/tasks/nothing?run_id=1").json()


def test_the_etag_is_the_revision(client, hand):
    task_id = hand.task()
    first = client.get(f"/apis/tasks/{task_id}")
    for query in ("", "?run_id=1"):
        known = client.get(f"/apis/tasks/{task_id}{query}", headers={"if-none-match": first.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
        assert known.headers["etag"] == first.headers["etag"]
        weak = client.get(f"/apis/tasks/{task_id}{query}", headers={"if-none-match": f'"x", W/{first.headers["etag"]}'})
        assert weak.status_code == 304
    hand.begin(task_id)
    assert client.get(f"/apis/tasks/{task_id}", headers={"if-none-match": first.headers["etag"]}).status_code == 200


def test_a_long_poll_returns_on_change(client, hand):
    task_id = hand.task()
    threading.Timer(0.4, hand.begin, (task_id,)).start()
    begun = time.monotonic()
    body = client.get(f"/apis/text-to-sound/{task_id}?wait={LONG}").json()
    assert body["state"] == "running"
    assert time.monotonic() - begun < LONG


def test_a_long_poll_with_an_old_etag_returns_at_once(client, hand):
    task_id = hand.task()
    old = client.get(f"/apis/tasks/{task_id}").headers["etag"]
    hand.begin(task_id)
    begun = time.monotonic()
    answer = client.get(f"/apis/tasks/{task_id}?wait={LONG}", headers={"if-none-match": old})
    assert answer.json()["state"] == "running"
    assert time.monotonic() - begun < LONG


def test_a_long_poll_that_sees_nothing_new(client, hand):
    task_id = hand.task()
    etag = client.get(f"/apis/tasks/{task_id}").headers["etag"]
    begun = time.monotonic()
    assert client.get(f"/apis/tasks/{task_id}?wait=0.4", headers={"if-none-match": etag}).status_code == 304
    assert client.get(f"/apis/tasks/{task_id}?wait=0.4").json()["state"] == "queued"
    assert time.monotonic() - begun > 0.7


def test_a_long_poll_on_an_ended_task_returns_at_once(client, hand):
    task_id, _ = hand.sound()
    begun = time.monotonic()
    assert client.get(f"/apis/tasks/{task_id}?wait={LONG}").json()["status"] == "SUCCESS"
    assert time.monotonic() - begun < LONG


@pytest.mark.parametrize("wait", ["-1", "nan", "inf", "soon", "true"])
def test_a_wait_that_is_no_time(client, hand, refusal, wait):
    refusal(client.get(f"/apis/tasks/{hand.task()}?wait={wait}"), 422)


def test_absolute_addresses_never_come_from_the_host_header(server, hand):
    task_id, _ = hand.sound()
    with server.client() as client:
        body = client.get(
            f"/apis/tasks/{task_id}", headers={"host": "evil.example", "x-forwarded-host": "evil.example"}
        )
        assert body.json()["studio_url"].startswith(server.url)
    inner = server.inner(public_url="https://sound.example/base/")
    assert (
        inner.get(f"/apis/tasks/{task_id}").json()["studio_url"] == f"https://sound.example/base/studio/tasks/{task_id}"
    )


def test_words_of_every_state(server, hand):
    task_id = hand.task()
    task = server.services.tasks.read_status(server.team_id, task_id)
    words = {state: status_word(task.model_copy(update={"state": state}), "page") for state in TaskState}
    assert {state for state, word in words.items() if word == "PENDING"} == {
        TaskState.QUEUED,
        TaskState.RUNNING,
        TaskState.PARKED,
    }
    assert words[TaskState.SUCCEEDED] == "SUCCESS"
