"""Server-sent events: a task's numbered events as they happen, with resume.

`id` is the event's number, `event` is `status`, `finding` or `end`. The data of `status` and `end` is the whole status
body. Between numbered events a `status` without an `id` tells of progress alone, which is not logged; a client that
resumes with `Last-Event-ID` misses none of the numbered ones. The stream closes after `end`.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import orjson
from sse_starlette.sse import EventSourceResponse
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response

from soundstage.api.call import Call
from soundstage.api.schemas.fields import MAX_ID
from soundstage.api.status import StatusReader, View
from soundstage.domain.event import Event, EventType
from soundstage.domain.task import Task
from soundstage.errors import Invalid, NotFound

if TYPE_CHECKING:
    from soundstage.services.watch import Subscription

RESUME_HEADER = "last-event-id"
_BATCH = 500
_KEPT_LOOKS = 256


@dataclass(frozen=True)
class Look:
    """What one look at the task found: its row, new events, whether these are all, and whether no more will come."""

    task: Task
    events: tuple[Event, ...]
    whole: bool
    ended: bool


class SharedLooks:
    """One look for all who watch the same task from the same event on, after the same change."""

    def __init__(self) -> None:
        self._looks: OrderedDict[Hashable, asyncio.Future[Look]] = OrderedDict()

    async def get(self, key: Hashable, look: Callable[[], Look]) -> Look:
        future = self._looks.get(key)
        if future is None:
            future = self._looks[key] = asyncio.ensure_future(run_in_threadpool(look))
            if len(self._looks) > _KEPT_LOOKS:
                self._looks.popitem(last=False)
        return await asyncio.shield(future)


class TaskEvents:
    """The stream of one watcher of one task."""

    def __init__(self, call: Call, reader: StatusReader, shared: SharedLooks, task_id: str, view: View) -> None:
        self._call = call
        self._reader = reader
        self._shared = shared
        self._task_id = task_id
        self._view = view
        self._told = -1  # the revision whose status was sent last

    async def response(self, headers: Headers) -> Response:
        """204 when the client has had the `end`, which tells a browser's EventSource not to come again.

        Raises NotFound, or Invalid for a `Last-Event-ID` that is no event number.
        """
        after = resume_from(headers)
        if after:
            look = await run_in_threadpool(self._look, after)
            if look.ended and not look.events:
                return Response(status_code=204)
        else:
            await run_in_threadpool(self._reader.read, self._call.actor.team_id, self._task_id, self._view.kind)
        seconds = self._call.settings.heartbeat_seconds
        return EventSourceResponse(
            self._messages(after), ping=max(1, round(seconds)), sep="\n", headers={"X-Accel-Buffering": "no"}
        )

    async def _messages(self, after: int) -> AsyncIterator[bytes]:
        with self._call.services.watcher.subscribe(self._task_id) as changes:
            while True:
                try:
                    look = await self._shared_look(changes.revision, after)
                except NotFound:  # deleted while it was watched
                    return
                for event in look.events:
                    final = look.ended and event is look.events[-1]
                    yield self._numbered(event, look.task, final)
                    after = event.event_id
                if look.ended:
                    return
                if look.task.revision != self._told:
                    self._told = look.task.revision
                    yield message("status", self._reader.body(look.task, self._view))
                if look.whole and not look.task.state.ended:
                    await self._next(changes)

    async def _shared_look(self, revision: int | None, after: int) -> Look:
        if revision is None:
            return await run_in_threadpool(self._look, after)
        key = (self._call.actor.team_id, self._view.kind, self._task_id, revision, after)
        return await self._shared.get(key, partial(self._look, after))

    async def _next(self, changes: Subscription) -> None:
        while not await changes.wait(self._call.settings.heartbeat_seconds):
            pass  # sse-starlette sends the heartbeats

    def _look(self, after: int) -> Look:
        # The row is read before the log: when the row has ended, a log read to its end holds the `end` too.
        task = self._reader.read(self._call.actor.team_id, self._task_id, self._view.kind)
        events = tuple(self._call.services.tasks.events(self._call.actor, self._task_id, after, _BATCH + 1))
        whole = len(events) <= _BATCH
        last_is_end = not events or events[-1].type is EventType.END  # else a retry came between the two reads
        return Look(task, events[:_BATCH], whole, ended=whole and task.state.ended and last_is_end)

    def _numbered(self, event: Event, task: Task, final: bool) -> bytes:
        if event.type is EventType.FINDING:
            return message("finding", orjson.dumps(event.data), event.event_id)
        # An `end` that a retry has overtaken is not the end of the stream.
        kind = EventType.END if final and event.type is EventType.END else EventType.STATUS
        self._told = task.revision
        return message(kind.value, self._reader.body(task, self._view), event.event_id)


def message(event: str, data: bytes, number: int | None = None) -> bytes:
    """One event in the text/event-stream format; `data` is JSON on one line."""
    identity = b"" if number is None else b"id: %d\n" % number
    return identity + b"event: " + event.encode() + b"\ndata: " + data + b"\n\n"


def resume_from(headers: Headers) -> int:
    """The event number to go on after; 0 without the header. Raises Invalid."""
    text = headers.get(RESUME_HEADER, "").strip() or "0"
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid.field(RESUME_HEADER, "This must be the number of an event of this task.", where="header")
    return min(int(text), MAX_ID)
