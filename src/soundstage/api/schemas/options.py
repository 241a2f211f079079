"""The field `options` of a set-up: what is not known is refused with what there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError

from soundstage.domain.options import SetupOptions


def _known(value: Any) -> Any:
    faults = list(_faults(value)) if isinstance(value, dict) else []
    if faults:
        raise ValidationError.from_exception_data("options", faults)
    return value


def _faults(options: dict[Any, Any]) -> Iterator[InitErrorDetails]:
    stages = _fields(SetupOptions)
    for stage, given in options.items():
        if stage not in stages:
            yield _fault((stage,), "unknown_stage", "No stage of this name takes options; these do: {there}.", stages)
        elif isinstance(given, dict):
            there = _fields(stages[stage])
            for option in given:
                if option not in there:
                    message = "The stage has no such option; there is: {there}."
                    yield _fault((stage, option), "unknown_option", message, there)


def _fields(model: Any) -> dict[str, Any]:
    assert issubclass(model, BaseModel)
    return {name: field.annotation for name, field in model.model_fields.items()}


def _fault(loc: tuple[str, ...], kind: Any, message: Any, there: dict[str, Any]) -> InitErrorDetails:
    return InitErrorDetails(type=PydanticCustomError(kind, message, {"there": ", ".join(there)}), loc=loc, input=None)


Options = Annotated[SetupOptions, BeforeValidator(_known)]
