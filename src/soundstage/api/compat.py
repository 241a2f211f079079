"""Quirks of clients that are in use, all in one place: what each needs, and the setting that turns it off.

Set-up status as a list
    clients: `camb-sdk` 1.6.6 (Python), and the Java and Go clients of the same generator. They declare the reply of
        `GET /apis/project-setup/{task_id}` as a *list* of `{run_id, project_details}` and cannot read the object.
    answer: with `X-Fern-Language: Python`, `JAVA` or `Go`: `[]` while pending, one entry on success, HTTP 400 with
        the failure body on failure. `wait`, ETag and events are the same for all.
    setting: `fern_list_replies`.

Three more are part of the schemas because they change nothing for anyone else: `run_id` as a query parameter
everywhere (all generated clients), `duration: 0` for the default (a no-code integration), and failure text under
`error` beside `message` (`langchain-camb` reads `error`).
"""

from __future__ import annotations

from typing import Any

from starlette.datastructures import Headers

from soundstage.api.errors import error_body
from soundstage.api.settings import ApiSettings
from soundstage.domain.task import TaskKind

FERN_HEADER = "x-fern-language"
_LIST_READERS = frozenset({"python", "java", "go"})


def wants_list(headers: Headers, kind: TaskKind | None, settings: ApiSettings) -> bool:
    """Whether a status request comes from a client that reads the set-up status only as a list."""
    if kind is not TaskKind.PROJECT_SETUP or not settings.fern_list_replies:
        return False
    return headers.get(FERN_HEADER, "").lower() in _LIST_READERS


def failure_body(status: dict[str, Any]) -> dict[str, Any]:
    """A failed task's status body as the body of an HTTP 400: the error keys, and every other key of the status."""
    message = str(status["message"])
    rest = {name: value for name, value in status.items() if name != "status"}
    return {**rest, **error_body(400, message, message)}
