"""The OpenAPI document: how to send the key, and the one shape of every refusal."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from soundstage.api.auth import KEY_HEADER
from soundstage.api.requests import SCOPE
from soundstage.api.sse import RESUME_HEADER

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_INVALID = {"$ref": "#/components/schemas/ValidationProblem"}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "required": ["detail", "error", "status"],
        "properties": {"detail": {"type": "string"}, "error": {"type": "string"}, "status": {"type": "integer"}},
    },
    "ValidationProblem": {
        "type": "object",
        "required": ["detail", "error", "status"],
        "properties": {
            "detail": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["loc", "msg", "type"],
                    "properties": {
                        "loc": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]}},
                        "msg": {"type": "string"},
                        "type": {"type": "string"},
                    },
                },
            },
            "error": {"type": "string"},
            "status": {"type": "integer"},
        },
    },
}
_REFUSALS = {
    "400": "Unusable input, or the thing is in another state.",
    "401": "The key is missing, unknown or revoked.",
    "403": "The key lacks the scope.",
    "404": "Nothing of that id for this team.",
    "413": "Too large.",
    "429": "Too many requests; wait for the seconds in Retry-After.",
}


def describe(app: FastAPI) -> None:
    """Make `app.openapi()` give the finished document, made once."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _finish(
                get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
            )
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _finish(document: dict[str, Any]) -> dict[str, Any]:
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(_SCHEMAS)
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    components["securitySchemes"] = {"key": {"type": "apiKey", "in": "header", "name": KEY_HEADER}}
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            _finish_operation(path, method, operation)
    return document


def _finish_operation(path: str, method: str, operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    if "422" in responses:
        responses["422"] = _refusal("A field is wrong; `detail` names each.", _INVALID)
    if not _needs_key(path):
        if "{" in path:
            responses.setdefault("404", _refusal("There is nothing of that name.", _PROBLEM))
        return
    operation["security"] = [{"key": []}]
    operation[SCOPE] = operation.get(SCOPE, "read" if method in ("get", "head") else "write")
    for status, text in _REFUSALS.items():
        responses.setdefault(status, _refusal(text, _PROBLEM))
    responses.setdefault("422", _refusal("A field is wrong; `detail` names each.", _INVALID))
    if path.endswith("/events"):
        _header(operation, RESUME_HEADER, "Go on after the event of this number.", "^[0-9]{1,18}$")


def _needs_key(path: str) -> bool:
    return path.startswith(("/apis/", "/v1/", "/metrics")) and not path.startswith("/apis/files/")


def _refusal(text: str, schema: dict[str, str]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def _header(operation: dict[str, Any], name: str, text: str, pattern: str) -> None:
    schema = {"type": "string", "pattern": pattern}
    parameter = {"name": name, "in": "header", "required": False, "schema": schema, "description": text}
    operation.setdefault("parameters", []).append(parameter)
