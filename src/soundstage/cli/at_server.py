"""Commands that talk to a server: the options by which they find it, and how they have it do a task."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate

from soundstage.cli.client import Client
from soundstage.cli.console import FAILED, CliError, Output
from soundstage.cli.options import ApiKey, AsJson, Data, Url
from soundstage.cli.progress import watch
from soundstage.cli.server_process import client_for


@dataclass(frozen=True)
class AtServer:
    """The server that a command was told to use; `told` is where the command says what came of it."""

    told: Output
    url: str | None = None
    key: str | None = None
    data: Path | None = None

    @contextmanager
    def client(self) -> Iterator[Client]:
        """A client of the server, which is started for as long as this is open where none is named and none runs."""
        with client_for(self.url, self.key, self.data, self.told) as client:
            yield client

    def follow(self, client: Client, task_id: str) -> dict[str, Any]:
        """Show a task's progress until it has ended or is parked; its last status."""
        return watch(client.follow(task_id), self.told.err, quiet=self.told.as_json)

    def make(self, client: Client, path: str, body: dict[str, Any], *, otherwise: str) -> dict[str, Any]:
        """Post a task and follow it; its last status.

        Raises CliError when the task fails or is cancelled: `otherwise`, such as "the sound was not made", and why.
        """
        status = self.follow(client, client.post(path, body)["task_id"])
        if status["state"] not in ("succeeded", "parked"):
            raise CliError(f"{otherwise} ({status.get('exception_reason')}): {status.get('message')}", FAILED)
        return status


def at_server(command: Callable[Concatenate[AtServer, ...], None]) -> Callable[..., None]:
    """Gives a command the server as its first argument, and `--url`, `--key`, `--data` and `--json` as its last."""

    @wraps(command)
    def with_options(**given: Any) -> None:
        server = _named(**{option.name: given.pop(option.name) for option in _OPTIONS})
        command(server, **given)

    own = tuple(inspect.signature(command, eval_str=True).parameters.values())[1:]
    shown = inspect.Signature([*own, *_OPTIONS], return_annotation=None)
    with_options.__signature__ = shown  # type: ignore[attr-defined]  # Typer reads both
    with_options.__annotations__ = {one.name: one.annotation for one in shown.parameters.values()}
    return with_options


def _named(url: Url = None, key: ApiKey = None, data: Data = None, as_json: AsJson = False) -> AtServer:
    return AtServer(Output(as_json), url, key, data)


_OPTIONS = tuple(inspect.signature(_named, eval_str=True).parameters.values())
