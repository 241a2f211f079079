"""Runs: the numbered products of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from soundstage.domain.task import TaskKind
from soundstage.domain.value import Value


class Run(Value):
    """`run_id` comes from one sequence for all kinds; `product` is the JSON of the kind's product model.

    `kind` is what the task's kind makes (`TaskKind.makes`): an imported project is found as one that was set up.
    """

    run_id: int
    task_id: str
    team_id: int
    kind: TaskKind
    folder_id: int | None
    created_at: datetime
    product: dict[str, Any]
