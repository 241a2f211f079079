"""The list of tasks and deleting one."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from soundstage.domain.task import TaskKind


def test_filters(server, client, hand):
    folder = client.post("/apis/folders/create", json={"folder_name": "for tasks"}).json()["folder_id"]
    time.sleep(0.1)  # other tests' tasks are older than these now
    begun = datetime.now(UTC) - timedelta(milliseconds=50)
    ours = client.post("/apis/text-to-sound", json={"prompt": "rain", "folder_id": folder}).json()["task_id"]
    setup, failed = hand.task(TaskKind.PROJECT_SETUP), hand.task()
    hand.fail(failed)

    def listed(**query):
        return [item["task_id"] for item in client.get("/apis/tasks", params={"limit": 200, **query}).json()["items"]]

    assert listed(folder_id=folder) == [ours]
    assert listed(created_after=begun.isoformat()) == [failed, setup, ours]
    assert setup in listed(kind="project_setup")
    assert ours not in listed(kind="project_setup")
    assert failed in listed(state="failed")
    assert {setup, failed} <= set(listed(state=["queued", "failed"]))
    assert listed(created_after="2999-01-01") == []


def test_an_item_is_the_status_body_and_more(client, hand):
    task_id = hand.task()
    item = client.get("/apis/tasks?limit=1").json()["items"][0]
    assert item == client.get(f"/apis/tasks/{task_id}").json()
    assert {"task_id", "kind", "created_at", "folder_id", "status", "stages"} <= set(item)


def test_paging_shows_every_task_once(server, hand):
    with server.client(server.key("pagers")) as client:
        made = [client.post("/apis/text-to-sound", json={"prompt": "rain"}).json()["task_id"] for _ in range(5)]
        seen, cursor = [], None
        while True:
            page = client.get("/apis/tasks", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
            seen += [item["task_id"] for item in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
    assert sorted(seen) == sorted(made)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=x", "state=done", "kind=dub", "folder_id=0", "created_after=soon",
        "cursor=nope", "cursor=%00",
    ],
)  # fmt: skip
def test_wrong_queries(client, refusal, query):
    detail = refusal(client.get(f"/apis/tasks?{query}"), 422)
    assert detail[0]["loc"][:2] == ["query", query.split("=")[0]]


def test_deleting(client, hand, refusal):
    task_id = hand.task()
    refusal(client.delete(f"/apis/tasks/{task_id}"), 400)
    hand.fail(task_id)
    answer = client.delete(f"/apis/tasks/{task_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    refusal(client.get(f"/apis/tasks/{task_id}"), 404)
    refusal(client.delete(f"/apis/tasks/{task_id}"), 404)
