"""Projects: list, document, review, exports, tracks, delete."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.caching import etag, is_known, not_modified
from soundstage.api.call import Caller
from soundstage.api.files import FILE_ANSWERS, content_response, file_response
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.routes.tasks import Cursor, Limit
from soundstage.api.schemas.fields import MAX_ID, run_id_of
from soundstage.api.schemas.library import ProjectItem, ProjectPage
from soundstage.api.schemas.review import ReviewReply
from soundstage.domain.project import ProjectDocument
from soundstage.domain.task import TaskKind
from soundstage.media.exports.formats import FORMATS
from soundstage.media.exports.timecode import RATES
from soundstage.services.exports import Wish

router = APIRouter(route_class=ApiRoute, tags=["projects"])

AtRevision = Annotated[int | None, Query(ge=1, le=MAX_ID, description="As it was then; absent: as it is now.")]
_DOCUMENT: Responses = {
    200: {
        "content": {"application/json": {}},
        "description": "The project document, schema version 1; its revision is the ETag.",
    },
    304: {"description": "The revision in If-None-Match is still what the project shows."},
}
_EXPORT: Responses = {
    200: {"content": {one.media_type: {} for one in FORMATS.values()}, "description": "The file, with ETag."},
    304: FILE_ANSWERS[304],
}
_TRACK: Responses = {
    **FILE_ANSWERS,
    200: {
        "content": {"audio/flac": {}, "audio/wav": {}, "audio/mpeg": {}},
        "description": "The file, with Range and ETag.",
    },
}


@router.get("/apis/projects")
def list_projects(call: Caller, limit: Limit = 50, cursor: Cursor = None) -> ProjectPage:
    """The team's projects, newest first."""
    page = call.services.runs.projects(call.actor, limit=limit, cursor=cursor)
    return ProjectPage(items=[ProjectItem.of(one, call.base) for one in page.items], next_cursor=page.next_cursor)


@router.get("/apis/projects/{run_id}", responses=_DOCUMENT, response_class=Response)
def project_document(run_id: int, request: Request, call: Caller, revision: AtRevision = None) -> Response:
    """The project document: tracks, speakers, segments with words and translations."""
    project = call.services.runs.project(call.actor, run_id_of(run_id), revision)
    tag = etag(project.number)
    if is_known(request.headers, tag):
        return not_modified(tag)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    return Response(call.services.runs.written(project), headers=headers, media_type="application/json")


@router.get("/apis/projects/{run_id}/review")
def project_review(run_id: int, call: Caller, revision: AtRevision = None) -> ReviewReply:
    """The lines worth a second look, with the reasons, the gravest first; of a clean recording few or none."""
    document = call.services.runs.document(call.actor, run_id_of(run_id), revision)
    return ReviewReply.of(ProjectDocument.model_validate_json(document))


@router.delete("/apis/projects/{run_id}", status_code=204)
def delete_project(run_id: int, call: Caller) -> None:
    """Delete a project with its revisions and tasks, and the files that nothing else refers to."""
    call.services.runs.delete(call.actor, run_id_of(run_id), TaskKind.PROJECT_SETUP)


@router.get("/apis/projects/{run_id}/exports/{format}", responses=_EXPORT, response_class=Response)
def export_project(
    run_id: int,
    format: Annotated[str, Path(description=f"One of {', '.join(FORMATS)}; zip has an address of its own.")],  # noqa: A002 - the name in the address
    request: Request,
    call: Caller,
    language: Annotated[
        str | None, Query(max_length=32, description="Id or tag of a target or the source; absent: the source.")
    ] = None,
    rate: Annotated[
        str | None,
        Query(max_length=32, description=f"Frames a second of otio and edl ({', '.join(RATES)}); absent: the video's."),
    ] = None,
    speakers: Annotated[bool, Query(description="In txt: who says each line.")] = False,
    times: Annotated[bool, Query(description="In txt: when each line is said.")] = False,
    revision: AtRevision = None,
) -> Response:
    """The project as a file: subtitles, text, table, document, speaker turns or timeline, made from it as it is now."""
    wish = Wish(language=language, rate=rate, speakers=speakers, times=times)
    made = call.services.exports.export(call.actor, run_id_of(run_id), format, wish, revision)
    return content_response(request, made.data, made.media_type, name=made.name)


@router.get("/apis/projects/{run_id}/tracks/{track}.{format}", responses=_TRACK, response_class=Response)
async def project_track(
    run_id: int,
    track: str,
    format: str,  # noqa: A002 - the name in the address
    request: Request,
    call: Caller,
    revision: AtRevision = None,
) -> Response:
    """A track's audio as `flac` (as it is kept), `wav` (the same samples, 16 or 24 bit) or `mp3` (192 kbit/s).

    WAV and MP3 are converted when they are first asked for, which this waits for, and kept: they count in the quota.
    """
    # In a thread until it is known; from there on waiting costs none, and going away does not end the conversion.
    coming = await run_in_threadpool(call.services.tracks.file, call.actor, run_id_of(run_id), track, format, revision)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    return file_response(request, file.artifact, file.path)
