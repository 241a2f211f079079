"""Sound in one call: the door that clients of ElevenLabs knock at.

`POST /v1/sound-generation` waits for the task and streams the sound. It is a task like any other: it waits its turn, is
told under /apis/tasks, and its sound stays in the library.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.creating import traceparent_of
from soundstage.api.files import file_response
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.schemas.sound_generation import DEFAULT_FORMAT, OUTPUT_FORMATS, SoundGenerationBody
from soundstage.domain.task import Task, TaskKind
from soundstage.errors import BadRequest, Conflict, Invalid

router = APIRouter(route_class=ApiRoute, tags=["text-to-sound"])

_LOOK_SECONDS = 30.0  # should news of a task be lost, it is looked at all the same
_MEDIA_TYPES = dict.fromkeys(one.media_type.split(";")[0] for one in OUTPUT_FORMATS.values())
_AUDIO: Responses = {200: {"content": {name: {} for name in _MEDIA_TYPES}, "description": "The sound."}}

OutputFormat = Annotated[str, Query(description=f"codec_rate_kbit: {', '.join(OUTPUT_FORMATS)}.")]
Logging = Annotated[bool | None, Query(description="Read and not followed: nothing leaves this server.")]


@router.post("/v1/sound-generation", responses=_AUDIO, response_class=Response)
async def generate_sound(
    body: SoundGenerationBody,
    request: Request,
    call: Caller,
    once: Once,
    output_format: OutputFormat = DEFAULT_FORMAT,
    enable_logging: Logging = None,  # noqa: ARG001 - their clients send it
) -> Response:
    """Make a sound and answer it, as ElevenLabs does; the key goes in `xi-api-key` or `x-api-key`.

    The headers `x-task-id` and `x-run-id` say where the sound is found again. A client that goes away while it waits
    cancels the task, unless it sent an `Idempotency-Key` to come back with. 400 with the reason where the task fails.
    """
    encoding = OUTPUT_FORMATS.get(output_format)
    if encoding is None:
        told = f"There is no such format; use one of {', '.join(OUTPUT_FORMATS)}."
        raise Invalid.field("output_format", told, where="query", type="output_format")
    wanted = body.request(call.settings)
    task = await run_in_threadpool(
        call.services.tasks.create,
        call.actor,
        TaskKind.TEXT_TO_SOUND,
        wanted,
        idempotency=once,
        traceparent=traceparent_of(request),
    )
    task = await _ended(call, task, request, comes_back=once is not None)
    if task.run_id is None:
        told = "it was cancelled" if task.failure is None else task.failure.message
        raise BadRequest(f"The sound was not made (task {task.task_id}): {told}")
    coming = await run_in_threadpool(call.services.sound_files.encoded, call.actor, task.run_id, encoding)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    answer = file_response(request, file.artifact, file.path)
    answer.headers["x-task-id"], answer.headers["x-run-id"] = task.task_id, str(task.run_id)
    return answer


async def _ended(call: Call, task: Task, request: Request, *, comes_back: bool) -> Task:
    """The task once it has ended. Raises ClientDisconnect when the client goes away before.

    The task is cancelled too, unless the client `comes_back` for it, or waits for it under the same key already.
    """
    gone = asyncio.create_task(_gone(request))
    try:
        while not task.state.ended:
            news = asyncio.create_task(call.services.watcher.changed(task.task_id, task.revision, _LOOK_SECONDS))
            await asyncio.wait({news, gone}, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            if gone.done():
                if not comes_back:
                    await _cancel(call, task)
                raise ClientDisconnect
            task = await run_in_threadpool(call.services.tasks.get, call.actor, task.task_id)
        return task
    finally:
        gone.cancel()


async def _cancel(call: Call, task: Task) -> None:
    with suppress(Conflict):  # it has ended just now
        await run_in_threadpool(call.services.tasks.cancel, call.actor, task.task_id)


async def _gone(request: Request) -> None:
    """Returns when the client has gone away; its request has been read whole by now."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
