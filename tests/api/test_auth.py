"""Keys, scopes, teams, browser sessions."""

from __future__ import annotations

import re

import httpx
import pytest

from soundstage.domain.account import Scope

CREATE = {"prompt": "rain"}


@pytest.mark.parametrize("path", ["/apis/folders", "/apis/tasks/abc", "/apis/list-voices", "/metrics"])
def test_a_missing_or_wrong_key_is_refused(server, refusal, path):
    with server.client("") as nobody:
        assert "x-api-key" in refusal(nobody.get(path), 401)
        refusal(nobody.get(path, headers={"x-api-key": "sk_wrong"}), 401)
        refusal(nobody.get(path, headers={"x-api-key": ""}), 401)


def test_a_key_is_asked_for_before_the_body_is_read(server, refusal):
    with server.client("") as nobody:
        refusal(nobody.post("/apis/text-to-sound", content=b"{", headers={"content-type": "application/json"}), 401)
        refusal(nobody.post("/apis/uploads", files={"file": ("a", b"x")}), 401)


def test_a_revoked_key_is_refused_at_once(server, refusal):
    key, secret = server.soundstage.keys.create(name="short-lived")
    with server.client(secret) as client:
        assert client.get("/apis/folders").status_code == 200
        server.soundstage.keys.revoke(key.key_id)
        refusal(client.get("/apis/folders"), 401)
        refusal(client.get("/apis/tasks/abc"), 401)


def test_scopes(server, hand, refusal):
    task_id = hand.task()
    with server.client(server.key("default", Scope.READ)) as reader:
        assert reader.get(f"/apis/tasks/{task_id}").status_code == 200
        refusal(reader.post("/apis/text-to-sound", json=CREATE), 403)
        refusal(reader.post(f"/apis/tasks/{task_id}/cancel"), 403)
        refusal(reader.delete(f"/apis/tasks/{task_id}"), 403)
        refusal(reader.post("/apis/uploads", files={"file": ("a", b"x")}), 403)
        _, one = hand.sound()
        _, two = hand.sound()
        assert reader.post("/apis/text-to-sound-results", json={"run_ids": [one, two]}).status_code == 200
    with server.client(server.key("default", Scope.WRITE)) as writer:
        assert writer.get("/apis/folders").status_code == 200
        assert writer.post("/apis/text-to-sound", json=CREATE).status_code == 200


def test_another_teams_things_do_not_exist(server, hand, refusal):
    task_id, run_id = hand.sound()
    setup_id, project_id = hand.project()
    with server.client(server.key("others")) as stranger:
        for path in (
            f"/apis/tasks/{task_id}", f"/apis/text-to-sound/{task_id}", f"/apis/text-to-sound/{task_id}/events",
            f"/apis/project-setup/{setup_id}", f"/apis/project-setup-result/{project_id}",
            f"/apis/text-to-sound-result/{run_id}", f"/apis/projects/{project_id}",
            f"/apis/projects/{project_id}/exports/srt", f"/apis/projects/{project_id}/tracks/source.flac",
        ):  # fmt: skip
            refusal(stranger.get(path), 404)
        for path in (f"/apis/tasks/{task_id}/cancel", f"/apis/project-setup/{setup_id}/retry"):
            refusal(stranger.post(path), 404)
        for path in (f"/apis/tasks/{task_id}", f"/apis/sounds/{run_id}", f"/apis/projects/{project_id}"):
            refusal(stranger.delete(path), 404)
        refusal(stranger.post("/apis/text-to-sound-results", json={"run_ids": [run_id, run_id + 1]}), 404)
        refusal(stranger.get(f"/apis/tasks/{task_id}?wait=1"), 404)


def test_no_key_is_needed_for_documentation_and_health(server):
    with server.client("") as nobody:
        for path in ("/apis/openapi.json", "/apis/docs", "/apis/redocs", "/llms.txt", "/healthz", "/readyz"):
            assert nobody.get(path).status_code == 200, path


@pytest.fixture
def browser(server) -> httpx.Client:
    token = server.soundstage.sessions.issue(server.team_id)
    with server.client("", follow_redirects=True) as browser:
        assert browser.get(f"/studio/login?token={token}").status_code == 200
        yield browser


def test_a_login_link_works_once_and_sets_a_guarded_cookie(server):
    token = server.soundstage.sessions.issue(server.team_id)
    with server.client("") as browser:
        first = browser.get(f"/studio/login?token={token}")
        assert first.status_code == 303
        assert first.headers["location"] == "/"
        cookie = first.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=lax" in cookie
    with server.client("") as second:
        assert second.get(f"/studio/login?token={token}").status_code == 401


def test_the_cookie_is_for_https_only_where_the_server_is(server):
    token = server.soundstage.sessions.issue(server.team_id)
    secure = server.inner(public_url="https://sound.example")
    assert "secure" in secure.get(f"/studio/login?token={token}", follow_redirects=False).headers["set-cookie"].lower()


def test_a_session_reads_but_changes_things_from_our_own_pages_only(server, browser, hand, refusal):
    task_id = hand.task()
    assert browser.get(f"/apis/tasks/{task_id}").status_code == 200
    cancel = f"/apis/tasks/{task_id}/cancel"
    refusal(browser.post(cancel), 403)
    refusal(browser.post(cancel, headers={"origin": "https://evil.example"}), 403)
    refusal(browser.post(cancel, headers={"sec-fetch-site": "cross-site", "origin": server.url}), 403)
    assert browser.post(cancel, headers={"origin": server.url}).status_code == 200


def test_an_altered_session_is_no_session(server, refusal):
    with server.client("", cookies={"soundstage_session": "made.up.value"}) as nobody:
        refusal(nobody.get("/apis/folders"), 401)


def test_openapi_names_the_scope_of_every_keyed_operation(client):
    document = client.get("/apis/openapi.json").json()
    scopes = {
        (path, method): operation.get("x-soundstage-scope")
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if re.match(r"/apis/(?!files)", path)
    }
    assert set(scopes.values()) == {"read", "write"}
    assert scopes["/apis/project-setup-results", "post"] == "read"
    assert scopes["/apis/project-setup", "post"] == "write"
