"""`python -m soundstage.cli.demo`: see scripts/demo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from soundstage.cli.console import CliError
from soundstage.cli.demo.story import tell


def demo(
    data: Annotated[Path, typer.Option(help="Folder of the demo's server and of its results.")] = Path(".demo"),
    serve: Annotated[bool, typer.Option("--serve", help="Leave the server running.")] = False,
) -> None:
    """Make a film, a sound and a piece of music through HTTP; exit code 0 when every product was checked."""
    try:
        passed = tell(data.resolve(), serve=serve)
    except CliError as error:
        sys.stderr.write(f"demo: {error}\n")
        raise typer.Exit(error.code) from None
    raise typer.Exit(0 if passed else 1)


if __name__ == "__main__":
    typer.run(demo)
