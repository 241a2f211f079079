"""The server: every room of the API put together."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from copy import copy
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.staticfiles import StaticFiles

from soundstage import __version__
from soundstage.api import errors
from soundstage.api.auth import KeyCheck
from soundstage.api.fast_status import FastStatus
from soundstage.api.limits import BodyLimit, RateLimiter, TrustedHosts
from soundstage.api.metrics import Counted, Metrics
from soundstage.api.openapi import describe
from soundstage.api.pages.render import STATIC
from soundstage.api.routes import (
    catalogue,
    dictionaries,
    documentation,
    health,
    open_files,
    project_file,
    project_setup,
    project_video,
    projects,
    revisions,
    sound_generation,
    sounds,
    studio,
    studio_sounds,
    tasks,
    text_to_sound,
    uploads,
)
from soundstage.api.routes.task_routes import task_router
from soundstage.api.schemas.project_setup import MAX_TRANSCRIPT_CHARACTERS
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.api.sse import SharedLooks
from soundstage.api.status import StatusReader
from soundstage.domain.task import TaskKind

_FORM_ROOM = 64 * 1024  # bytes of boundaries, headers and small fields around a form's file
_TRANSCRIPT_ROOM = 6 * MAX_TRANSCRIPT_CHARACTERS  # bytes, were each of them written as a JSON escape
_RECIPE_FILE_BYTES = 128 * 2**20  # the longest sound that a server can be set to make has 106 MB as WAV
_KEYED = (
    project_setup,
    text_to_sound,
    tasks,
    project_file,  # `exports/zip` before `exports/{format}`
    projects,
    revisions,
    project_video,
    sounds,
    sound_generation,
    catalogue,
    dictionaries,
    uploads,
)
_PROJECT_PATH = re.compile(r"/apis/projects/[0-9]{1,19}(/rerun)?")
_GET_ALONE = ("/events", "/studio/login")  # a stream without end; a link that works once
_TASK_PATHS = (("project-setup", TaskKind.PROJECT_SETUP), ("text-to-sound", TaskKind.TEXT_TO_SOUND), ("tasks", None))


def create_app(services: ApiServices, settings: ApiSettings) -> FastAPI:
    """The ASGI application. Its lifespan starts and stops the watcher; everything else belongs to the caller."""
    app = FastAPI(
        title="Soundstage",
        version=__version__,
        description="Localisation and sound on your own server. Key in the header `x-api-key`; tasks answer at once.",
        openapi_url="/apis/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # a redirect would be made from the Host header
        lifespan=_lifespan,
    )
    app.state.services, app.state.settings = services, settings
    app.state.rate_limiter, app.state.metrics = RateLimiter(settings.rate_limit_per_minute), Metrics()
    app.state.keys = KeyCheck(services, settings.wrong_keys_per_minute)
    reader = StatusReader(services, settings)
    _include(app, reader)
    describe(app)
    errors.install(app)
    _wrap(app, reader)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    watcher = app.state.services.watcher
    await watcher.start()
    try:
        yield
    finally:
        await watcher.stop()


def _include(app: FastAPI, reader: StatusReader) -> None:
    shared = SharedLooks()
    routers = [module.router for module in _KEYED]
    routers += [task_router(prefix, kind, reader, shared) for prefix, kind in _TASK_PATHS]
    routers += [
        open_files.router,
        health.router,
        health.keyed,
        documentation.router,
        studio.doors,
        studio_sounds.router,
    ]
    routers += [studio.router]
    for router in routers:
        app.include_router(router)
        app.router.routes += _heads(router)
    app.mount("/studio/static", StaticFiles(directory=STATIC), name="studio-static")


def _heads(router: APIRouter) -> Iterator[APIRoute]:
    """HEAD for every GET: the same answer, of which the server sends no body. Not where GET does more than read."""
    for route in router.routes:
        if isinstance(route, APIRoute) and "GET" in (route.methods or ()) and not route.path.endswith(_GET_ALONE):
            head = copy(route)
            head.methods, head.include_in_schema = {"HEAD"}, False
            yield head


def _wrap(app: FastAPI, reader: StatusReader) -> None:
    """Middleware, innermost first."""
    state = app.state
    settings: ApiSettings = state.settings
    limits = {
        "/apis/uploads": settings.max_upload_bytes + _FORM_ROOM,
        "/apis/project-setup": settings.max_body_bytes + _TRANSCRIPT_ROOM,
        "/apis/sounds/recipe": _RECIPE_FILE_BYTES + _FORM_ROOM,
        "/apis/dictionaries/create-from-file": settings.max_dictionary_bytes + _FORM_ROOM,
    }

    def limit_of(path: str) -> int:
        project = _PROJECT_PATH.fullmatch(path)
        if project is not None:
            return limits["/apis/project-setup"] if project[1] else settings.max_document_bytes
        return limits.get(path, settings.max_body_bytes)

    fast: dict[str, Any] = {
        "settings": settings,
        "reader": reader,
        "limiter": state.rate_limiter,
        "keys": state.keys,
    }
    app.add_middleware(BodyLimit, limit_of=limit_of)
    app.add_middleware(FastStatus, **fast)
    app.add_middleware(Counted, metrics=state.metrics)
    if settings.trusted_hosts:
        app.add_middleware(TrustedHosts, hosts=settings.trusted_hosts)
