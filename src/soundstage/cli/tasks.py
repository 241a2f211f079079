"""`soundstage tasks …`: list, show, watch, cancel, retry, continue."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.client import task_path
from soundstage.cli.console import FAILED
from soundstage.cli.options import HowMany

app = typer.Typer(no_args_is_help=True, help="Follow and steer tasks.")
TaskId = Annotated[str, typer.Argument(help="The task_id that a create answered.")]


@app.command("list")
@at_server
def list_tasks(
    server: AtServer,
    state: Annotated[str | None, typer.Option(help="Only tasks in this state.", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option(help="Only tasks of this kind.", show_default=False)] = None,
    limit: HowMany = 20,
) -> None:
    """The team's tasks, newest first."""
    with server.client() as client:
        page = client.get("/apis/tasks", state=state, kind=kind, limit=limit)
    if server.told.as_json:
        server.told.result(page)
        return
    table = Table("task", "kind", "state", "progress", "run", "created")
    for item in page["items"]:
        progress = f"{item['progress']:.0%}"
        run = "" if item["run_id"] is None else str(item["run_id"])
        table.add_row(item["task_id"], item["kind"], item["state"], progress, run, item["created_at"][:19])
    server.told.out.print(table)


@app.command()
@at_server
def show(server: AtServer, task_id: TaskId) -> None:
    """One task with its stages and findings."""
    with server.client() as client:
        server.told.result(client.get(task_path(task_id)))


@app.command()
@at_server
def watch(server: AtServer, task_id: TaskId) -> None:
    """Follow a task until it has ended or is parked; exit code 1 when it failed or was cancelled."""
    with server.client() as client:
        status = server.follow(client, task_id)
    server.told.result(status, f"{status['state']}" + (f": {status['message']}" if status.get("message") else ""))
    if status["state"] not in ("succeeded", "parked"):
        raise typer.Exit(FAILED)


@app.command()
@at_server
def cancel(server: AtServer, task_id: TaskId) -> None:
    """End a waiting or running task now."""
    _steer("cancel", server, task_id)


@app.command()
@at_server
def retry(server: AtServer, task_id: TaskId) -> None:
    """Queue a failed or cancelled task again; finished stages stay done."""
    _steer("retry", server, task_id)


@app.command("continue")
@at_server
def go_on(server: AtServer, task_id: TaskId) -> None:
    """Go on with a parked task, from what its project shows now."""
    _steer("continue", server, task_id)


def _steer(verb: str, server: AtServer, task_id: str) -> None:
    with server.client() as client:
        status = client.post(task_path(task_id, verb))
    server.told.result(status, f"{task_id} is {status['state']}")
