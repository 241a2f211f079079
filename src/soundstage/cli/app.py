"""All commands in one place."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from soundstage import __version__
from soundstage.cli import keys, models, projects, revisions, sounds, tasks
from soundstage.cli.console import FAILED, INTERRUPTED, CliError
from soundstage.cli.doctor import doctor
from soundstage.cli.engines import engines
from soundstage.cli.serve import serve, worker
from soundstage.cli.setup import setup
from soundstage.cli.sound import sound
from soundstage.errors import SoundstageError

app = typer.Typer(
    name="soundstage",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="The open, self-hosted server for localisation and sound.",
)
app.command()(serve)
app.command()(worker)
app.command()(setup)
app.command()(sound)
app.command()(engines)
app.command()(doctor)
projects.app.command("revisions")(revisions.list_revisions)
projects.app.command()(revisions.choose)
projects.app.command()(revisions.compare)
projects.app.command()(revisions.rerun)
app.add_typer(tasks.app, name="tasks")
app.add_typer(projects.app, name="projects")
app.add_typer(sounds.app, name="sounds")
app.add_typer(keys.app, name="keys")
app.add_typer(models.app, name="models")


@app.callback(invoke_without_command=True)
def soundstage(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    """The open, self-hosted server for localisation and sound."""
    if version:
        typer.echo(f"soundstage {__version__}")
        raise typer.Exit


def run() -> None:
    """Run a command; its own errors are one sentence on stderr and an exit code (see `console.CliError`)."""
    try:
        app()
    except CliError as error:
        _end(str(error), error.code)
    except SoundstageError as error:
        _end(error.message, FAILED)
    except KeyboardInterrupt:
        _end("interrupted", INTERRUPTED)


def _end(message: str, code: int) -> None:
    sys.stderr.write(f"soundstage: {message}\n")
    raise SystemExit(code)
