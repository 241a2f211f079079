"""Long polls: a read that returns when there is something new."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import Query
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers

from soundstage.api.caching import etag, seen_tags
from soundstage.api.call import Call
from soundstage.api.status import StatusReader
from soundstage.domain.task import Task, TaskKind

Wait = Annotated[
    Annotated[float, Field(ge=0, allow_inf_nan=False)] | None,
    Query(
        description="Seconds to wait for a change (at most 60). With If-None-Match: for another revision than that.",
    ),
]


async def read_when_changed(
    call: Call, reader: StatusReader, task_id: str, kind: TaskKind | None, wait: float, headers: Headers
) -> Task:
    """The task as soon as it differs from what the client has seen, has ended, or `wait` seconds have passed.

    What the client has seen is the revision in `If-None-Match`, else the task as it stands now.
    """
    team_id = call.actor.team_id
    deadline = time.monotonic() + min(wait, call.settings.max_wait_seconds)
    task = await run_in_threadpool(reader.read, team_id, task_id, kind)
    tags = seen_tags(headers)
    if tags and etag(task.revision) not in tags:
        return task
    seen = task.revision
    while task.revision == seen and not task.state.ended:
        left = deadline - time.monotonic()
        if left <= 0 or not await call.services.watcher.changed(task_id, seen, left):
            break
        task = await run_in_threadpool(reader.read, team_id, task_id, kind)
    return task
