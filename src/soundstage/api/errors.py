"""Errors → JSON. One body for every refusal: `{"detail", "error", "status"}`; on 422 `detail` is a list.

The official Python client crashes on a 422 whose `detail` is not a list of `{loc, msg, type}`; a fault never echoes
the input (NaN and 1e999 are not JSON). Nothing but our own sentences reaches a client: an unexpected error is logged
under a reference, and the reference is all that is told.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Match, Mount

from soundstage.errors import Fault, Invalid, LimitReached, SoundstageError, SourceFailure, StageFailure, StorageFull

log = logging.getLogger("soundstage.api")

_FIELD_NAME_LENGTH = 100
_METHODS = ("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")
_KINDS = {  # what pydantic calls by Python's names
    "tuple_type": "must be a list",
    "dict_type": "must be a JSON object",
    "model_type": "must be a JSON object",
    "model_attributes_type": "must be a JSON object",
}
_SENTENCES = {
    404: "There is nothing at this address; GET /apis/openapi.json lists what there is.",
    405: "This address does not answer that method; the Allow header lists those that it does.",
}


def error_body(status: int, detail: str | list[dict[str, Any]], error: str) -> dict[str, Any]:
    return {"detail": detail, "error": error, "status": status}


def error_response(status: int, message: str, headers: Mapping[str, str] | None = None) -> Response:
    return _json(status, error_body(status, message, message), headers)


def faults_response(faults: Iterable[Fault]) -> Response:
    """422 with every fault as exactly `{loc, msg, type}`."""
    listed = [{"loc": [_clip(part) for part in f.loc], "msg": f.msg, "type": f.type} for f in faults]
    error = "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in listed)
    return _json(422, error_body(422, listed, error))


def render(error: SoundstageError) -> Response:
    """One of our errors as its HTTP answer."""
    if isinstance(error, Invalid):
        return faults_response(error.faults)
    if isinstance(error, LimitReached):
        return error_response(error.status, error.message, {"Retry-After": str(max(1, error.retry_after))})
    if isinstance(error, StorageFull):
        return error_response(507, error.message)
    if isinstance(error, SourceFailure):
        return error_response(400, error.message)
    if error.status >= 500 and not isinstance(error, StageFailure):
        return unexpected(error)
    return error_response(error.status, error.message)


def unexpected(error: Exception) -> Response:
    """500 with a reference; the traceback goes to the log only."""
    reference = secrets.token_hex(6)
    log.error("unexpected error, reference %s", reference, exc_info=error)
    return error_response(500, f"Something went wrong on the server. Its log tells more under reference {reference}.")


def faults_of(errors: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Pydantic's findings as ours: without input, with a sentence that names what to change."""
    return [Fault(tuple(error["loc"]), _message(error), str(error["type"])) for error in errors]


def install(app: FastAPI) -> None:
    """Render every kind of error in the one body."""
    app.add_exception_handler(SoundstageError, _on_ours)
    app.add_exception_handler(RequestValidationError, _on_validation)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(Exception, _on_any)


def response_to(error: Exception) -> Response:
    """The answer to whatever a route raised."""
    if isinstance(error, SoundstageError):
        return render(error)
    if isinstance(error, RequestValidationError):
        return faults_response(faults_of(error.errors()))
    if isinstance(error, HTTPException):
        message = _SENTENCES.get(error.status_code, str(error.detail))
        return error_response(error.status_code, message, error.headers)
    if isinstance(error, ClientDisconnect):
        return error_response(400, "The request broke off before its end.")
    return unexpected(error)


async def _on_ours(_: Request, error: Exception) -> Response:
    return response_to(error)


async def _on_validation(_: Request, error: Exception) -> Response:
    return response_to(error)


async def _on_http(request: Request, error: Exception) -> Response:
    if isinstance(error, HTTPException) and error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        methods = _methods_of(request) or ["GET", "HEAD"]  # a file of the pages
        error = HTTPException(error.status_code, headers={"Allow": ", ".join(methods)})
    return response_to(error)


def _methods_of(request: Request) -> list[str]:
    """Every method that the address answers; Starlette knows only those of the first route that fits."""
    routes = [route for route in request.app.routes if not isinstance(route, Mount)]  # a mount takes every method
    return [
        method
        for method in _METHODS
        if any(route.matches({**request.scope, "method": method})[0] is Match.FULL for route in routes)
    ]


async def _on_any(_: Request, error: Exception) -> Response:
    return response_to(error)


def _message(error: Mapping[str, Any]) -> str:
    kind, message = str(error["type"]), str(error["msg"])
    context = error.get("ctx") or {}
    if kind == "extra_forbidden":
        return f"There is no field {_clip(error['loc'][-1])!r} here; leave it out."
    if kind == "json_invalid":
        return f"The body is not JSON: {context.get('error', message)}"
    if kind == "missing":
        return "This is required."
    if kind in _KINDS:
        return f"{'The body' if tuple(error['loc']) == ('body',) else 'This'} {_KINDS[kind]}."
    return message.removeprefix("Value error, ")


def _clip(part: Any) -> str | int:
    if isinstance(part, int):
        return part
    text = str(part).encode("utf-8", "replace").decode()
    return text if len(text) <= _FIELD_NAME_LENGTH else text[:_FIELD_NAME_LENGTH] + "…"


def _json(status: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    return Response(orjson.dumps(body), status, dict(headers or {}), "application/json")
