"""The list of tasks, and deleting one. Status and verbs are in `task_routes`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import orjson
from fastapi import APIRouter, Query
from starlette.responses import Response

from soundstage.api.call import Caller
from soundstage.api.requests import ApiRoute
from soundstage.api.schemas.fields import MAX_ID, task_id_of
from soundstage.api.schemas.task import TaskPage, task_body
from soundstage.domain.task import TaskKind, TaskState

router = APIRouter(route_class=ApiRoute, tags=["tasks"])

Limit = Annotated[int, Query(ge=1, le=200, description="Items in a page.")]
Cursor = Annotated[
    str | None, Query(max_length=100, pattern=r"^[0-9A-Za-z_-]+$", description="`next_cursor` of the page before.")
]


@router.get("/apis/tasks", response_model=TaskPage)
def list_tasks(
    call: Caller,
    state: Annotated[list[TaskState] | None, Query(description="May be given several times.")] = None,
    kind: TaskKind | None = None,
    folder_id: Annotated[int | None, Query(ge=1, le=MAX_ID)] = None,
    created_after: Annotated[datetime | None, Query(description="ISO 8601; without a zone it is UTC.")] = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """The team's tasks, newest first."""
    if created_after is not None and created_after.tzinfo is None:
        created_after = created_after.replace(tzinfo=UTC)
    page = call.services.tasks.list(
        call.actor,
        states=tuple(state or ()),
        kind=kind,
        folder_id=folder_id,
        created_after=created_after,
        limit=limit,
        cursor=cursor,
    )
    items = [task_body(task, base=call.base, failure_word=call.settings.failure_word) for task in page.items]
    return Response(orjson.dumps({"items": items, "next_cursor": page.next_cursor}), media_type="application/json")


@router.delete("/apis/tasks/{task_id}", status_code=204)
def delete_task(task_id: str, call: Caller) -> None:
    """Delete an ended task, its run, and the files that nothing else refers to. 400 while it waits or runs."""
    call.services.tasks.delete(call.actor, task_id_of(task_id))
