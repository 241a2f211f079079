"""Doing a stage again after what may pass: a fault that says so, a database that is away."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

import structlog

from soundstage.errors import SoundstageError
from soundstage.runtime.context import WorkerContext
from soundstage.runtime.settings import WorkerSettings
from soundstage.storage import tasks
from soundstage.storage.database import PASSING, Database

log = structlog.get_logger(__name__)

PAUSE_SECONDS = 2.0  # between tries to reach the database
Answer = TypeVar("Answer")


def with_retries(
    do: Callable[[], Answer],
    context: WorkerContext,
    database: Database,
    settings: WorkerSettings,
    over: Callable[[], bool],
) -> Answer:
    """Run the stage of the context; after a retryable failure again, with pauses that double, unless all is over."""
    for again in range(settings.retries + 1):
        try:
            return do()
        except SoundstageError as error:
            if not error.retryable or again == settings.retries or over():
                raise
            log.warning("stage tried again", task_id=context.task_id, stage=context.stage, cause=error.message)
            context.restart()
            context.pause(settings.retry_pause_seconds * 2**again)
        except PASSING as error:
            if again == settings.retries:
                raise
            log.warning("database away", task_id=context.task_id, stage=context.stage, cause=str(error)[:300])
            _await_database(database, context)
            context.restart()
    raise AssertionError("unreachable")


def _await_database(database: Database, context: WorkerContext) -> None:
    while True:
        context.pause(PAUSE_SECONDS)
        with suppress(*PASSING), database.read() as connection:
            tasks.revisions(connection, (context.task_id,))
            return
