"""Options of the stages of a set-up, `{stage: {option: value}}`: one frozen model a stage, found under its name."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from soundstage.domain.value import Value


class Quality(StrEnum):
    """How much work is put into something."""

    FAST = "fast"
    BEST = "best"


class SeparationQuality(StrEnum):
    """`none`: the mix stays whole."""

    NONE = "none"
    FAST = "fast"
    BEST = "best"


class SeparateOptions(Value):
    """What may be asked of the stage `separate`."""

    quality: SeparationQuality | None = Field(
        None, description="`none` leaves the mix whole; `best` takes more time for it than `fast`, where an engine can."
    )


class SetupOptions(Value):
    """The stages that take options. Another stage's are one model and one line here."""

    separate: SeparateOptions = SeparateOptions()
