"""Query strings and user info of a `media_url` are in nothing that anybody is shown, nor in logs and products."""

from __future__ import annotations

import httpx
import pytest
from tests import asking
from tests.e2e.kept import rows

SECRETS = ("tok3n-in-query", "us3r-in-url", "p4ss-in-url", "fragm3nt", "moved-s3cret")


@pytest.fixture(scope="module")
def team(open_server):
    with open_server.client() as client:  # of the default team, whose pages the login link opens
        yield client


@pytest.fixture(scope="module")
def tasks(team, web) -> list[str]:
    """Set-ups of secret URLs that succeed, fail at once, fail after a redirect, and break off."""
    base = f"http://us3r-in-url:p4ss-in-url@127.0.0.1:{web.port}"
    paths = ("/tone.wav", "/moved.wav", "/missing.mp4", "/page.html", "/to-private", "/to-metadata", "/broken-off.mp4")
    made = [asking.set_up(team, f"{base}{path}?token=tok3n-in-query#fragm3nt") for path in paths]
    states = [asking.ended(team, task_id)["state"] for task_id in made]
    assert states == ["succeeded", "succeeded", *["failed"] * 5]
    return made


def _secrets_in(text: str) -> list[str]:
    return [secret for secret in (*SECRETS, "s3cret") if secret in text]


def test_no_reply_tells_them(team, tasks):
    for task_id in tasks:
        replies = [
            team.get(f"/apis/tasks/{task_id}").text,
            team.get(f"/apis/project-setup/{task_id}").text,
            team.get(f"/apis/project-setup/{task_id}", headers={"x-fern-language": "Python"}).text,
            team.get(f"/apis/tasks/{task_id}/events").text,
        ]
        assert _secrets_in("".join(replies)) == []
    assert _secrets_in(team.get("/apis/tasks").text + team.get("/apis/projects").text) == []
    for item in team.get("/apis/projects").json()["items"]:
        assert item["project_name"] == "tone"
        address = f"/apis/projects/{item['run_id']}"
        assert _secrets_in(team.get(address).text + team.get(f"{address}/exports/json").text) == []


def test_no_page_tells_them(open_server, team, tasks):
    with httpx.Client(base_url=open_server.url, trust_env=False, follow_redirects=True, timeout=60) as browser:
        pages = [browser.get(open_server.new_login_url())]
        pages += [browser.get(f"/studio/tasks/{task_id}") for task_id in tasks]
        runs = [item["run_id"] for item in team.get("/apis/projects").json()["items"]]
        pages += [browser.get(f"/studio/projects/{run_id}") for run_id in runs]
    assert {page.status_code for page in pages} == {200}
    assert _secrets_in("".join(page.text for page in pages)) == []


def test_the_database_knows_them_in_the_request_only(open_server, tasks):
    """The request itself must keep the URL: a retry fetches again."""
    tables = [str(name) for (name,) in rows(open_server.data, "SELECT name FROM sqlite_master WHERE type = 'table'")]
    assert {"tasks", "events", "stage_results", "runs"} <= set(tables)
    found = {}
    for table in tables:
        columns = [str(row[1]) for row in rows(open_server.data, f"PRAGMA table_info({table})")]
        for column in columns:
            text = "\n".join(str(value) for (value,) in rows(open_server.data, f'SELECT "{column}" FROM "{table}"'))
            if _secrets_in(text):
                found[f"{table}.{column}"] = _secrets_in(text)
    assert set(found) == {"tasks.parameters"}
    for task_id in tasks:
        ((failure,),) = rows(open_server.data, f"SELECT failure FROM tasks WHERE task_id = '{task_id}'")
        assert _secrets_in(str(failure)) == []


def test_no_file_holds_them(open_server, tasks):
    files = [path for path in (open_server.data / "artifacts").rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert _secrets_in(path.read_bytes().decode("latin-1")) == []


def test_the_log_does_not_tell_them(open_server, tasks):
    text = open_server.log.read_text()
    assert "task failed" in text
    assert _secrets_in(text) == []


def test_a_refusal_and_a_dry_run_do_not_tell_them(team, web):
    secret = "us3r-in-url:p4ss-in-url@10.0.0.1/talk.mp4?token=tok3n-in-query#fragm3nt"
    for scheme in ("http", "ftp", "file"):
        answer = team.post("/apis/project-setup", json=asking.set_up_body(f"{scheme}://{secret}"))
        assert answer.status_code == 422
        assert _secrets_in(answer.text) == []
    for path in ("/missing.mp4", "/page.html", "/to-private", "/tone.wav"):
        url = f"http://us3r-in-url:p4ss-in-url@127.0.0.1:{web.port}{path}?token=tok3n-in-query#fragm3nt"
        answer = team.post("/apis/project-setup?dry_run=true", json=asking.set_up_body(url))
        assert answer.status_code == 200
        assert answer.json()["valid"] is (path == "/tone.wav")
        assert _secrets_in(answer.text) == []
