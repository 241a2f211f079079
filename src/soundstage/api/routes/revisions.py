"""Revisions of a project: list, choose, compare; edit the document; do a stage again."""

from __future__ import annotations

import re
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from soundstage.api.caching import etag
from soundstage.api.call import Call, Caller
from soundstage.api.creating import check_engines, created, foreseen, traceparent_of
from soundstage.api.idempotency import Once
from soundstage.api.requests import ApiRoute, Responses, refuse_other_content
from soundstage.api.routes.project_setup import DryRunFlag
from soundstage.api.routes.tasks import Cursor, Limit
from soundstage.api.schemas.dry_run import DryRunReply
from soundstage.api.schemas.fields import MAX_ID, Clean, run_id_of
from soundstage.api.schemas.revisions import RerunBody, RevisionPage, RevisionReply
from soundstage.api.schemas.task import Created
from soundstage.domain.comparison.compare import LISTED
from soundstage.domain.comparison.comparison import Comparison
from soundstage.errors import Invalid, NotFound
from soundstage.services.rerun_plan import Wish

router = APIRouter(route_class=ApiRoute, tags=["projects"])

MOST_LISTED = 5_000
_TAG = re.compile(r'"([0-9]{1,9})"')
_EDIT_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The project document as GET gave it, with your changes.",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}
_EDITED: Responses = {412: {"description": "The project has moved on from the revision in If-Match."}}
Number = Annotated[int | None, Query(ge=1, le=MAX_ID)]


@router.get("/apis/projects/{run_id}/revisions")
def list_revisions(run_id: int, call: Caller, limit: Limit = 50, cursor: Cursor = None) -> RevisionPage:
    """The project's revisions, newest first. The head is what the project shows."""
    return RevisionPage.of(call.services.revisions.list(call.actor, run_id_of(run_id), limit=limit, cursor=cursor))


@router.post("/apis/projects/{run_id}/revisions/{revision}/choose")
def choose_revision(run_id: int, revision: int, call: Caller) -> RevisionReply:
    """Make a revision what the project shows. The others stay as they are."""
    return RevisionReply.of(call.services.revisions.choose(call.actor, run_id_of(run_id), _number(revision)))


@router.get("/apis/projects/{run_id}/compare")
def compare_revisions(
    run_id: int,
    call: Caller,
    a: Number = None,
    b: Number = None,
    listed: Annotated[int, Query(ge=0, le=MOST_LISTED, description="Differing lines told in full.")] = LISTED,
) -> Comparison:
    """What revision `b` differs in from `a`: stages, speakers, lines, translations.

    Without `b` the newest, without `a` the head; where that is the newest, what it was made of.
    """
    return call.services.revisions.compare(call.actor, run_id_of(run_id), a, b, listed=listed)


@router.put("/apis/projects/{run_id}", response_model=RevisionReply, responses=_EDITED, openapi_extra=_EDIT_BODY)
async def edit_project(
    run_id: int,
    request: Request,
    call: Caller,
    if_match: Annotated[str | None, Header(description='The ETag that GET gave: the revision, such as `"3"`.')] = None,
    note: Annotated[
        str | None, Query(max_length=500, description="What was done, for the list of revisions."), Clean
    ] = None,
) -> Response:
    """Edit a project: send its whole document back with your changes. Makes a revision; what was there stays.

    Name, description, speakers and segments may change. Subtitles are made anew. 412 where somebody was faster.
    """
    refuse_other_content(request)
    body = await request.body()
    edit = call.services.edits.edit
    made = await run_in_threadpool(edit, call.actor, run_id_of(run_id), _base(if_match), body, note=note)
    headers = {"ETag": etag(made.revision)}
    return Response(RevisionReply.of(made).model_dump_json(), headers=headers, media_type="application/json")


@router.post("/apis/projects/{run_id}/rerun", response_model=Created | DryRunReply)
async def rerun_stage(
    run_id: int, body: RerunBody, request: Request, call: Caller, once: Once, dry: DryRunFlag = False
) -> Response:
    """Do a stage again, with another engine or other options, and what follows from it. Answers `task_id` at once.

    Makes a revision beside the others, and the head where that is what it was made of and no edit is lost.
    """
    transcript = await run_in_threadpool(call.services.transcripts.take_in, call.actor, body.source_transcript)
    wish = body.wish(transcript)
    await run_in_threadpool(check_engines, call, dict(wish.engines))
    if dry:
        return await run_in_threadpool(_foresee, call, run_id_of(run_id), wish)
    task = await run_in_threadpool(
        call.services.reruns.create,
        call.actor,
        run_id_of(run_id),
        wish,
        priority=body.priority,
        idempotency=once,
        traceparent=traceparent_of(request),
    )
    return created(task)


def _foresee(call: Call, run_id: int, wish: Wish) -> Response:
    return foreseen(call, call.services.reruns.plan(call.actor, run_id, wish))


def _number(revision: int) -> int:
    if not 1 <= revision <= MAX_ID:
        raise NotFound("There is no such revision.")
    return revision


def _base(if_match: str | None) -> int:
    """The revision in `If-Match`. Raises Invalid without one: an edit of whatever is there would overwrite."""
    found = _TAG.fullmatch(if_match.strip()) if if_match else None
    if found is None:
        told = 'Send the ETag that GET of this project gave, such as "3" with its quotes: what your edit was made of.'
        raise Invalid.field("if-match", told, where="header", type="etag")
    return int(found[1])
