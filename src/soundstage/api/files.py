"""Artifacts as HTTP bodies: whole, by range, or not at all when the client has them."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from starlette.responses import FileResponse, Response

from soundstage.api.caching import etag, is_known, not_modified
from soundstage.api.errors import error_response
from soundstage.api.requests import Responses
from soundstage.domain.artifact import Artifact

FILE_ANSWERS: Responses = {
    206: {"description": "The bytes asked for by `Range`."},
    304: {"description": "The ETag in If-None-Match is still the file's."},
    416: {"description": "The range lies outside the file."},
}
_RANGE = re.compile(r"bytes=(?:(\d{1,18})-(\d{0,18})|-(\d{1,18}))")
_ASCII_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def file_response(
    request: Request, artifact: Artifact, path: Path, *, name: str | None = None, download: bool = False
) -> Response:
    """The artifact's bytes. Immutable, so its SHA-256 is the ETag. `download` asks the browser to save it as `name`."""
    tag = etag(artifact.sha256)
    if is_known(request.headers, tag):
        return not_modified(tag)
    wanted = single_range(request.headers.get("range"))
    if wanted is None:
        _forget_range(request)
    elif not _overlaps(wanted, artifact.bytes):
        headers = {"Content-Range": f"bytes */{artifact.bytes}", "Accept-Ranges": "bytes"}
        return error_response(416, f"The range lies outside the file of {artifact.bytes} bytes.", headers)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(name or artifact.name, download=download),
        "X-Content-Type-Options": "nosniff",
    }
    return FileResponse(path, media_type=artifact.media_type, headers=headers)


def content_response(request: Request, data: bytes, media_type: str, *, name: str) -> Response:
    """Bytes made for this answer, to be saved as `name`; their SHA-256 is the ETag."""
    tag = etag(hashlib.sha256(data).hexdigest())
    if is_known(request.headers, tag):
        return not_modified(tag)
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": disposition(name, download=True),
        "X-Content-Type-Options": "nosniff",
        "Content-Type": media_type,  # as it is: a charset is not every type's to have
    }
    return Response(data, headers=headers)


def single_range(header: str | None) -> tuple[int | None, int | None] | None:
    """`(first, last)` of a `Range` with one byte range, `(None, length)` for the last bytes, None for anything else.

    Several ranges, other units and nonsense are ignored, as HTTP allows and, for nonsense, asks.
    """
    found = _RANGE.fullmatch(header.strip()) if header else None
    if found is None:
        return None
    first, last, suffix = found.groups()
    if suffix is not None:
        return None, int(suffix)
    if last and int(last) < int(first):
        return None
    return int(first), int(last) if last else None


def disposition(name: str, *, download: bool) -> str:
    kind = "attachment" if download else "inline"
    plain = _ASCII_NAME.sub("_", name)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _overlaps(wanted: tuple[int | None, int | None], size: int) -> bool:
    first, last = wanted
    return first < size if first is not None else bool(last) and size > 0


def _forget_range(request: Request) -> None:
    """The file response reads the header itself and would answer 400 where HTTP says to ignore it."""
    request.scope["headers"] = [(name, value) for name, value in request.scope["headers"] if name != b"range"]
