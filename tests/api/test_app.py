"""The server as a whole: HEAD answers as GET does, without a body."""

from __future__ import annotations

import pytest

PATHS = (
    "/healthz", "/readyz", "/llms.txt", "/docs/tasks.md", "/apis/openapi.json", "/apis/docs", "/apis/folders",
    "/apis/source-languages", "/apis/projects", "/apis/projects/0", "/apis/tasks", "/apis/tasks/nothing",
    "/apis/tasks?nonsense=1", "/apis/files/nothing", "/nothing", "/", "/studio/static/studio.css",
)  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_a_body(client, path):
    head, get = client.head(path), client.get(path)
    assert head.content == b""
    assert (head.status_code, head.headers["content-length"]) == (get.status_code, str(len(get.content)))
    assert head.headers["content-type"] == get.headers["content-type"]


def test_head_of_a_task(client, hand, refusal):
    task_id = hand.task()
    for prefix in ("tasks", "text-to-sound"):
        path = f"/apis/{prefix}/{task_id}"
        head, get = client.head(path), client.get(path)
        assert head.headers["etag"] == get.headers["etag"]
        assert head.headers["content-length"] == str(len(get.content))
        assert client.head(path, headers={"if-none-match": get.headers["etag"]}).status_code == 304
    assert client.head(f"/apis/tasks/{task_id}/events").status_code == 405


def test_head_needs_the_key_that_get_needs(server):
    with server.client("") as nobody:
        assert [nobody.head(path).status_code for path in ("/apis/tasks", "/metrics", "/")] == [401] * 3
    with server.client(server.key("default", "read")) as reader:
        assert reader.head("/apis/tasks").status_code == 200


def test_head_does_not_use_up_a_login_link(server):
    path = f"/studio/login?token={server.soundstage.sessions.issue(server.team_id)}"
    with server.client("") as browser:
        assert browser.head(path).status_code == 405
        assert browser.get(path).status_code == 303
