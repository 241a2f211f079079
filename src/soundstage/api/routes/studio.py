"""The Studio's plain pages: a list, a task with its live stages, a project with player, segments and downloads."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

import orjson
from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from soundstage.api.auth import session_actor
from soundstage.api.call import Call, Caller, services_of, settings_of
from soundstage.api.errors import response_to, unexpected
from soundstage.api.files import file_response
from soundstage.api.pages.project_view import project_view
from soundstage.api.pages.render import html
from soundstage.api.pages.task_view import list_item, sound_view, title_of
from soundstage.api.schemas.fields import run_id_of, task_id_of
from soundstage.api.schemas.task import status_body
from soundstage.api.settings import ApiSettings
from soundstage.domain.project import ProjectDocument
from soundstage.domain.task import Task, TaskKind
from soundstage.errors import NotFound, SoundstageError, Unauthenticated

PAGE_ITEMS = 50
_LOG_IN = (
    "Open the one-time link that `soundstage serve` prints when it starts. "
    "It logs this browser in; a link works once and for a short time."
)


class PageRoute(APIRoute):
    """A page for a logged-in browser; what goes wrong is told as a page too."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def show(request: Request) -> Response:
            services, settings = services_of(request), settings_of(request)
            try:
                actor = await run_in_threadpool(session_actor, request, services, settings)
                if actor is None:
                    raise Unauthenticated(_LOG_IN)
                request.state.actor = actor
                return await handle(request)
            except Exception as error:
                return error_page(error, settings)

        return show


router = APIRouter(route_class=PageRoute, include_in_schema=False)
doors = APIRouter(include_in_schema=False)


@doors.get("/studio/login")
def log_in(request: Request, token: str = "") -> Response:
    """Trade a one-time link for a session cookie."""
    settings = settings_of(request)
    try:
        session = services_of(request).sessions.redeem(token)
    except SoundstageError as error:
        return error_page(error, settings)
    answer = RedirectResponse(
        f"{prefix_of(settings)}/", 303, {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
    answer.set_cookie(
        settings.session_cookie,
        session,
        max_age=settings.session_seconds,
        httponly=True,
        samesite="lax",
        secure=(settings.public_url or "").startswith("https://"),
    )
    return answer


@router.get("/")
def task_list(call: Caller, cursor: str | None = None) -> Response:
    """The team's tasks, newest first."""
    page = call.services.tasks.list(call.actor, limit=PAGE_ITEMS, cursor=cursor)
    prefix = prefix_of(call.settings)
    items = [list_item(task, prefix) for task in page.items]
    return html("list.html", prefix=prefix, items=items, next_cursor=page.next_cursor)


@router.get("/studio/tasks/{task_id}")
def task_page(task_id: str, call: Caller) -> Response:
    """A task with its live stages, and the sound it made."""
    task = call.services.tasks.get(call.actor, task_id_of(task_id))
    prefix = prefix_of(call.settings)
    return html(
        "task.html",
        prefix=prefix,
        title=title_of(task),
        kind=task.kind.value.replace("_", " "),
        task_id=task.task_id,
        created_at=task.created_at,
        status=status_of(call, task),
        product_url=f"{prefix}/studio/projects/{{run_id}}"
        if task.kind.makes is TaskKind.PROJECT_SETUP
        else f"{prefix}/studio/tasks/{task.task_id}",
        sound=_sound(call, task, prefix),
    )


@router.get("/studio/tasks/{task_id}/stages")
def task_stages(task_id: str, call: Caller) -> Response:
    """The part of the page that changes while the task runs."""
    return html("_stages.html", status=status_of(call, call.services.tasks.get(call.actor, task_id_of(task_id))))


@router.get("/studio/projects/{run_id}")
def project_page(run_id: int, call: Caller) -> Response:
    """A project: player, waveform, segments, downloads, and the stages that made it."""
    project = call.services.runs.project(call.actor, run_id_of(run_id))
    document = ProjectDocument.model_validate(orjson.loads(call.services.runs.document(call.actor, run_id)))
    task = call.services.tasks.get(call.actor, project.made_by)
    prefix = prefix_of(call.settings)
    status = status_of(call, task)
    view = project_view(project, document, status, prefix)
    return html("project.html", prefix=prefix, task_id=task.task_id, status=status, **view)


@router.get("/studio/projects/{run_id}/peaks")
def project_peaks(run_id: int, request: Request, call: Caller) -> Response:
    """The source track's waveform peaks (layout: `soundstage.media.peaks`)."""
    product = call.services.runs.project(call.actor, run_id_of(run_id)).product
    peaks = next((track.peaks for track in product.tracks if track.peaks is not None), None)
    if peaks is None:
        raise NotFound("This project has no waveform.")
    artifact, path = call.services.runs.open_artifact(call.actor, run_id, peaks.name)
    return file_response(request, artifact, path)


def prefix_of(settings: ApiSettings) -> str:
    """The path that `public_url` puts before every address of this server."""
    return urlsplit(settings.public_url or "").path.rstrip("/")


def error_page(error: Exception, settings: ApiSettings) -> Response:
    """What went wrong, as a page."""
    prefix = prefix_of(settings)
    if isinstance(error, Unauthenticated):
        return html("message.html", code=401, prefix=prefix, heading="Please log in", text=str(error))
    if isinstance(error, NotFound):
        return html("message.html", code=404, prefix=prefix, heading="Not found", text=str(error))
    if isinstance(error, SoundstageError) and error.status < 500:
        return html("message.html", code=error.status, prefix=prefix, heading="That does not work", text=str(error))
    answer = response_to(error)
    if answer.status_code < 500:
        text = orjson.loads(bytes(answer.body))["error"]
        return html("message.html", code=answer.status_code, prefix=prefix, heading="That does not work", text=text)
    text = orjson.loads(bytes(unexpected(error).body if answer.status_code != 500 else answer.body))["error"]
    return html("message.html", code=500, prefix=prefix, heading="Something went wrong", text=text)


def status_of(call: Call, task: Task) -> dict[str, Any]:
    """A task as `GET /apis/tasks/{task_id}` tells it."""
    return status_body(task, base=call.base, failure_word=call.settings.failure_word)


def _sound(call: Call, task: Task, prefix: str) -> dict[str, Any] | None:
    if task.kind is not TaskKind.TEXT_TO_SOUND or task.run_id is None:
        return None
    return sound_view(call.services.runs.sound(call.actor, task.run_id), prefix)
