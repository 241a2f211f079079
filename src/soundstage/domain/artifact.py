"""Artifacts: immutable files named by their content."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from soundstage.domain.value import Value

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class Artifact(Value):
    """An immutable file. `name` is what a person calls it within its task, such as `source.flac`."""

    sha256: Sha256
    bytes: Annotated[int, Field(ge=0)]
    media_type: str
    name: str
