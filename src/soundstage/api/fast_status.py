"""The hot path: a plain status poll with a key, answered before the framework.

Same answer as the routes in `routes.task_routes` (a test compares them byte for byte), at a fraction of the cost: no
route matching, one rendering a revision, one thread hop for key check and row, or none where the database is a file
(`status_on_loop`: in WAL mode a reader waits for nobody). Whatever is not plain goes on to the routes.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from soundstage.api.addresses import base_url
from soundstage.api.auth import KEY_HEADER, KeyCheck
from soundstage.api.caching import etag, is_known, not_modified
from soundstage.api.compat import FERN_HEADER, wants_list
from soundstage.api.errors import response_to
from soundstage.api.limits import RateLimiter
from soundstage.api.settings import ApiSettings
from soundstage.api.status import StatusReader, View, fresh
from soundstage.domain import account
from soundstage.domain.task import TaskKind

_STATUS_PATH = re.compile(r"/apis/(project-setup|text-to-sound|tasks)/([0-9A-Za-z_-]{1,64})")
_ROUTES = {
    name: SimpleNamespace(path=f"/apis/{name}/{{task_id}}") for name in ("project-setup", "text-to-sound", "tasks")
}
_KINDS = {"project-setup": TaskKind.PROJECT_SETUP, "text-to-sound": TaskKind.TEXT_TO_SOUND, "tasks": None}
_KEY, _FERN, _SEEN = KEY_HEADER.encode(), FERN_HEADER.encode(), b"if-none-match"
_SAME_HEADERS = [
    (b"content-type", b"application/json"),
    *((name.lower().encode(), value.encode()) for name, value in fresh("").items() if name != "ETag"),
]
_READERS = 4  # threads; each read takes well under a millisecond


class FastStatus:
    def __init__(
        self, app: ASGIApp, settings: ApiSettings, reader: StatusReader, limiter: RateLimiter, keys: KeyCheck
    ) -> None:
        self._app = app
        self._keys = keys
        self._settings = settings
        self._reader = reader
        self._limiter = limiter
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="status")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = None
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            path = _STATUS_PATH.fullmatch(scope["path"])
        headers = dict(scope["headers"]) if path else {}
        secret = headers.get(_KEY)
        kind = _KINDS[path[1]] if path else None
        listed = _FERN in headers and wants_list(Headers(scope=scope), kind, self._settings)
        if path is None or not secret or listed:
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTES[path[1]]  # for the counters
        try:
            view = View(kind, base_url(scope, self._settings))
            revised, body = await self._current(scope, secret.decode("latin-1"), path[2], view)
        except Exception as error:
            await response_to(error)(scope, receive, send)
            return
        tag = etag(revised)
        if _SEEN in headers and is_known(Headers(scope=scope), tag):
            await not_modified(tag)(scope, receive, send)
            return
        length, revision = (b"content-length", b"%d" % len(body)), (b"etag", tag.encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length, revision, *_SAME_HEADERS]})
        await send({"type": "http.response.body", "body": body})

    async def _current(self, scope: Scope, secret: str, task_id: str, view: View) -> tuple[int, bytes]:
        if self._settings.status_on_loop:
            return self._read(scope, secret, task_id, view)
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, scope, secret, task_id, view)

    def _read(self, scope: Scope, secret: str, task_id: str, view: View) -> tuple[int, bytes]:
        actor = self._keys.holder(secret, scope)
        actor.require(account.Scope.READ)
        self._limiter.check((actor.team_id, actor.key_id))
        return self._reader.current(actor.team_id, task_id, view)
