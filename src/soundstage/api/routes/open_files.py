"""Signed addresses: a file for whoever holds the link, until it expires."""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import services_of
from soundstage.api.files import FILE_ANSWERS, file_response
from soundstage.api.requests import OpenRoute, Responses

router = APIRouter(route_class=OpenRoute, tags=["text-to-sound"])

_FILE: Responses = {
    200: {"content": {"audio/wav": {}}, "description": "The file, with Range and ETag."},
    **FILE_ANSWERS,
}


@router.get("/apis/files/{token}", responses=_FILE, response_class=Response)
async def signed_file(token: str, request: Request) -> Response:
    """The file that a `file_url` leads to. Needs no key; 404 once it has expired."""
    coming = await run_in_threadpool(services_of(request).sound_files.open_signed, token)
    file = await asyncio.shield(asyncio.wrap_future(coming))
    return file_response(request, file.artifact, file.path)
