"""The door of every keyed route: key and scope, rate limit, unknown query parameters, strict JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine
from typing import Any

import orjson
from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from soundstage.api.auth import authenticate, scope_of
from soundstage.api.call import services_of, settings_of
from soundstage.api.errors import response_to
from soundstage.api.limits import RateLimiter
from soundstage.domain.account import Scope
from soundstage.errors import Fault, Invalid

TOLERATED_QUERY = frozenset({"run_id"})  # the generated clients send it everywhere
SCOPE = "x-soundstage-scope"

Responses = dict[int | str, dict[str, Any]]  # what OpenAPI is told about replies, by HTTP status


def reading() -> dict[str, Any]:
    """`openapi_extra` of a POST that only reads, so that a read key may call it."""
    return {SCOPE: Scope.READ.value}


class JsonRequest(Request):
    """A request whose body is JSON by RFC 8259: valid UTF-8, no lone surrogates, bounded depth.

    `NaN`, `Infinity` and numbers beyond a double are let through to the field's own check, which names the field.
    """

    async def json(self) -> Any:
        body = await self.body()
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            strict = error
        try:
            lenient = json.loads(body)
            json.dumps(lenient, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise json.JSONDecodeError(strict.msg, "", strict.pos) from None
        return lenient


class ApiRoute(APIRoute):
    """A route for callers with a key (or a Studio session)."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        known = _query_names(self.dependant) | TOLERATED_QUERY
        takes_json = self.body_field is not None
        extra = self.openapi_extra or {}
        fixed_scope = Scope(extra[SCOPE]) if SCOPE in extra else None

        async def open_door(request: Request) -> Response:
            try:
                limiter: RateLimiter = request.app.state.rate_limiter
                keys = request.app.state.keys
                actor = await run_in_threadpool(authenticate, request, services_of(request), settings_of(request), keys)
                actor.require(fixed_scope or scope_of(request.method))
                limiter.check((actor.team_id, actor.key_id))
                refuse_unknown_query(request, known)
                if takes_json:
                    refuse_other_content(request)
                request.state.actor = actor
                return await handle(JsonRequest(request.scope, request.receive))
            except Exception as error:
                return response_to(error)

        return open_door


class OpenRoute(APIRoute):
    """A route that needs no key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                return await handle(request)
            except Exception as error:
                return response_to(error)

        return answer


def refuse_unknown_query(request: Request, known: frozenset[str]) -> None:
    """Raise Invalid naming every query parameter that the route does not know."""
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise Invalid(
            [
                Fault(("query", name), "There is no such query parameter here; leave it out.", "extra_forbidden")
                for name in unknown
            ]
        )


def refuse_other_content(request: Request) -> None:
    """Raise Invalid where a body is announced as something other than JSON."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return
    raise Invalid.field(
        "content-type",
        "Send the body as JSON, with the header Content-Type: application/json.",
        where="header",
        type="content_type",
    )


def _query_names(dependant: Dependant) -> frozenset[str]:
    names = {parameter.alias for parameter in dependant.query_params}
    for inner in dependant.dependencies:
        names |= _query_names(inner)
    return frozenset(names)
