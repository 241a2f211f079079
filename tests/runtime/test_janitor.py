"""What nobody needs any more goes."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import Table, func, select, update
from tests.runtime.road_kit import Road

from soundstage.domain.task import TaskKind
from soundstage.runtime import janitor as janitor_module
from soundstage.runtime.janitor import Janitor
from soundstage.services.idempotency import Idempotency
from soundstage.storage import stage_history, workers
from soundstage.storage.blobs.local import LocalBlobs
from soundstage.storage.database import Database
from soundstage.storage.stage_history import KEPT, Sample
from soundstage.storage.tables import idempotency
from soundstage.storage.tables import stage_history as history_table
from soundstage.storage.tables import workers as workers_table

LONG_AGO = 1_000_000_000_000


def count(database: Database, table: Table) -> int:
    with database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def sweep(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SimpleNamespace(monotonic=iter((0.0, 100.0, 100.0, 100.0)).__next__)
    monkeypatch.setattr(janitor_module, "time", clock)  # not of this whole process
    Janitor(road_on.database, LocalBlobs(road_on.folder / "artifacts"), upload_life_days=7.0).sweep()


def test_idempotency_keys_are_forgotten_after_their_life(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    actor = road_on.actor()
    road_on.create(actor, idempotency=Idempotency("old", "digest"))
    with road_on.database.unit() as connection:
        connection.execute(update(idempotency).values(created_at=LONG_AGO))
    road_on.create(actor, idempotency=Idempotency("new", "digest"))
    sweep(road_on, monkeypatch)
    assert count(road_on.database, idempotency) == 1


def test_workers_that_ended_long_ago_are_forgotten(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    with road_on.database.unit() as connection:
        for worker_id in ("stopped long ago", "dead long ago", "silent", "stopped now"):
            workers.insert(connection, worker_id=worker_id, host="h", pid=1, pid_started=0.0, lanes={"sound": 1})
        connection.execute(update(workers_table).values(beat_at=LONG_AGO))
        workers.set_state(connection, "stopped now", "stopped", only_from=("alive",))
        for worker_id, state in (("stopped long ago", "stopped"), ("dead long ago", "dead")):
            connection.execute(update(workers_table).where(workers_table.c.worker_id == worker_id).values(state=state))
    sweep(road_on, monkeypatch)
    with road_on.database.read() as connection:
        left = set(connection.execute(select(workers_table.c.worker_id)).scalars())
    assert left == {"silent", "stopped now"}


def test_only_the_latest_samples_of_each_stage_are_kept(road_on: Road, monkeypatch: pytest.MonkeyPatch) -> None:
    kind = TaskKind.TEXT_TO_SOUND
    with road_on.database.unit() as connection:
        for place in range(KEPT + 15):
            stage_history.record(connection, kind, Sample("generate", "e", "cpu", 1.0, float(place)))
        stage_history.record(connection, kind, Sample("master", "", "cpu", 1.0, 1.0))
    sweep(road_on, monkeypatch)
    assert count(road_on.database, history_table) == KEPT + 1
    with road_on.database.read() as connection:
        samples = stage_history.recent(connection, kind, ("generate",))
    assert [sample.seconds for sample in samples] == [float(place) for place in reversed(range(15, KEPT + 15))]
