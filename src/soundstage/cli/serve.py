"""`soundstage serve` and `soundstage worker`."""

from __future__ import annotations

from typing import Annotated

import typer

from soundstage import config
from soundstage.cli.console import Output, log_to_stderr
from soundstage.cli.options import AsJson, Data
from soundstage.host.child import die_with

# What serves and works is imported inside: no other command should wait for it.


def serve(
    host: Annotated[str | None, typer.Option(help="Address to bind (127.0.0.1).", show_default=False)] = None,
    port: Annotated[int | None, typer.Option(help="Port to bind (8000); 0: a free one.", show_default=False)] = None,
    data: Data = None,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Only answer; see `soundstage worker`.")] = False,
    as_json: AsJson = False,
) -> None:
    """Answer the API and the pages, with a worker beside them."""
    settings = config.load(host=host, port=port, data=data)
    log_to_stderr(settings.log_level, settings.log_format)
    from soundstage.cli import serving  # noqa: PLC0415

    serving.serve(settings, Output(as_json), with_worker=not no_worker)


def worker(
    data: Data = None,
    queues: Annotated[str | None, typer.Option(help="Lanes to serve, such as sound,setup.", show_default=False)] = None,
    parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Do the work of a server that was started with --no-worker, or help one on the same database."""
    if parent is not None:
        die_with(parent)
    settings = config.load(data=data)
    log_to_stderr(settings.log_level, settings.log_format)
    from soundstage.cli import working  # noqa: PLC0415

    raise typer.Exit(working.work(settings, queues, supervised=parent is not None))
