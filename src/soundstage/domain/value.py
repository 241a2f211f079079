"""The base of every noun: a frozen pydantic model that refuses unknown fields and travels as JSON."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Milliseconds = Annotated[int, Field(ge=0)]
# An ISO 639 code, or a tag that begins with one.
LanguageCode = Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Value(BaseModel):
    """Frozen, compared by value, strict about its fields; NaN and infinity are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
