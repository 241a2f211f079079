"""How typed values travel: JSON by the type hints of the function that is called.

Arguments become what the function's hints say (values, paths, enums, tuples …); its answer becomes JSON by its return
hint. Parameters and answers without a hint stay plain JSON. A parameter named `report` never travels.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, NotRequired, Required, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import to_json
from typing_extensions import TypedDict

REPORT = "report"  # the parameter that is given the progress callable


def find(dotted: str) -> Any:
    """What `package.module:name` (or `…:Class.method`) names. Raises ImportError, AttributeError or ValueError."""
    module, colon, path = dotted.partition(":")
    if not colon or not module or not path:
        raise ValueError(f"{dotted!r} is not of the form package.module:function")
    thing = importlib.import_module(module)
    for part in path.split("."):
        thing = getattr(thing, part)
    return thing


@dataclass(frozen=True)
class Signature:
    """A function's parameters and answer as types that JSON can be read into and written from."""

    function: Callable[..., Any]

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return get_type_hints(self.function, include_extras=True)

    @cached_property
    def _parameters(self) -> dict[str, inspect.Parameter]:
        return {name: p for name, p in inspect.signature(self.function).parameters.items() if name != "self"}

    @property
    def reports(self) -> bool:
        return REPORT in self._parameters

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Parameters that travel, in order."""
        return tuple(
            name
            for name, p in self._parameters.items()
            if name != REPORT and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        )

    @cached_property
    def _arguments(self) -> TypeAdapter[dict[str, Any]]:
        fields = {}
        for name in self.names:
            hint = self._hints.get(name, Any)
            needed = self._parameters[name].default is inspect.Parameter.empty
            fields[name] = Required[hint] if needed else NotRequired[hint]
        make_table: Any = TypedDict  # typing_extensions' own: pydantic refuses the library's before Python 3.12
        table = make_table("Arguments", fields)
        table.__pydantic_config__ = ConfigDict(extra="forbid")
        return TypeAdapter(table)

    @cached_property
    def _answer(self) -> TypeAdapter[Any]:
        return TypeAdapter(self._hints.get("return", Any))

    def read_arguments(self, payload: bytes) -> dict[str, Any]:
        """Keyword arguments out of a JSON object. Raises TypeError that names each argument that does not fit."""
        try:
            return self._arguments.validate_json(payload)
        except ValidationError as error:
            raise TypeError(f"{self._name}: {_explain(error)}") from error

    def check_arguments(self, arguments: Mapping[str, Any]) -> None:
        """Raises TypeError that names each argument that does not fit."""
        try:
            self._arguments.validate_python(dict(arguments))
        except ValidationError as error:
            raise TypeError(f"{self._name}: {_explain(error)}") from error

    def write_answer(self, answer: Any) -> bytes:
        """JSON of an answer. Raises TypeError when it is not what the return hint says."""
        try:
            return self._answer.dump_json(self._answer.validate_python(answer))
        except ValidationError as error:
            raise TypeError(f"{self._name} answered with the wrong thing: {_explain(error)}") from error

    def read_answer(self, payload: bytes) -> Any:
        """The answer out of JSON. Raises TypeError when it does not fit the return hint."""
        try:
            return self._answer.validate_json(payload)
        except ValidationError as error:
            raise TypeError(f"{self._name} answered with the wrong thing: {_explain(error)}") from error

    @property
    def _name(self) -> str:
        return getattr(self.function, "__qualname__", repr(self.function))


@lru_cache(maxsize=512)
def signature(dotted: str) -> Signature:
    """The signature of `package.module:function`; imports the module."""
    return Signature(find(dotted))


def write_arguments(arguments: Mapping[str, Any]) -> bytes:
    """Values, paths, enums and plain JSON as one JSON object. Raises TypeError for what cannot travel."""
    try:
        return to_json(dict(arguments), inf_nan_mode="constants")
    except ValueError as error:  # pydantic's own serialisation error is one
        raise TypeError(f"arguments that cannot travel as JSON: {error}") from error


def _explain(error: ValidationError) -> str:
    faults = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc'])) or 'value'}: {fault['msg']}" for fault in faults[:5])
