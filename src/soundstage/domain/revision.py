"""Revisions of a project: what it was after its set-up, after each re-run of a stage, after each edit."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from soundstage.domain.value import Value


class Origin(StrEnum):
    """What made a revision: the set-up, its going on after it was parked, a stage done again, a person, an import."""

    SETUP = "setup"
    CONTINUE = "continue"
    RERUN = "rerun"
    EDIT = "edit"
    IMPORT = "import"


class Revision(Value):
    """A whole project at one time; it never changes. `revision` counts from 1 within the run.

    `base`: the revision it was made from, None for the first. `task_id`: the task whose stages stand behind it, which
    an edit takes over from its base. `stage`: what a re-run began with. `product`: JSON of `ProjectProduct`.
    `head`: it is what the project shows.
    """

    run_id: int
    revision: int
    base: int | None
    origin: Origin
    task_id: str
    stage: str | None
    note: str | None
    created_at: datetime
    product: dict[str, Any]
    head: bool
