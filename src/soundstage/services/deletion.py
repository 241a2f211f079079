"""Deleting a task or a run: with the run go the tasks that made it, and nothing that another revision needs."""

from __future__ import annotations

from contextlib import suppress

from soundstage.domain.run import Run
from soundstage.domain.task import Task
from soundstage.errors import Conflict, NotFound
from soundstage.storage import project_revisions, runs, tasks
from soundstage.storage.database import Connection
from soundstage.storage.removal import remove_task


def delete_task(connection: Connection, task: Task) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """Delete a task at rest: with its run and all that made it, or, of a re-run, with the revision that it made.

    Returns the tasks that are gone, and the SHA-256 of contents that nobody refers to now. Raises Conflict while one of
    the tasks has not ended, and where the revision is the head or others were made of it; NotFound when it is gone.
    """
    run = runs.of_task(connection, task.task_id)
    if run is not None:
        return delete_run(connection, run)
    if task.run_id is not None:  # a project is held before its tasks, here and everywhere
        with suppress(LookupError):
            _check_unneeded(connection, task.run_id, task.task_id)
    held = tasks.get(connection, task.task_id, lock=True)
    if held is None:
        raise NotFound(f"the task {task.task_id} is deleted already")
    if not held.state.at_rest:
        raise Conflict(f"the task is {held.state}; cancel it before deleting it")
    return (held,), remove_task(connection, held)


def delete_run(connection: Connection, run: Run) -> tuple[tuple[Task, ...], tuple[str, ...]]:
    """Delete a run with every task that made it or a revision of it; returns and raises what `delete_task` does."""
    try:
        project_revisions.lock(connection, run.run_id)
    except LookupError as error:
        raise NotFound(f"run {run.run_id} is deleted already") from error
    maker = tasks.get(connection, run.task_id, lock=True)
    later = [task for task in tasks.of_run(connection, run.run_id) if task.task_id != run.task_id]
    made_by = (*later, *([] if maker is None else [maker]))  # the run goes with its maker: last
    for task in made_by:
        if not task.state.at_rest:
            raise Conflict(f"its task {task.task_id} is {task.state} still; cancel that task or wait for its end")
    return made_by, tuple(sha256 for task in made_by for sha256 in remove_task(connection, task))


def _check_unneeded(connection: Connection, run_id: int, task_id: str) -> None:
    project_revisions.lock(connection, run_id)
    coming = [one.parameters.get("basis") for one in tasks.of_run(connection, run_id) if not one.state.at_rest]
    made = project_revisions.needed(connection, run_id, task_id, {basis["revision"] for basis in coming if basis})
    if made is not None:
        raise Conflict(
            f"the task made revision {made} of project {run_id}, which is its head or what later ones were made of; "
            "choose another revision, or delete the project"
        )
