"""Errors on their way from child to parent.

Only classes of `soundstage.errors` travel, by their code. Anything else becomes a StageFailure (an EngineFailure
when a resident was at work) with the exception's type and message; its traceback goes to the log.
"""

from __future__ import annotations

import json
import traceback
from dataclasses import asdict
from typing import Any

from soundstage import errors
from soundstage.errors import EngineFailure, ExceptionReason, SoundstageError, StageFailure

MEMORY = "memory"  # in place of a code: the memory limit was met
MESSAGE_LIMIT = 2_000  # characters
TRACEBACK_LIMIT = 8_000

CLASSES: dict[str, type[SoundstageError]] = {
    thing.code: thing
    for thing in vars(errors).values()
    if isinstance(thing, type) and issubclass(thing, SoundstageError)
}
MEMORY_WORDS = ("bad_alloc", "bad allocation", "MemoryError", "Cannot allocate memory", "memory allocation of")


def speaks_of_memory(text: str) -> bool:
    """Whether a message or a process' last words tell that memory could not be had."""
    return any(word in text for word in MEMORY_WORDS)


def out_of_memory(error: BaseException | None) -> bool:
    """Whether the error, or one that it came from, says that memory ran out. Our own errors are taken at their word."""
    if isinstance(error, SoundstageError):
        return False
    for _ in range(10):
        if error is None:
            return False
        if isinstance(error, MemoryError) or speaks_of_memory(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def to_json(error: BaseException, *, resident: bool) -> bytes:
    """What the child sends. `resident`: whether the fault is one of a resident object."""
    if isinstance(error, SoundstageError):
        body: dict[str, Any] = {
            "code": next(c.code for c in type(error).__mro__ if c in CLASSES.values()),  # type: ignore[attr-defined]
            "message": error.message[:MESSAGE_LIMIT],
            "reason": error.reason,
            "retryable": error.retryable,
        }
        if isinstance(error, errors.Invalid):
            body["faults"] = [asdict(fault) for fault in error.faults]
        if isinstance(error, errors.LimitReached):
            body["retry_after"] = error.retry_after
    else:
        kind = EngineFailure if resident else StageFailure
        text = str(error).strip()
        body = {"code": kind.code, "message": (type(error).__name__ + (f": {text}" if text else ""))[:MESSAGE_LIMIT]}
        body["traceback"] = "".join(traceback.format_exception(error))[-TRACEBACK_LIMIT:]
    return json.dumps(body).encode()


def from_json(body: dict[str, Any]) -> SoundstageError:
    """The error again, as its own class where it is one of ours."""
    kind = CLASSES.get(body["code"], StageFailure)
    message = str(body["message"])
    if issubclass(kind, errors.Invalid):
        return kind([errors.Fault(tuple(f["loc"]), f["msg"], f["type"]) for f in body["faults"]])
    if issubclass(kind, errors.LimitReached):
        return kind(message, retry_after=int(body["retry_after"]))
    error = kind(message)
    if "reason" in body:
        error.reason = ExceptionReason(body["reason"])
        error.retryable = bool(body["retryable"])
    return error
