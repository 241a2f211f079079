"""The hot path: a plain status poll with a key, answered before the framework.

Same answer as the routes in `routes.task_routes` (a test compares them byte for byte), at a fraction of the cost: one
thread hop for key check and row, one rendering a revision, no route matching. Whatever is not plain goes on to them.
"""

from __future__ import annotations

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from soundstage.api.addresses import base_url
from soundstage.api.auth import KEY_HEADER
from soundstage.api.caching import etag, is_known, not_modified
from soundstage.api.compat import wants_list
from soundstage.api.errors import response_to
from soundstage.api.limits import RateLimiter
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.api.status import StatusReader, View, fresh
from soundstage.domain import account
from soundstage.domain.task import Task, TaskKind

_STATUS_PATH = re.compile(r"/apis/(project-setup|text-to-sound|tasks)/([0-9A-Za-z_-]{1,64})")
_ROUTES = {
    name: SimpleNamespace(path=f"/apis/{name}/{{task_id}}") for name in ("project-setup", "text-to-sound", "tasks")
}
_KINDS = {"project-setup": TaskKind.PROJECT_SETUP, "text-to-sound": TaskKind.TEXT_TO_SOUND, "tasks": None}
_READERS = 4  # threads; each read takes well under a millisecond


class FastStatus:
    def __init__(
        self, app: ASGIApp, services: ApiServices, settings: ApiSettings, reader: StatusReader, limiter: RateLimiter
    ) -> None:
        self._app = app
        self._services = services
        self._settings = settings
        self._reader = reader
        self._limiter = limiter
        self._threads = ThreadPoolExecutor(_READERS, thread_name_prefix="status")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = None
        if scope["type"] == "http" and scope["method"] == "GET" and not scope["query_string"]:
            path = _STATUS_PATH.fullmatch(scope["path"])
        if path is None:
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        secret, kind = headers.get(KEY_HEADER), _KINDS[path[1]]
        if not secret or wants_list(headers, kind, self._settings):
            await self._app(scope, receive, send)
            return
        scope["route"] = _ROUTES[path[1]]  # for the counters
        try:
            loop = asyncio.get_running_loop()
            task = await loop.run_in_executor(self._threads, self._read, secret, path[2], kind)
        except Exception as error:
            await response_to(error)(scope, receive, send)
            return
        tag = etag(task.revision)
        if is_known(headers, tag):
            await not_modified(tag)(scope, receive, send)
            return
        body = self._reader.body(task, View(kind, base_url(scope, self._settings)))
        await send({"type": "http.response.start", "status": 200, "headers": _raw_headers(tag, len(body))})
        await send({"type": "http.response.body", "body": body})

    def _read(self, secret: str, task_id: str, kind: TaskKind | None) -> Task:
        actor = self._services.keys.authenticate(secret)
        actor.require(account.Scope.READ)
        self._limiter.check((actor.team_id, actor.key_id))
        return self._reader.read(actor.team_id, task_id, kind)


def _raw_headers(tag: str, length: int) -> list[tuple[bytes, bytes]]:
    raw = [(name.lower().encode(), value.encode()) for name, value in fresh(tag).items()]
    return [(b"content-length", b"%d" % length), (b"content-type", b"application/json"), *raw]
