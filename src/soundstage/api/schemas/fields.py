"""Fields that several requests share: languages, names, numbers, times."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from soundstage.domain.language import LANGUAGES, default_locale, find
from soundstage.errors import NotFound

MAX_ID = 2**31 - 1  # ids are 32-bit integers in PostgreSQL
AUTO = "auto"
_TASK_ID = re.compile(r"[0-9A-Za-z_-]{1,64}")


class Body(BaseModel):
    """A request body: unknown fields are refused with their names, NaN and infinity too."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True)


class Reply(BaseModel):
    """A reply, as the OpenAPI document shows it."""

    model_config = ConfigDict(frozen=True)


def refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("number_type", "This must be a number, not true or false.")
    return value


def _clean(text: str) -> str:
    if "\0" in text:
        raise PydanticCustomError("string_nul", "Text must not contain the NUL character.")
    return text


def _language(value: Any) -> int:
    """The id behind an id, a numeric string or a locale tag in any letter case."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = find(value) if isinstance(value, int | str) and not isinstance(value, bool) else None
    if found is None:
        near = (
            default_locale(value.strip().lower()) if isinstance(value, str) and len(value.strip()) in (2, 3) else None
        )
        hint = f' Did you mean "{near.tag}"?' if near else ""
        raise PydanticCustomError(
            "unknown_language",
            "Unknown language: use an id or a locale tag listed by GET /apis/target-languages.{hint}",
            {"hint": hint},
        )
    return found.id


def _source_language(value: Any) -> int | None:
    if isinstance(value, str) and value.strip().lower() == AUTO:
        return None
    return _language(value)


def _unique(values: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(values))


def sized(least: int, most: int) -> tuple[Any, ...]:
    """A length check that is made only once every item is right, and its words for OpenAPI."""

    def check(values: tuple[int, ...]) -> tuple[int, ...]:
        if not least <= len(values) <= most:
            raise PydanticCustomError(
                "list_length", "Send {least} to {most} items here.", {"least": least, "most": most}
            )
        return values

    return AfterValidator(check), Field(json_schema_extra={"minItems": least, "maxItems": most})


def iso(at: datetime) -> str:
    """ISO 8601 in UTC, `2026-01-31T12:00:00.123Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


_TAG_SCHEMA = {"anyOf": [{"type": "integer", "minimum": 1, "maximum": LANGUAGES[-1].id}, {"type": "string"}]}

# A limit stands before the check that is ours: then it is told in JSON's words, and the OpenAPI document shows it.
Clean = AfterValidator(_clean)
NoBool = BeforeValidator(refuse_bool)
Text = Annotated[str, Clean]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=255), Clean]
Description = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=5000), Clean]
Id = Annotated[int, Field(ge=1, le=MAX_ID), NoBool]
Index = Annotated[int, Field(ge=0, le=10_000), NoBool]
UniqueIds = Annotated[tuple[Id, ...], AfterValidator(_unique), *sized(0, 100)]
UniqueIndexes = Annotated[tuple[Index, ...], AfterValidator(_unique)]
LanguageId = Annotated[int, BeforeValidator(_language), WithJsonSchema(_TAG_SCHEMA)]
SourceLanguage = Annotated[
    int | None,
    BeforeValidator(_source_language),
    WithJsonSchema({**_TAG_SCHEMA, "description": "A language id, a locale tag such as `en-us`, or `auto`."}),
]
Languages = Annotated[tuple[LanguageId, ...], AfterValidator(_unique), *sized(1, 149)]
RunIds = Annotated[tuple[Id, ...], *sized(2, 5)]
Time = Annotated[datetime, PlainSerializer(iso, return_type=str)]


def run_id_of(number: int) -> int:
    """A run id from a path. Raises NotFound for what no run can have."""
    if not 1 <= number <= MAX_ID:
        raise NotFound("There is no such run.")
    return number


def dictionary_id_of(number: int) -> int:
    """A dictionary or term id from a path. Raises NotFound for what none can have."""
    if not 1 <= number <= MAX_ID:
        raise NotFound("There is no such dictionary or term.")
    return number


def task_id_of(text: str) -> str:
    """A task id from a path. Raises NotFound for what no task can have."""
    if not _TASK_ID.fullmatch(text):
        raise NotFound("There is no such task.")
    return text
