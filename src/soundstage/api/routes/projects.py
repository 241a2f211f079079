"""Projects: list, document, exports, tracks, delete."""

from __future__ import annotations

import asyncio
from typing import Annotated

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Call, Caller
from soundstage.api.files import FILE_ANSWERS, disposition, file_response
from soundstage.api.requests import ApiRoute, Responses
from soundstage.api.routes.tasks import Cursor, Limit
from soundstage.api.schemas.fields import run_id_of
from soundstage.api.schemas.library import ProjectItem, ProjectPage
from soundstage.domain.language import find
from soundstage.domain.project import ProjectDocument, TrackKind
from soundstage.domain.task import TaskKind
from soundstage.errors import Invalid, NotFound

router = APIRouter(route_class=ApiRoute, tags=["projects"])

_DOCUMENT: Responses = {
    200: {"content": {"application/json": {}}, "description": "The project document, schema version 1."}
}
_SUBTITLES = (".srt", ".vtt")
_FILE: Responses = {
    200: {"content": {"application/octet-stream": {}}, "description": "The file, with Range and ETag."},
    **FILE_ANSWERS,
}
_TRACK: Responses = {
    **_FILE,
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
def project_document(run_id: int, call: Caller) -> Response:
    """The project document: tracks, speakers, segments with words and translations."""
    return Response(call.services.runs.document(call.actor, run_id_of(run_id)), media_type="application/json")


@router.delete("/apis/projects/{run_id}", status_code=204)
def delete_project(run_id: int, call: Caller) -> None:
    """Delete a project, its task, and the files that nothing else refers to."""
    call.services.runs.delete(call.actor, run_id_of(run_id), TaskKind.PROJECT_SETUP)


@router.get("/apis/projects/{run_id}/exports/{format}", responses=_FILE, response_class=Response)
def export_project(
    run_id: int,
    format: str,  # noqa: A002 - the name in the address
    request: Request,
    call: Caller,
    language: Annotated[
        str | None, Query(max_length=32, description="Id or tag of a target or the source; absent: the source.")
    ] = None,
) -> Response:
    """The lines as `srt`, `vtt`, `txt` (the words only, one segment a line) or `json` (the document)."""
    number = run_id_of(run_id)
    tag = _target(call, number, language)
    if format == "json":
        body = call.services.runs.document(call.actor, number)
        return _download(body, "application/json", f"project-{number}.json")
    if format == "txt":
        return _download(_words(call, number, tag).encode(), "text/plain; charset=utf-8", f"{tag or 'source'}.txt")
    return _subtitles(call, request, number, f"{tag or 'source'}.{format}")


@router.get("/apis/projects/{run_id}/tracks/{track}.{format}", responses=_TRACK, response_class=Response)
async def project_track(
    run_id: int,
    track: str,
    format: str,  # noqa: A002 - the name in the address
    request: Request,
    call: Caller,
) -> Response:
    """A track's audio as `flac` (as it is kept), `wav` (the same samples, 16 or 24 bit) or `mp3` (192 kbit/s).

    WAV and MP3 are converted when they are first asked for, which this waits for, and kept: they count in the quota.
    """
    # In a thread until it is known; from there on waiting costs none, and going away does not end the conversion.
    coming = await run_in_threadpool(call.services.tracks.file, call.actor, run_id_of(run_id), track, format)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    return file_response(request, file.artifact, file.path)


def _target(call: Call, run_id: int, language: str | None) -> str | None:
    """The tag of the target whose lines are wanted; None for the source's, also where its language is asked for."""
    if language is None:
        return None
    found = find(language)
    if found is None:
        raise Invalid.field("language", "Use an id or a tag listed by GET /apis/target-languages.", where="query")
    product = call.services.runs.project(call.actor, run_id).product
    spoken = [track.language for track in product.tracks if track.kind is TrackKind.SOURCE]
    return None if found.tag in spoken and product.file(f"{found.tag}.srt") is None else found.tag


def _subtitles(call: Call, request: Request, run_id: int, name: str) -> Response:
    product = call.services.runs.project(call.actor, run_id).product
    there = sorted(one.name for one in product.files if one.name.endswith(_SUBTITLES))
    if name not in there:
        raise NotFound(f"This project has no such export. It has: {', '.join(there)}; and the formats txt and json.")
    artifact, path = call.services.runs.open_artifact(call.actor, run_id, name)
    return file_response(request, artifact, path, download=True)


def _words(call: Call, run_id: int, tag: str | None) -> str:
    document = ProjectDocument.model_validate(orjson.loads(call.services.runs.document(call.actor, run_id)))
    if tag is not None and tag not in document.target_languages:
        raise NotFound(
            f"This project is not made for that language. Its targets: {', '.join(document.target_languages)}."
        )
    lines = [segment.text if tag is None else segment.translations.get(tag, "") for segment in document.segments]
    return "".join(f"{' '.join(line.split())}\n" for line in lines)


def _download(body: bytes, media_type: str, name: str) -> Response:
    return Response(body, media_type=media_type, headers={"Content-Disposition": disposition(name, download=True)})
