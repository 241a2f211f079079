"""How long stages took here: what the ETA learns from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from soundstage.domain.task import TaskKind
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import stage_history

KEPT = 60  # samples a stage: enough for quantiles, few enough to follow a change of machine


@dataclass(frozen=True)
class Sample:
    """Wall seconds a stage took for so many seconds of media (0 where media length does not matter)."""

    stage: str
    engine: str
    device: str
    media_seconds: float
    seconds: float


def record(connection: Connection, kind: TaskKind, sample: Sample) -> None:
    connection.execute(
        stage_history.insert(),
        {
            "kind": kind.value,
            "stage": sample.stage,
            "engine": sample.engine,
            "device": sample.device,
            "media_seconds": sample.media_seconds,
            "seconds": sample.seconds,
            "at": now_ms(),
        },
    )


def recent(connection: Connection, kind: TaskKind, stages: tuple[str, ...]) -> tuple[Sample, ...]:
    """The latest samples of every stage, newest first."""
    found: list[Sample] = []
    for stage in stages:
        query = (
            select(stage_history)
            .where(stage_history.c.kind == kind.value, stage_history.c.stage == stage)
            .order_by(stage_history.c.history_id.desc())
            .limit(KEPT)
        )
        found.extend(
            Sample(row.stage, row.engine, row.device, row.media_seconds, row.seconds)
            for row in connection.execute(query)
        )
    return tuple(found)


def trim(connection: Connection, keep_after_ms: int) -> None:
    """Forget samples older than a moment, and all but the latest of each stage."""
    connection.execute(delete(stage_history).where(stage_history.c.at < keep_after_ms))
    for kind, stage in connection.execute(select(stage_history.c.kind, stage_history.c.stage).distinct()).all():
        same = (stage_history.c.kind == kind, stage_history.c.stage == stage)
        newest = select(stage_history.c.history_id).where(*same).order_by(stage_history.c.history_id.desc())
        last_kept = connection.execute(newest.offset(KEPT - 1).limit(1)).scalar()
        if last_kept is not None:
            connection.execute(delete(stage_history).where(*same, stage_history.c.history_id < last_kept))
