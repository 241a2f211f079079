"""What the tests over TCP ask of a server again and again: upload, create, wait until it ends."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import httpx

PATIENCE_SECONDS = 150.0  # two slow cores may be busy with other tests


def task_id_of(answer: httpx.Response) -> str:
    assert answer.status_code == 200, answer.text
    assert list(answer.json()) == ["task_id"]
    return str(answer.json()["task_id"])


def upload(client: httpx.Client, path: Path, name: str | None = None) -> str:
    """The `media_url` of the uploaded file."""
    return upload_bytes(client, path.read_bytes(), name or path.name)


def upload_bytes(client: httpx.Client, data: bytes, name: str = "media.wav") -> str:
    answer = client.post("/apis/uploads", files={"file": (name, data)})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["media_url"])


def set_up_body(media_url: str, **fields: Any) -> dict[str, Any]:
    return {"media_url": media_url, "source_language": "en-us", "target_languages": ["es-es"], **fields}


def set_up(client: httpx.Client, media_url: str, **fields: Any) -> str:
    return task_id_of(client.post("/apis/project-setup", json=set_up_body(media_url, **fields)))


def sound(client: httpx.Client, **fields: Any) -> str:
    return task_id_of(client.post("/apis/text-to-sound", json={"prompt": "rain", "duration": 0.5, **fields}))


def ended(client: httpx.Client, task_id: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """The status body once the task has ended."""
    until = time.monotonic() + seconds
    while True:
        body: dict[str, Any] = client.get(f"/apis/tasks/{task_id}", params={"wait": 10}).raise_for_status().json()
        if body["status"] != "PENDING":
            return body
        assert time.monotonic() < until, f"the task did not end: {body}"


def succeeded(client: httpx.Client, task_id: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    body = ended(client, task_id, seconds)
    assert body["status"] == "SUCCESS", body
    return body


def parked(client: httpx.Client, task_id: str, seconds: float = PATIENCE_SECONDS) -> dict[str, Any]:
    """The status body once the task waits for somebody to continue it."""
    until = time.monotonic() + seconds
    while True:
        answer = client.get(f"/apis/tasks/{task_id}", params={"wait": 2}).raise_for_status()
        body: dict[str, Any] = answer.json()
        if body["state"] == "parked":
            return body
        assert body["status"] == "PENDING", body
        assert time.monotonic() < until, f"the task was not parked: {body}"


def failed(client: httpx.Client, task_id: str, reason: str) -> dict[str, Any]:
    """The status body of a task that must fail with this reason and with a sentence that helps."""
    body = ended(client, task_id)
    assert body["state"] == "failed", body
    assert body["exception_reason"] == reason, body
    assert body["run_id"] is None
    assert body["message"] == body["error"]
    assert len(body["message"]) > 20
    return body
