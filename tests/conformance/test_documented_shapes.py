"""The shapes that the reference pages document, read with a plain HTTP client."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from tests import asking

from soundstage.testing.media import make_clip

STAGES = {
    "project-setup": [
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
    ],
    "text-to-sound": ["understand", "generate", "master", "encode"],
}
STATUS_KEYS = {
    "status",
    "run_id",
    "revision",
    "exception_reason",
    "message",
    "error",
    "state",
    "attempt",
    "progress",
    "substatus",
    "queue_position",
    "eta_seconds",
    "eta_range_seconds",
    "studio_url",
    "stages",
}
STAGE_KEYS = {"name", "title", "state", "progress", "started_at", "finished_at", "summary", "findings"}


@pytest.fixture
def client(server, made):
    with server.client(made.key) as client:
        yield client


@pytest.mark.parametrize(("path", "tasks"), [("project-setup", "projects"), ("text-to-sound", "sounds")])
def test_the_status_object_of_success(client, made, path, tasks):
    task_id, run_id = getattr(made, tasks)[0]
    body = client.get(f"/apis/{path}/{task_id}").json()
    assert set(body) == STATUS_KEYS
    assert (body["status"], body["run_id"], body["state"]) == ("SUCCESS", run_id, "succeeded")
    assert (body["exception_reason"], body["message"], body["error"], body["progress"]) == (None, None, None, 1.0)
    assert body["studio_url"]
    assert [stage["name"] for stage in body["stages"]] == STAGES[path]
    for stage in body["stages"]:
        assert set(stage) == STAGE_KEYS
        assert stage["state"] in ("done", "skipped")
        assert stage["title"] and stage["summary"] and stage["findings"]
        assert datetime.fromisoformat(stage["started_at"]) <= datetime.fromisoformat(stage["finished_at"])


@pytest.mark.parametrize("path", ["project-setup", "text-to-sound"])
def test_the_status_object_while_pending_and_after_a_cancel(idle_server, path):
    with idle_server.client() as client:
        task_id = (
            asking.sound(client) if path == "text-to-sound" else asking.set_up(client, "https://example.com/a.mp4")
        )
        body = client.get(f"/apis/{path}/{task_id}").json()
        assert set(body) == STATUS_KEYS
        assert (body["status"], body["state"], body["run_id"], body["message"]) == ("PENDING", "queued", None, None)
        assert (body["progress"], body["attempt"], body["eta_seconds"]) == (0.0, 1, None)
        assert [stage["state"] for stage in body["stages"]] == ["waiting"] * len(STAGES[path])
        cancelled = client.post(f"/apis/{path}/{task_id}/cancel").json()
        assert cancelled["status"] == {"project-setup": "ERROR", "text-to-sound": "FAILED"}[path]
        assert (cancelled["state"], cancelled["exception_reason"]) == ("cancelled", "NONE")
        assert "cancelled" in cancelled["message"]
        again = client.post(f"/apis/{path}/{task_id}/retry").json()
        assert (again["status"], again["attempt"], again["state"]) == ("PENDING", 2, "queued")


def test_the_status_object_of_failure(client, made):
    body = client.get(f"/apis/project-setup/{made.failed_project}").json()
    assert set(body) == STATUS_KEYS
    assert (body["status"], body["run_id"]) == ("ERROR", None)
    assert body["exception_reason"] == "CONTENT_DOES_NOT_MATCH_EXTENSION"
    assert isinstance(body["message"], str) and body["message"] == body["error"]
    states = {stage["name"]: stage["state"] for stage in body["stages"]}
    assert (states["ingest"], states["probe"], states["decode"]) == ("done", "failed", "waiting")


def test_both_shapes_of_a_project_result_in_one_object(client, server, made):
    _, run_id = made.projects[0]
    body = client.get(f"/apis/project-setup-result/{run_id}").json()
    assert set(body) == {"run_id", "project_details", "run_details"}
    details, run = body["project_details"], body["run_details"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", details["created_at"])
    assert details == {
        "project_name": "Tone",
        "project_description": "A tone of one second",
        "created_at": details["created_at"],
        "source_language": 1,
        "target_languages": [54],
        "duration": details["duration"],
        "folder_id": None,
        "studio_url": f"{server.url}/studio/projects/{run_id}",
    }
    assert details["duration"] == pytest.approx(1.0, abs=0.1)
    assert run == {
        "name": "Tone",
        "desc": "A tone of one second",
        "created_at": details["created_at"],
        "primary_source_language": 1,
        "target_languages": [54],
        "duration": details["duration"],
        "team_id": run["team_id"],
        "folder_id": None,
    }
    numbers = [str(run_id) for _, run_id in made.projects]  # numeric strings are accepted
    bulk = client.post("/apis/project-setup-results", json={"run_ids": numbers})
    assert bulk.json()[0] == body
    assert [entry["run_id"] for entry in bulk.json()] == [run_id for _, run_id in made.projects]


def test_a_raw_sound_with_range_head_and_etag(client, made):
    address = f"/apis/text-to-sound-result/{made.sounds[0][1]}"
    whole = client.get(address)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["accept-ranges"] == "bytes"
    part = client.get(address, headers={"range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert part.content == whole.content[100:200]
    assert client.get(address, headers={"range": "bytes=-10"}).content == whole.content[-10:]
    assert client.get(address, headers={"range": f"bytes={len(whole.content)}-"}).status_code == 416
    head = client.head(address)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(whole.content)))
    assert head.headers["etag"] == whole.headers["etag"]
    assert client.get(address, headers={"if-none-match": whole.headers["etag"]}).status_code == 304


def test_a_zero_duration_means_the_default_and_detected_languages_have_an_id(client, tmp_path):
    silent = asking.sound(client, duration=0)
    media = asking.upload(client, make_clip(tmp_path / "tone.wav", seconds=0.5))
    unheard = asking.set_up(client, media, source_language="AUTO", target_languages=["ES-ES", 76])
    run_id = asking.succeeded(client, silent)["run_id"]
    sound = next(item for item in client.get("/apis/sounds").json()["items"] if item["run_id"] == run_id)
    assert sound["duration"] == 8.0
    run_id = asking.succeeded(client, unheard)["run_id"]
    details = client.get(f"/apis/project-setup-result/{run_id}").json()["project_details"]
    assert details["source_language"] == 54  # no speech: the first target stands there
    assert details["project_name"] == "tone"


def test_documentation_needs_no_key(server):
    with server.client() as client:
        del client.headers["x-api-key"]
        document = client.get("/apis/openapi.json").json()
        assert document["openapi"].startswith("3.")
        assert {"/apis/project-setup", "/apis/text-to-sound", "/apis/dictionaries/create-from-file"} <= set(
            document["paths"]
        )
        for page in ("/apis/docs", "/apis/redocs"):
            answer = client.get(page)
            assert answer.status_code == 200
            assert "text/html" in answer.headers["content-type"]
            assert not re.search(r"(src|href)=[\"']https?://", answer.text), "pages load nothing from elsewhere"
            for asset in re.findall(r"(?:src|href)=[\"'](/[^\"'#?]+)", answer.text):
                assert client.get(asset).status_code == 200, asset
        index = client.get("/llms.txt")
        assert index.headers["content-type"].startswith("text/plain")
        pages = re.findall(r"\((http[^)]+\.md)\)", index.text)
        assert pages
        for page in pages:
            assert page.startswith(server.url)
            assert client.get(page).text.startswith("# ")
        assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200
