"""Is it alive, is it ready, how much does it do."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Request
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from soundstage.api.call import services_of
from soundstage.api.errors import error_response, log
from soundstage.api.metrics import Metrics
from soundstage.api.requests import ApiRoute, OpenRoute, Responses
from soundstage.api.schemas.fields import Reply

router = APIRouter(route_class=OpenRoute, tags=["health"])
keyed = APIRouter(route_class=ApiRoute, tags=["health"])

_NOT_READY: Responses = {503: {"description": "The database does not answer."}}
_TEXT: Responses = {200: {"content": {"text/plain": {}}, "description": "The Prometheus text format."}}


class Health(Reply):
    status: Literal["ok"] = "ok"


@router.get("/healthz")
async def healthz() -> Health:
    """The process answers."""
    return Health()


@router.get("/readyz", response_model=Health, responses=_NOT_READY)
def readyz(request: Request) -> Health | Response:
    """The process answers and so does its database."""
    try:
        services_of(request).tasks.read_status(0, "readyz")
    except Exception as error:
        log.warning("not ready: %s", type(error).__name__)
        return error_response(503, "The database does not answer.", {"Retry-After": "5"})
    return Health()


@keyed.get("/metrics", response_class=Response, responses=_TEXT)
def metrics(request: Request) -> Response:
    """Counters of this API process, for Prometheus."""
    counters: Metrics = request.app.state.metrics
    return Response(counters.exposition(), media_type=CONTENT_TYPE_LATEST)
