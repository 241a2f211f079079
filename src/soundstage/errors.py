"""The whole error tree.

    SoundstageError
    ├── BadRequest                 400  what was asked cannot be done with what is there
    ├── Unauthenticated            401  key missing, unknown or revoked
    ├── Forbidden                  403  the key lacks the scope
    ├── NotFound                   404  no such thing for this team
    ├── Conflict                   400  the thing is in another state (never 409: clients would retry)
    ├── Outdated                   412  made of what is no longer the newest; take that and try again
    ├── TooLarge                   413  upload or body over its limit
    ├── Invalid                    422  a field of the request is wrong; carries every fault
    ├── LimitReached               429  rate, quota of concurrent tasks; carries `retry_after`
    ├── QuotaExceeded              400  the team's disk quota is used up
    ├── StageFailure                    a stage ended a task: reason, message, cure
    │   ├── SourceFailure               the media itself is at fault
    │   ├── EngineFailure               a model could not do its work
    │   ├── StageTimeout                a stage ran past its limit
    │   ├── HostDied                    the process that did the work died (retryable)
    │   └── StorageFull                 no room left on the disk
    ├── Cancelled                       the task was cancelled while its stage ran
    ├── Superseded                      another worker has taken the task over
    └── Misconfigured                   the installation is at fault; names the setting and the cure

Every error has a `code` (stable, snake case), an HTTP `status`, an `exception_reason` of the public
API and says whether trying again may help (`retryable`). The message is for a person and says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class ExceptionReason(StrEnum):
    """The public API's closed list of reasons (its reference page, "Failure detail")."""

    HARMFUL_CONTENT_DETECTED = "HARMFUL_CONTENT_DETECTED"
    VOICE_CONVERSION_ERROR = "VOICE_CONVERSION_ERROR"
    PROCESSING_ERROR = "PROCESSING_ERROR"
    SOURCE_TOO_LONG = "SOURCE_TOO_LONG"
    SOURCE_TOO_LARGE = "SOURCE_TOO_LARGE"
    SOURCE_TYPE_NOT_SUPPORTED = "SOURCE_TYPE_NOT_SUPPORTED"
    ERROR_DOWNLOADING_SOURCE = "ERROR_DOWNLOADING_SOURCE"
    TOO_MANY_GDRIVE_REQUESTS = "TOO_MANY_GDRIVE_REQUESTS"
    SOURCE_BLOCKED_IN_REGION = "SOURCE_BLOCKED_IN_REGION"
    SOURCE_IS_AGE_RESTRICTED = "SOURCE_IS_AGE_RESTRICTED"
    SOURCE_NOT_FOUND = "SOURCE_NOT_FOUND"
    MISMATCHED_SOURCE_CODEC = "MISMATCHED_SOURCE_CODEC"
    CONTENT_DOES_NOT_MATCH_EXTENSION = "CONTENT_DOES_NOT_MATCH_EXTENSION"
    INVALID_SOURCE_DATA = "INVALID_SOURCE_DATA"
    VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS = "VIDEO_DOES_NOT_HAVE_AUDIO_STREAMS"
    MASTERING_OUT_OF_RANGE = "MASTERING_OUT_OF_RANGE"
    INVALID_AUDIO_TRACKS_SELECTION = "INVALID_AUDIO_TRACKS_SELECTION"
    PAYMENT_REQUIRED = "PAYMENT_REQUIRED"
    FORBIDDEN = "FORBIDDEN"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    NONE = "NONE"


class SoundstageError(Exception):
    """Base of every error that Soundstage raises on purpose; `str(error)` is the sentence for a person."""

    code = "internal_error"
    status = 500
    reason = ExceptionReason.INTERNAL_ERROR
    retryable = False

    @property
    def message(self) -> str:
        return str(self)


class BadRequest(SoundstageError):
    code = "bad_request"
    status = 400
    reason = ExceptionReason.NONE


class Unauthenticated(SoundstageError):
    code = "unauthenticated"
    status = 401
    reason = ExceptionReason.FORBIDDEN


class Forbidden(SoundstageError):
    code = "forbidden"
    status = 403
    reason = ExceptionReason.FORBIDDEN


class NotFound(SoundstageError):
    code = "not_found"
    status = 404
    reason = ExceptionReason.NONE


class Conflict(BadRequest):
    code = "conflict"


class Outdated(SoundstageError):
    code = "outdated"
    status = 412
    reason = ExceptionReason.NONE


class TooLarge(SoundstageError):
    code = "too_large"
    status = 413
    reason = ExceptionReason.SOURCE_TOO_LARGE


@dataclass(frozen=True)
class Fault:
    """One wrong field: where it is (`("body", "duration")`), what is wrong and what to do, a stable type."""

    loc: tuple[str | int, ...]
    msg: str
    type: str = "value_error"


class Invalid(SoundstageError):
    """One or more fields of the request are wrong."""

    code = "invalid"
    status = 422
    reason = ExceptionReason.NONE

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, fault.loc))}: {fault.msg}" for fault in self.faults))

    @classmethod
    def field(cls, name: str, msg: str, *, where: str = "body", type: str = "value_error") -> Invalid:  # noqa: A002
        return cls([Fault((where, *name.split(".")), msg, type)])


class LimitReached(SoundstageError):
    code = "limit_reached"
    status = 429
    reason = ExceptionReason.NONE
    retryable = True

    def __init__(self, message: str, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class QuotaExceeded(BadRequest):
    code = "quota_exceeded"
    reason = ExceptionReason.PAYMENT_REQUIRED


class StageFailure(SoundstageError):
    """Ends the stage; the task ends in the failure word with this message and reason."""

    code = "stage_failure"
    reason = ExceptionReason.PROCESSING_ERROR

    def __init__(self, message: str, reason: ExceptionReason | None = None, *, retryable: bool | None = None) -> None:
        super().__init__(message)
        if reason is not None:
            self.reason = reason
        if retryable is not None:
            self.retryable = retryable


class SourceFailure(StageFailure):
    code = "source_failure"
    reason = ExceptionReason.INVALID_SOURCE_DATA


class EngineFailure(StageFailure):
    code = "engine_failure"


class StageTimeout(StageFailure):
    code = "stage_timeout"


class HostDied(StageFailure):
    code = "host_died"
    reason = ExceptionReason.INTERNAL_ERROR
    retryable = True


class StorageFull(StageFailure):
    code = "storage_full"
    reason = ExceptionReason.INTERNAL_ERROR


class Cancelled(SoundstageError):
    code = "cancelled"
    reason = ExceptionReason.NONE


class Superseded(SoundstageError):
    code = "superseded"


class Misconfigured(SoundstageError):
    code = "misconfigured"
