"""`soundstage tasks …`: list, show, watch, cancel, retry, continue."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from soundstage.cli.client import task_path
from soundstage.cli.console import FAILED, Output
from soundstage.cli.options import ApiKey, AsJson, Data, HowMany, Url
from soundstage.cli.progress import watch as draw
from soundstage.cli.server_process import client_for

app = typer.Typer(no_args_is_help=True, help="Follow and steer tasks.")
TaskId = Annotated[str, typer.Argument(help="The task_id that a create answered.")]


@app.command("list")
def list_tasks(
    state: Annotated[str | None, typer.Option(help="Only tasks in this state.", show_default=False)] = None,
    kind: Annotated[str | None, typer.Option(help="Only tasks of this kind.", show_default=False)] = None,
    limit: HowMany = 20,
    url: Url = None,
    key: ApiKey = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """The team's tasks, newest first."""
    told = Output(as_json)
    with client_for(url, key, data, told) as client:
        page = client.get("/apis/tasks", state=state, kind=kind, limit=limit)
    if as_json:
        told.result(page)
        return
    table = Table("task", "kind", "state", "progress", "run", "created")
    for item in page["items"]:
        progress = f"{item['progress']:.0%}"
        run = "" if item["run_id"] is None else str(item["run_id"])
        table.add_row(item["task_id"], item["kind"], item["state"], progress, run, item["created_at"][:19])
    told.out.print(table)


@app.command()
def show(task_id: TaskId, url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> None:
    """One task with its stages and findings."""
    told = Output(as_json)
    with client_for(url, key, data, told) as client:
        told.result(client.get(task_path(task_id)))


@app.command()
def watch(task_id: TaskId, url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> None:
    """Follow a task until it has ended or is parked; exit code 1 when it failed or was cancelled."""
    told = Output(as_json)
    with client_for(url, key, data, told) as client:
        status = draw(client.follow(task_id), told.err, quiet=as_json)
    told.result(status, f"{status['state']}" + (f": {status['message']}" if status.get("message") else ""))
    if status["state"] not in ("succeeded", "parked"):
        raise typer.Exit(FAILED)


@app.command()
def cancel(task_id: TaskId, url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> None:
    """End a waiting or running task now."""
    _steer("cancel", task_id, url, key, data, as_json)


@app.command()
def retry(task_id: TaskId, url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> None:
    """Queue a failed or cancelled task again; finished stages stay done."""
    _steer("retry", task_id, url, key, data, as_json)


@app.command("continue")
def go_on(task_id: TaskId, url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> None:
    """Go on with a parked task, from what its project shows now."""
    _steer("continue", task_id, url, key, data, as_json)


def _steer(verb: str, task_id: str, url: Any, key: Any, data: Any, as_json: bool) -> None:
    told = Output(as_json)
    with client_for(url, key, data, told) as client:
        status = client.post(task_path(task_id, verb))
    told.result(status, f"{task_id} is {status['state']}")
