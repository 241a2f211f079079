"""Uploads: bytes streamed to disk, without judging them."""

from __future__ import annotations

from contextlib import ExitStack

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from soundstage.api.call import Caller
from soundstage.api.creating import UPLOAD_ID
from soundstage.api.idempotency import OnceKey
from soundstage.api.multipart import FormRules, read_form
from soundstage.api.requests import ApiRoute
from soundstage.api.schemas.catalogue import UploadReply
from soundstage.domain.account import Scope
from soundstage.errors import NotFound
from soundstage.services.uploads import UploadSink

router = APIRouter(route_class=ApiRoute, tags=["uploads"])

_RULES = FormRules("file")
_SCHEMA = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
_FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _SCHEMA}}}}


@router.post("/apis/uploads", status_code=201, openapi_extra=_FORM)
async def create_upload(request: Request, call: Caller, key: OnceKey) -> UploadReply:
    """Keep a file. Its `media_url` (`upload://…`) is accepted wherever a media URL is. Unused uploads expire."""
    call.actor.require(Scope.WRITE)
    sinks: list[UploadSink] = []
    with ExitStack() as stack:

        def open_file(file_name: str) -> UploadSink:
            sinks.append(stack.enter_context(call.services.uploads.begin(call.actor, file_name, key=key)))
            return sinks[0]

        await read_form(request, _RULES, open_file)
        upload = await run_in_threadpool(sinks[0].commit)
    return UploadReply.of(upload)


@router.delete("/apis/uploads/{upload_id}", status_code=204)
def delete_upload(upload_id: str, call: Caller) -> None:
    """Delete an upload. 400 while a task that has not ended needs it."""
    if not UPLOAD_ID.fullmatch(upload_id):
        raise NotFound("Your team has no such upload; it may have expired.")
    call.services.uploads.delete(call.actor, upload_id)
