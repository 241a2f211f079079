"""What the two creates share: checks that need more than the body, dry runs, acceptance."""

from __future__ import annotations

import re

import orjson
from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Call
from soundstage.api.schemas.dry_run import DryRunReply
from soundstage.api.settings import ApiSettings
from soundstage.domain.request import TaskRequest
from soundstage.domain.task import Priority, Task, TaskKind
from soundstage.errors import Fault, Invalid
from soundstage.media.url_check import check_url
from soundstage.services.idempotency import Idempotency
from soundstage.services.rerun_plan import Plan

UPLOAD_SCHEME = "upload://"
UPLOAD_ID = re.compile(r"[A-Za-z0-9_-]{8,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def check_upload_url(media_url: str) -> None:
    """Raise Invalid for what is not the `media_url` of an upload."""
    if not UPLOAD_ID.fullmatch(media_url.removeprefix(UPLOAD_SCHEME)) or not media_url.startswith(UPLOAD_SCHEME):
        problem = "Send the file to POST /apis/uploads first, then the media_url (upload://…) that it answered."
        raise Invalid.field("media_url", problem, type="media_url")


def check_media_url(media_url: str, settings: ApiSettings) -> None:
    """Raise Invalid for what the text of the URL alone shows to be wrong."""
    url = media_url.strip()
    if url.startswith(UPLOAD_SCHEME):
        known = UPLOAD_ID.fullmatch(url.removeprefix(UPLOAD_SCHEME))
        problem = None if known else "This is not a media_url that POST /apis/uploads answered."
    else:
        problem = check_url(url, settings.fetch_allow)
    if problem:
        raise Invalid.field("media_url", problem, type="media_url")


def check_engines(call: Call, wanted: dict[str, str], field: str | None = None) -> None:
    """Raise Invalid naming the engines that this server does not have; `field`: the one that names the engine."""
    if not wanted:
        return
    known: dict[str, list[str]] = {}
    for report in call.services.engines.report():
        known.setdefault(str(report.capability), []).append(report.name)
    faults = [
        Fault(
            ("body", field) if field else ("body", "engines", capability),
            f"There is no such engine; there are: {', '.join(known.get(capability, []))}.",
            "unknown_engine",
        )
        for capability, name in wanted.items()
        if name not in known.get(capability, [])
    ]
    if faults:
        raise Invalid(faults)


async def dry_run(call: Call, kind: TaskKind, request: TaskRequest) -> Response:
    """What would be done, with what, and what is missing."""
    await run_in_threadpool(call.services.tasks.check_belongings, call.actor, request)
    plan = await run_in_threadpool(call.services.dry_runs.plan, call.actor, kind, request)
    reply = DryRunReply.of(plan)
    return Response(reply.model_dump_json(), media_type="application/json")


async def create(
    call: Call,
    request: Request,
    kind: TaskKind,
    wanted: TaskRequest,
    once: Idempotency | None,
    priority: Priority = Priority.NORMAL,
) -> Response:
    """Accept the task; the answer says so only once it is kept for good."""
    task = await run_in_threadpool(
        call.services.tasks.create,
        call.actor,
        kind,
        wanted,
        priority=priority,
        idempotency=once,
        traceparent=traceparent_of(request),
    )
    return created(task)


def created(task: Task) -> Response:
    """The answer to a create."""
    return Response(orjson.dumps({"task_id": task.task_id}), media_type="application/json")


def foreseen(call: Call, plan: Plan) -> Response:
    """The answer to the dry run of what goes on from a project."""
    seconds = plan.project.product.duration_ms / 1000
    reply = DryRunReply.of(call.services.dry_runs.plan_rerun(plan.foreseen, plan.redone, seconds))
    return Response(reply.model_dump_json(), media_type="application/json")


def traceparent_of(request: Request) -> str | None:
    """The W3C trace context of the request, where there is a well-formed one."""
    text = request.headers.get("traceparent", "")
    return text if _TRACEPARENT.fullmatch(text) else None
