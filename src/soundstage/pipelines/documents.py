"""Values too large for a stage's checkpoint, kept as JSON artifacts."""

from __future__ import annotations

from typing import TypeVar

from soundstage.domain.artifact import Artifact
from soundstage.domain.value import Value
from soundstage.pipelines.context import StageContext

AnyValue = TypeVar("AnyValue", bound=Value)


def put_document(context: StageContext, value: Value, name: str) -> Artifact:
    """Keep a value as JSON. The same value gives the same bytes."""
    path = context.scratch() / name
    path.write_bytes(value.model_dump_json().encode())
    return context.put(path, name=name, media_type="application/json")


def open_document(context: StageContext, artifact: Artifact, model: type[AnyValue]) -> AnyValue:
    """Read back what `put_document` kept."""
    return model.model_validate_json(context.open(artifact).read_bytes())
