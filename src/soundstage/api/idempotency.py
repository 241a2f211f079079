"""`Idempotency-Key`: the same create sent twice makes one task."""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress

import orjson
from fastapi import Request

from soundstage.errors import Invalid
from soundstage.services.tasks import Idempotency

HEADER = "idempotency-key"
KEY_PATTERN = "^[!-~]{1,255}$"  # visible ASCII
_KEY = re.compile(KEY_PATTERN)


async def idempotency_of(request: Request) -> Idempotency | None:
    """Key and digest (method, path, body with its keys in order) of a create, or None where no key was sent."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not _KEY.fullmatch(key):
        raise Invalid.field(HEADER, "Use 1 to 255 visible ASCII characters, such as a UUID.", where="header")
    return Idempotency(key=key, digest=digest(request.method, request.url.path, await request.body()))


def digest(method: str, path: str, body: bytes) -> str:
    """SHA-256 of what was asked for; two spellings of the same JSON are the same."""
    with suppress(orjson.JSONDecodeError):
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()
