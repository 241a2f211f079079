"""`Idempotency-Key`: the same create sent again makes nothing twice.

A route that creates from JSON takes `Once`. One that creates from a form takes `OnceKey`, and its service makes the
digest of the file's bytes and the texts, since a form sent again has another boundary. Both tell OpenAPI of the header.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from typing import Annotated

import orjson
from fastapi import Depends, Header, Request

from soundstage.errors import Invalid
from soundstage.services.idempotency import Idempotency

HEADER = "idempotency-key"
KEY_PATTERN = "^[!-~]{1,255}$"  # visible ASCII
_KEY = re.compile(KEY_PATTERN)
_TOLD = Header(
    alias=HEADER,
    description="The same key with the same request answers what was made the first time; kept 24 hours.",
    json_schema_extra={"pattern": KEY_PATTERN},
)


async def key_of(key: Annotated[str | None, _TOLD] = None) -> str | None:
    """The key of a create, or None where none was sent. Raises Invalid for one that is not visible ASCII."""
    if key is not None and not _KEY.fullmatch(key):
        raise Invalid.field(HEADER, "Use 1 to 255 visible ASCII characters, such as a UUID.", where="header")
    return key


OnceKey = Annotated[str | None, Depends(key_of)]


async def idempotency_of(request: Request, key: OnceKey) -> Idempotency | None:
    """Key and digest (method, path, body with its keys in order) of a create, or None where no key was sent."""
    if key is None:
        return None
    return Idempotency(key=key, digest=digest(request.method, request.url.path, await request.body()))


Once = Annotated[Idempotency | None, Depends(idempotency_of)]


def digest(method: str, path: str, body: bytes) -> str:
    """SHA-256 of what was asked for; two spellings of the same JSON are the same."""
    with suppress(orjson.JSONDecodeError):
        body = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), body))).hexdigest()
