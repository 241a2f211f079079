"""Events: append-only facts about a task, numbered in one sequence."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from soundstage.domain.value import Value


class EventType(StrEnum):
    """`status`: a state changed; `finding`: a stage told what it found; `end`: the task ended."""

    STATUS = "status"
    FINDING = "finding"
    END = "end"


class Event(Value):
    event_id: int
    task_id: str
    team_id: int
    at: datetime
    type: EventType
    data: dict[str, Any]
