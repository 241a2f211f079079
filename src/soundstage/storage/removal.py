"""Removing a task with everything that was kept for it."""

from __future__ import annotations

from sqlalchemy import Connection

from soundstage.domain.task import Task
from soundstage.storage import artifacts, events, project_revisions, runs, stage_results, tasks


def remove_task(connection: Connection, task: Task) -> tuple[str, ...]:
    """Delete an ended task, its results, events and revisions; of the task that made a run, the run too.

    Returns the SHA-256 of contents that nobody refers to now; the caller deletes the bytes after the commit.
    """
    orphans = artifacts.release(connection, task_id=task.task_id)
    stage_results.delete(connection, task.task_id)
    events.delete(connection, task.task_id)
    run = runs.of_task(connection, task.task_id)
    if run is not None:
        orphans += artifacts.release(connection, run_id=run.run_id)
        runs.delete(connection, run.run_id)
    elif task.run_id is not None:
        project_revisions.delete(connection, task.run_id, task_id=task.task_id)
    tasks.delete(connection, task.task_id)
    return orphans
