"""The append-only log of what happened to tasks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from soundstage.domain.event import Event, EventType
from soundstage.storage.clock import from_ms, now_ms
from soundstage.storage.tables import events


def append(connection: Connection, task_id: str, team_id: int, event_type: EventType, data: dict[str, Any]) -> None:
    append_all(connection, task_id, team_id, [(event_type, data)])


def append_all(
    connection: Connection, task_id: str, team_id: int, news: Sequence[tuple[EventType, dict[str, Any]]]
) -> None:
    """Several events, numbered in this order."""
    at = now_ms()
    rows = [
        {"task_id": task_id, "team_id": team_id, "at": at, "type": kind.value, "data": orjson.dumps(data).decode()}
        for kind, data in news
    ]
    connection.execute(events.insert(), rows)


def after(connection: Connection, task_id: str, event_id: int, *, limit: int = 500) -> tuple[Event, ...]:
    """Events of a task with a higher number than `event_id`, in order."""
    query = (
        select(events)
        .where(events.c.task_id == task_id, events.c.event_id > event_id)
        .order_by(events.c.event_id)
        .limit(limit)
    )
    return tuple(
        Event(
            event_id=row["event_id"],
            task_id=row["task_id"],
            team_id=row["team_id"],
            at=from_ms(row["at"]),
            type=EventType(row["type"]),
            data=orjson.loads(row["data"]),
        )
        for row in connection.execute(query).mappings()
    )


def last_id(connection: Connection, task_id: str) -> int:
    """The number of the task's latest event, 0 when it has none."""
    query = select(func.max(events.c.event_id)).where(events.c.task_id == task_id)
    return int(connection.execute(query).scalar() or 0)


def delete(connection: Connection, task_id: str) -> None:
    connection.execute(events.delete().where(events.c.task_id == task_id))
