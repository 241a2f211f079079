"""One look at the tables for all who wait: long polls and event streams of this process share it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog

from soundstage.storage import tasks
from soundstage.storage.database import Database

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.1  # how late a watcher may hear of a change
GONE = -1  # the revision of a task that was deleted


class Subscription:
    """A watcher of one task; `revision` is the newest one heard of (None before the first look)."""

    def __init__(self, task_id: str, seen: int | None) -> None:
        self.task_id = task_id
        self.revision = seen
        self._moved = asyncio.Event()

    async def wait(self, timeout: float) -> bool:
        """True as soon as the task's row has another revision than when last asked; False after `timeout` seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), timeout)
        moved = self._moved.is_set()
        self._moved.clear()
        return moved

    def tell(self, revision: int) -> None:
        if revision != self.revision:
            self.revision = revision
            self._moved.set()


class Watcher:
    """The tailer of one API process. `start` and `stop` belong to the server's event loop."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._watched: dict[str, set[Subscription]] = {}
        self._tailer: asyncio.Task[None] | None = None
        self._wanted: asyncio.Event | None = None

    async def start(self) -> None:
        self._wanted = asyncio.Event()
        self._tailer = asyncio.create_task(self._tail(), name="task-tailer")

    async def stop(self) -> None:
        if self._tailer is not None:
            self._tailer.cancel()
            with suppress(asyncio.CancelledError):
                await self._tailer

    @contextmanager
    def subscribe(self, task_id: str, seen: int | None = None) -> Iterator[Subscription]:
        """Hear of changes to a task since revision `seen` (None: since the first look)."""
        subscription = Subscription(task_id, seen)
        self._watched.setdefault(task_id, set()).add(subscription)
        if self._wanted is not None:
            self._wanted.set()
        try:
            yield subscription
        finally:
            watchers = self._watched[task_id]
            watchers.discard(subscription)
            if not watchers:
                del self._watched[task_id]

    async def changed(self, task_id: str, seen_revision: int, timeout: float) -> bool:
        """Wait until the task's row has another revision than `seen_revision`, at most `timeout` seconds."""
        with self.subscribe(task_id, seen_revision) as subscription:
            return await subscription.wait(timeout)

    async def _tail(self) -> None:
        wanted = self._wanted
        assert wanted is not None
        while True:
            if not self._watched:
                wanted.clear()
                await wanted.wait()
            try:
                revisions = await asyncio.to_thread(self._revisions, tuple(self._watched))
                self._spread(revisions)
            except Exception as error:
                log.warning("could not look at the tasks", cause=str(error)[:300])
            await asyncio.sleep(LOOK_SECONDS)

    def _revisions(self, task_ids: tuple[str, ...]) -> dict[str, int]:
        with self._database.read() as connection:
            return tasks.revisions(connection, task_ids)

    def _spread(self, revisions: dict[str, int]) -> None:
        for task_id, watchers in self._watched.items():
            revision = revisions.get(task_id, GONE)
            for subscription in watchers:
                subscription.tell(revision)
