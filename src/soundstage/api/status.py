"""Reading a task's status: one row, one rendering a revision, for polls, long polls and event streams alike."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import orjson
from starlette.datastructures import Headers
from starlette.responses import Response

from soundstage.api.caching import etag, is_known, not_modified
from soundstage.api.compat import failure_body
from soundstage.api.schemas.fields import task_id_of
from soundstage.api.schemas.project_setup import ProjectSetupResult
from soundstage.api.schemas.task import PENDING, SUCCESS, status_body, status_word, task_body
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.domain.task import Task, TaskKind
from soundstage.errors import NotFound

if TYPE_CHECKING:
    from soundstage.services.actor import Actor

_KEPT_BODIES = 1024


@dataclass(frozen=True)
class View:
    """Who looks, from where: the kind of the path (None: the list of tasks) and the base of absolute addresses."""

    kind: TaskKind | None
    base: str


class StatusReader:
    """Reads and renders statuses. The body of a revision is rendered once, however many watch it."""

    def __init__(self, services: ApiServices, settings: ApiSettings) -> None:
        self._services = services
        self._settings = settings
        self._bodies: OrderedDict[tuple[str, int, View], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def read(self, team_id: int, task_id: str, kind: TaskKind | None) -> Task:
        """The team's task. Raises NotFound, also for another kind's path."""
        task = self._services.tasks.read_status(team_id, task_id_of(task_id))
        if task is None or (kind is not None and task.kind is not kind):
            raise NotFound("There is no such task: check its id, and that it is asked for under its own kind's path.")
        return task

    def current(self, team_id: int, task_id: str, view: View) -> tuple[int, bytes]:
        """Revision and body of the team's task. A body that is still current costs one look at the revision."""
        seen = self._services.tasks.read_revision(team_id, task_id)
        if seen is not None and (view.kind is None or view.kind == seen[0]):
            with self._lock:
                body = self._bodies.get((task_id, seen[1], view))
            if body is not None:
                return seen[1], body
        task = self.read(team_id, task_id, view.kind)
        return task.revision, self.body(task, view)

    def body(self, task: Task, view: View) -> bytes:
        """The status body as JSON."""
        key = (task.task_id, task.revision, view)
        with self._lock:
            body = self._bodies.get(key)
        if body is None:
            render = task_body if view.kind is None else status_body
            body = orjson.dumps(render(task, base=view.base, failure_word=self._settings.failure_word))
            with self._lock:
                self._bodies[key] = body
                if len(self._bodies) > _KEPT_BODIES:
                    self._bodies.popitem(last=False)
        return body

    def reply(self, task: Task, view: View, headers: Headers) -> Response:
        """The HTTP answer to a status request, 304 where the client has this revision."""
        tag = etag(task.revision)
        if is_known(headers, tag):
            return not_modified(tag)
        return Response(self.body(task, view), headers=fresh(tag), media_type="application/json")

    def list_reply(self, actor: Actor, task: Task, view: View) -> Response:
        """The same for a client that `compat` knows to need a list. Reads the run."""
        word = status_word(task, self._settings.failure_word)
        headers = fresh(etag(task.revision))
        if word == PENDING:
            return Response(b"[]", headers=headers, media_type="application/json")
        if word == SUCCESS and task.run_id is not None:
            result = setup_result(self._services, actor, task.run_id, view.base)
            return Response(
                b"[" + result.model_dump_json().encode() + b"]", headers=headers, media_type="application/json"
            )
        body = status_body(task, base=view.base, failure_word=self._settings.failure_word)
        return Response(orjson.dumps(failure_body(body)), 400, headers, "application/json")


def setup_result(services: ApiServices, actor: Actor, run_id: int, base: str) -> ProjectSetupResult:
    """A project's result. Raises NotFound, or BadRequest for another kind's run."""
    return ProjectSetupResult.of(services.runs.project(actor, run_id), base)


def fresh(tag: str) -> dict[str, str]:
    return {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "x-api-key, X-Fern-Language"}
