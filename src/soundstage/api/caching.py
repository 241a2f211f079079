"""ETags: what a client has already, it need not be sent again."""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.responses import Response


def etag(value: str | int) -> str:
    return f'"{value}"'


def seen_tags(headers: Headers) -> frozenset[str]:
    """The tags in `If-None-Match`, without the weakness mark; `*` stays itself."""
    return frozenset(
        tag.strip().removeprefix("W/") for tag in headers.get("if-none-match", "").split(",") if tag.strip()
    )


def is_known(headers: Headers, tag: str) -> bool:
    tags = seen_tags(headers)
    return tag in tags or "*" in tags


def not_modified(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag, "Cache-Control": "private, no-cache"})
