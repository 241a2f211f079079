"""Reading a task's server-sent events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Message:
    """`number` is None for a status that tells of progress alone."""

    number: int | None
    event: str
    data: dict[str, Any]


def watch(client: httpx.Client, path: str, after: int | None = None) -> Iterator[Message]:
    """The messages of `path` (`/apis/tasks/<id>/events`) until the server closes the stream."""
    headers = {} if after is None else {"last-event-id": str(after)}
    with client.stream("GET", path, headers=headers, timeout=120) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        fields: dict[str, str] = {}
        for line in answer.iter_lines():
            name, _, value = line.partition(": ")
            if name in ("id", "event", "data"):
                fields[name] = value
            elif not line and fields:
                number = fields.get("id")
                yield Message(None if number is None else int(number), fields["event"], json.loads(fields["data"]))
                fields = {}
