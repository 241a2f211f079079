"""The tailer of an API process: who waits hears of a change, and of nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.services.conftest import create

from soundstage.domain.task import Task
from soundstage.services.actor import Actor
from soundstage.services.tasks import TasksService
from soundstage.services.watch import GONE, Watcher
from soundstage.storage.database import Database

PATIENCE_SECONDS = 60.0


def test_a_change_is_heard_and_silence_is_not(database: Database, tasks: TasksService, actor: Actor) -> None:
    task = create(tasks, actor)

    async def watch() -> None:
        watcher = Watcher(database)
        await watcher.start()
        try:
            assert not await watcher.changed(task.task_id, task.revision, 0.4)
            hears = asyncio.create_task(watcher.changed(task.task_id, task.revision, PATIENCE_SECONDS))
            await asyncio.sleep(0.2)
            await asyncio.to_thread(tasks.cancel, actor, task.task_id)
            assert await hears
            assert await watcher.changed(task.task_id, task.revision, PATIENCE_SECONDS), (
                "a change of the past is told at once"
            )
        finally:
            await watcher.stop()

    asyncio.run(watch())


def test_a_deleted_task_is_gone_to_all_who_watch(database: Database, tasks: TasksService, actor: Actor) -> None:
    task = tasks.cancel(actor, create(tasks, actor).task_id)
    revisions = _after(database, task, lambda: tasks.delete(actor, task.task_id))
    assert revisions == [GONE, GONE]


def _after(database: Database, task: Task, do: Callable[[], None]) -> list[int | None]:
    """What two watchers have heard after something was done."""

    async def watch() -> list[int | None]:
        watcher = Watcher(database)
        await watcher.start()
        try:
            with watcher.subscribe(task.task_id, task.revision) as one, watcher.subscribe(task.task_id) as other:
                await asyncio.to_thread(do)
                while GONE not in (one.revision, other.revision) or one.revision != other.revision:
                    await one.wait(1.0)
                return [one.revision, other.revision]
        finally:
            await watcher.stop()

    return asyncio.run(asyncio.wait_for(watch(), PATIENCE_SECONDS))
