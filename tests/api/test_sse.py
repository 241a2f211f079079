"""Server-sent events: numbering, bodies, resume, the end."""

from __future__ import annotations

import json

import pytest

from soundstage.domain.task import TaskKind, TaskState


def read(client, path, *, after=None, until="end", then=()):
    """Events as `(id or None, event, data)` until one of that name, or the stream's end.

    `then`: what is done once one event has come, once another one has come, and so on.
    """
    steps = iter(then)
    headers = {} if after is None else {"last-event-id": str(after)}
    found, event = [], {}
    with client.stream("GET", path, headers=headers) as stream:
        assert stream.status_code == 200, stream.read()
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            if line.startswith(":"):
                continue
            if line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                number = int(event["id"]) if "id" in event else None
                found.append((number, event["event"], json.loads(event["data"])))
                event = {}
                next(steps, lambda: None)()
                if found[-1][1] == until:
                    break
    return found


@pytest.fixture
def finished(hand):
    task_id = hand.task()
    hand.begin(task_id)
    hand.advance(task_id, 0.5, finding={"stage": "understand", "findings": {"layers": 1}})
    hand.fail(task_id)
    return task_id


def test_the_events_of_an_ended_task(client, finished):
    events = read(client, f"/apis/tasks/{finished}/events", until=None)
    numbers = [number for number, _, _ in events]
    assert numbers == sorted(set(numbers))
    assert [name for _, name, _ in events] == ["status", "status", "finding", "end"]
    assert events[2][2] == {"stage": "understand", "findings": {"layers": 1}}
    assert events[-1][2] == client.get(f"/apis/tasks/{finished}").json()


@pytest.mark.parametrize("kind", [TaskKind.PROJECT_SETUP, TaskKind.TEXT_TO_SOUND])  # an import is under tasks alone
def test_status_events_carry_the_whole_body_under_every_path(client, hand, kind):
    task_id = hand.task(kind)
    hand.fail(task_id)
    path = f"/apis/{kind.value.replace('_', '-')}/{task_id}"
    assert read(client, f"{path}/events")[0][2] == client.get(path).json()


def test_resume_continues_after_the_event_that_was_seen(client, finished):
    every = read(client, f"/apis/tasks/{finished}/events", until=None)
    seen = every[1][0]
    assert read(client, f"/apis/tasks/{finished}/events", after=seen, until=None) == every[2:]


def test_after_the_end_a_browser_is_told_not_to_come_again(client, hand, finished):
    path = f"/apis/tasks/{finished}/events"
    last = read(client, path, until=None)[-1][0]
    for number in (last, last + 1_000_000):
        answer = client.get(path, headers={"last-event-id": str(number)})
        assert (answer.status_code, answer.content) == (204, b"")
    client.post(f"/apis/tasks/{finished}/retry").raise_for_status()  # and now there is more to come
    with client.stream("GET", path, headers={"last-event-id": str(last)}) as stream:
        assert stream.status_code == 200
    hand.fail(finished)
    assert read(client, path, after=last, until=None)[-1][1] == "end"


def test_events_arrive_while_the_task_runs(client, hand):
    task_id = hand.task()

    def work():
        hand.begin(task_id)
        hand.advance(task_id, 0.3)
        hand.advance(task_id, 0.6, finding={"stage": "understand"})
        hand.end(task_id, TaskState.FAILED)

    events = read(client, f"/apis/text-to-sound/{task_id}/events", until=None, then=[work])
    assert events[0][1:] == ("status", events[0][2])
    assert events[0][2]["state"] == "queued"
    assert [name for number, name, _ in events if number is not None] == ["status", "status", "finding", "end"]
    assert events[-1][2]["state"] == "failed"


def test_progress_alone_is_told_without_a_number(client, hand):
    task_id = hand.task()
    hand.begin(task_id)
    work = [lambda: None, lambda: hand.advance(task_id, 0.5), lambda: hand.fail(task_id)]
    events = read(client, f"/apis/tasks/{task_id}/events", then=work)
    assert [(number is None, data["progress"]) for number, _, data in events[2:]] == [(True, 0.5), (False, 1.0)]


def test_an_end_that_a_retry_overtook_does_not_end_the_stream(client, hand):
    task_id = hand.task()
    hand.fail(task_id)
    client.post(f"/apis/tasks/{task_id}/retry").raise_for_status()
    hand.fail(task_id)
    names = [name for _, name, _ in read(client, f"/apis/tasks/{task_id}/events", until=None)]
    assert names == ["status", "status", "status", "end"]


def test_a_quiet_stream_has_heartbeats(client, hand):
    task_id = hand.task()
    with client.stream("GET", f"/apis/tasks/{task_id}/events") as stream:
        assert any(line.startswith(": ping") for line in stream.iter_lines())
    hand.fail(task_id)


def test_a_deleted_task_ends_its_streams(client, hand):
    task_id = hand.task()
    hand.fail(task_id)
    client.post(f"/apis/tasks/{task_id}/retry").raise_for_status()

    def delete():
        hand.fail(task_id)
        client.delete(f"/apis/tasks/{task_id}").raise_for_status()

    read(client, f"/apis/tasks/{task_id}/events", until=None, then=[delete])


@pytest.mark.parametrize("number", ["abc", "-1", "1.5", "9" * 40])
def test_a_last_event_id_that_is_no_event(client, hand, refusal, number):
    refusal(client.get(f"/apis/tasks/{hand.task()}/events", headers={"last-event-id": number}), 422)


def test_the_events_of_an_unknown_task(client, refusal):
    refusal(client.get("/apis/tasks/nothing/events"), 404)
