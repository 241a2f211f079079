"""A project as one file, and such a file as a project."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.creating import (
    check_media_url,
    check_upload_url,
    create,
    created,
    dry_run,
    foreseen,
    traceparent_of,
)
from soundstage.api.files import FILE_ANSWERS, file_response
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.routes.project_setup import DryRunFlag
from soundstage.api.routes.projects import AtRevision
from soundstage.api.schemas.dry_run import DryRunReply
from soundstage.api.schemas.fields import run_id_of
from soundstage.api.schemas.project_file import MediaChoice, ProjectImportBody, ProjectMediaBody
from soundstage.api.schemas.task import Created
from soundstage.domain.task import TaskKind
from soundstage.media.portable.manifest import MEDIA_TYPE

router = APIRouter(route_class=ApiRoute, tags=["projects"])

_FILE: Responses = {
    **FILE_ANSWERS,
    200: {"content": {MEDIA_TYPE: {}}, "description": "The project file, with Range and ETag."},
}


@router.get("/apis/projects/{run_id}/exports/zip", responses=_FILE, response_class=Response)
async def project_file(
    run_id: int,
    request: Request,
    call: Caller,
    media: Annotated[
        MediaChoice, Query(description="`include` holds the original media too, `reference` says which it was.")
    ] = MediaChoice.REFERENCE,
    revision: AtRevision = None,
) -> Response:
    """The project as one file that opens on another installation: document, tracks, stems, subtitles, pictures.

    It is made when it is first asked for, which this waits for, and kept until the project changes: it counts in the
    quota. The same project gives the same bytes.
    """
    # In a thread until it is known; from there on waiting costs none, and going away does not end the making.
    wanted = media is MediaChoice.INCLUDE
    ask = call.services.portable.file
    coming = await run_in_threadpool(ask, call.actor, run_id_of(run_id), media=wanted, revision=revision)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    return file_response(request, file.artifact, file.path, download=True)


@router.post("/apis/projects/{run_id}/media", response_model=Created | DryRunReply)
async def give_media(
    run_id: int, body: ProjectMediaBody, request: Request, call: Caller, once: Once, dry: DryRunFlag = False
) -> Response:
    """Give a project that came without its media the media that it was made from. Answers `task_id` at once.

    Makes a revision with the picture, and from there on stages can be done again. Other bytes are refused.
    """
    media_url = body.media_url.strip()
    check_media_url(media_url, call.settings)
    if dry:
        return await run_in_threadpool(_foresee, call, run_id_of(run_id), media_url)
    task = await run_in_threadpool(
        call.services.reruns.give_media,
        call.actor,
        run_id_of(run_id),
        media_url,
        idempotency=once,
        traceparent=traceparent_of(request),
    )
    return created(task)


def _foresee(call: Call, run_id: int, media_url: str) -> Response:
    return foreseen(call, call.services.reruns.plan_media(call.actor, run_id, media_url))


@router.post("/apis/projects/import", response_model=Created | DryRunReply)
async def import_project(
    body: ProjectImportBody, request: Request, call: Caller, once: Once, dry: DryRunFlag = False
) -> Response:
    """Open an uploaded project file. Answers `task_id` at once; the run is a project as set-ups make them."""
    check_upload_url(body.media_url.strip())
    if dry:
        return await dry_run(call, TaskKind.PROJECT_IMPORT, body.request())
    return await create(call, request, TaskKind.PROJECT_IMPORT, body.request(), once)
