"""Project set-up: create and results. Status and verbs are in `task_routes`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.call import Caller
from soundstage.api.creating import check_engines, check_media_url, create, dry_run
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute, reading
from soundstage.api.schemas.dry_run import DryRunReply
from soundstage.api.schemas.fields import run_id_of
from soundstage.api.schemas.project_setup import ProjectSetupBody, ProjectSetupResult, RunIdsBody
from soundstage.api.schemas.task import Created
from soundstage.api.status import setup_result
from soundstage.domain.task import TaskKind

router = APIRouter(route_class=ApiRoute, tags=["project-setup"])

DryRunFlag = Annotated[
    bool, Query(alias="dry_run", description="Say what would be done and what is missing; do nothing.")
]


@router.post("/apis/project-setup", response_model=Created | DryRunReply)
async def create_project_setup(
    body: ProjectSetupBody, request: Request, call: Caller, once: Once, dry: DryRunFlag = False
) -> Response:
    """Set up a dubbing project from media. Answers `task_id` at once; 200 with a plan for `dry_run=true`."""
    check_media_url(body.media_url, call.settings)
    setup = body.request()
    await run_in_threadpool(check_engines, call, setup.engines)
    transcript = await run_in_threadpool(call.services.transcripts.take_in, call.actor, body.source_transcript)
    setup = setup.model_copy(update={"source_transcript": transcript})
    if dry:
        return await dry_run(call, TaskKind.PROJECT_SETUP, setup)
    return await create(call, request, TaskKind.PROJECT_SETUP, setup, once, body.priority)


@router.get("/apis/project-setup-result/{run_id}")
def project_setup_result(run_id: int, call: Caller) -> ProjectSetupResult:
    """What was set up. 400 for a run of another kind."""
    return setup_result(call.services, call.actor, run_id_of(run_id), call.base)


@router.post("/apis/project-setup-results", openapi_extra=reading())
def project_setup_results(body: RunIdsBody, call: Caller) -> list[ProjectSetupResult]:
    """The results of 2 to 5 runs, in the order asked for."""
    return [setup_result(call.services, call.actor, run_id, call.base) for run_id in body.run_ids]
