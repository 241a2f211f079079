"""Sound and music: create, results, the library. Status and verbs are in `task_routes`."""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BeforeValidator
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.addresses import signed_file_url
from soundstage.api.call import Call, Caller
from soundstage.api.creating import check_engines, create, dry_run
from soundstage.api.files import FILE_ANSWERS, file_response
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute, Responses, reading
from soundstage.api.routes.project_setup import DryRunFlag
from soundstage.api.schemas.dry_run import DryRunReply
from soundstage.api.schemas.fields import run_id_of
from soundstage.api.schemas.project_setup import RunIdsBody
from soundstage.api.schemas.task import Created
from soundstage.api.schemas.text_to_sound import FileUrl, TextToSoundBody
from soundstage.domain.sound import MOST_VARIATIONS
from soundstage.domain.task import TaskKind
from soundstage.engines.spec import Capability
from soundstage.services.sound_files import FORMATS, SoundWish

router = APIRouter(route_class=ApiRoute, tags=["text-to-sound"])

OutputType = Annotated[
    Literal["raw_bytes", "file_url"],
    BeforeValidator(lambda text: text.lower() if isinstance(text, str) else text),
    Query(description="`raw_bytes` (the file itself) or `file_url`, in any letter case."),
]
FormatName = Annotated[str, Query(max_length=16, description=f"One of {', '.join(FORMATS)}; mid is a score as MIDI.")]
Variation = Annotated[int, Query(ge=0, lt=MOST_VARIATIONS, description="Which of the takes, counted from 0.")]
StemName = Annotated[
    str | None, Query(max_length=64, description="A part of the take, where it was made with stems; absent: the whole.")
]
_SOUND: Responses = {
    200: {
        "content": {name: {} for name in ("audio/wav", "audio/flac", "audio/mpeg", "audio/ogg", "audio/midi")}
        | {"application/json": {}},
        "description": "The file, or its signed address.",
    },
    **FILE_ANSWERS,
}


@router.post("/apis/text-to-sound", response_model=Created | DryRunReply)
async def create_text_to_sound(
    body: TextToSoundBody, request: Request, call: Caller, once: Once, dry: DryRunFlag = False
) -> Response:
    """Make a sound or a piece of music. Answers `task_id` at once; 200 with a plan for `dry_run=true`."""
    wanted = body.request(call.settings)
    if wanted.engine is not None:
        await run_in_threadpool(check_engines, call, {Capability.SOUND.value: wanted.engine}, "engine")
    if dry:
        return await dry_run(call, TaskKind.TEXT_TO_SOUND, wanted)
    return await create(call, request, TaskKind.TEXT_TO_SOUND, wanted, once)


@router.get("/apis/text-to-sound-result/{run_id}", responses=_SOUND, response_class=Response)
async def text_to_sound_result(
    run_id: int,
    request: Request,
    call: Caller,
    output_type: OutputType = "raw_bytes",
    format: FormatName = "wav",  # noqa: A002 - the name in the address
    variation: Variation = 0,
    stem: StemName = None,
) -> Response:
    """A take of the finished sound: its file (with `Range`, `HEAD`, `ETag`), or a signed address that expires.

    `wav` and `mid` are kept; what else is asked for is converted the first time, which this waits for, and kept from
    then on: it counts in the quota.
    """
    wish = SoundWish(format.lower(), variation, stem)
    # In a thread until it is known; from there on waiting costs none, and going away does not end the conversion.
    coming = await run_in_threadpool(call.services.sound_files.file, call.actor, run_id_of(run_id), wish)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    if output_type == "file_url":
        return Response(signed(call, run_id, wish.name).model_dump_json(), media_type="application/json")
    return file_response(request, file.artifact, file.path)


@router.post("/apis/text-to-sound-results", openapi_extra=reading())
def text_to_sound_results(body: RunIdsBody, call: Caller) -> dict[str, FileUrl]:
    """Signed addresses of 2 to 5 sounds, by run id."""
    sounds = {run_id: call.services.runs.sound(call.actor, run_id) for run_id in body.run_ids}
    return {str(run_id): signed(call, run_id, sound.product.first.audio.name) for run_id, sound in sounds.items()}


def signed(call: Call, run_id: int, name: str) -> FileUrl:
    return FileUrl.of(signed_file_url(call.services.runs.sign(run_id, name), call.base))
