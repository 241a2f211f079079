"""What every kind of task answers under its own path: status, events, cancel, retry, continue."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.compat import wants_list
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.schemas.fields import task_id_of
from soundstage.api.schemas.task import StatusReply, TaskReply
from soundstage.api.sse import SharedLooks, TaskEvents
from soundstage.api.status import StatusReader, View
from soundstage.api.waiting import Wait, read_when_changed
from soundstage.domain.task import Task, TaskKind

_EVENTS: Responses = {
    200: {"content": {"text/event-stream": {}}, "description": "Events: `status`, `finding`, `end`."},
    204: {"description": "The task has ended and `Last-Event-ID` is its last event: there is nothing to wait for."},
}
_NOT_MODIFIED: Responses = {304: {"description": "The revision in If-None-Match is still the newest."}}


def task_router(prefix: str, kind: TaskKind | None, reader: StatusReader, shared: SharedLooks) -> APIRouter:
    """The routes under `/apis/<prefix>/{task_id}`; `kind` None takes tasks of any kind."""
    router = APIRouter(route_class=ApiRoute, tags=[prefix])
    name = prefix.replace("-", "_")
    path = f"/apis/{prefix}/{{task_id}}"
    shape = TaskReply if kind is None else StatusReply

    async def status(task_id: str, request: Request, call: Caller, wait: Wait = None) -> Response:
        """Where the task stands. `wait` makes it a long poll; the `ETag` is the revision."""
        if wait:
            task = await read_when_changed(call, reader, task_id, kind, wait, request.headers)
        else:
            task = await run_in_threadpool(reader.read, call.actor.team_id, task_id, kind)
        view = View(kind, call.base)
        if wants_list(request.headers, kind, call.settings):
            return await run_in_threadpool(reader.list_reply, call.actor, task, view)
        return reader.reply(task, view, request.headers)

    async def events(task_id: str, request: Request, call: Caller) -> Response:
        """Server-sent events, from the first or from the one after `Last-Event-ID`, to the task's end."""
        return await TaskEvents(call, reader, shared, task_id, View(kind, call.base)).response(request.headers)

    def changed(call: Call, task: Task) -> Response:
        return Response(reader.body(task, View(kind, call.base)), media_type="application/json")

    def cancel(task_id: str, call: Caller) -> Response:
        """End a task that waits or runs. 400 when it has ended."""
        return changed(call, call.services.tasks.cancel(call.actor, task_id_of(task_id), kind))

    def retry(task_id: str, call: Caller) -> Response:
        """Go on from the stage that failed or was cancelled. 400 unless the task failed or was cancelled."""
        return changed(call, call.services.tasks.retry(call.actor, task_id_of(task_id), kind))

    def go_on(task_id: str, call: Caller) -> Response:
        """Continue a parked task. 400 unless it is parked."""
        return changed(call, call.services.tasks.go_on(call.actor, task_id_of(task_id), kind))

    router.get(path, name=f"{name}_status", response_model=shape, responses=_NOT_MODIFIED)(status)
    router.get(f"{path}/events", name=f"{name}_events", response_class=Response, responses=_EVENTS)(events)
    verbs: tuple[tuple[str, Callable[..., Response]], ...] = (("cancel", cancel), ("retry", retry), ("continue", go_on))
    for verb, endpoint in verbs:
        router.post(f"{path}/{verb}", name=f"{name}_{verb}", response_model=shape)(endpoint)
    return router
