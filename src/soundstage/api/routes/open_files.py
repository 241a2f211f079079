"""Signed addresses: a file for whoever holds the link, until it expires."""

from __future__ import annotations

from fastapi import APIRouter, Request
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
def signed_file(token: str, request: Request) -> Response:
    """The file that a `file_url` leads to. Needs no key; 404 once it has expired."""
    artifact, path = services_of(request).runs.open_signed(token)
    return file_response(request, artifact, path)
