"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from soundstage.cli.console import USAGE, CliError

Url = Annotated[
    str | None,
    typer.Option("--url", help="Server (SOUNDSTAGE_URL); default: one started here.", show_default=False),
]
ApiKey = Annotated[str | None, typer.Option("--key", help="Key for it (SOUNDSTAGE_KEY).", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the server here.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only; remarks go to stderr.")]
StageOptions = Annotated[
    list[str] | None,
    typer.Option("--option", help="Of a stage, such as separate.quality=best; may be given again.", show_default=False),
]
_STAGE_OPTION = re.compile(r"([a-z_]+)\.([a-z_]+)=(.+)")


def stage_options(given: Iterable[str]) -> dict[str, dict[str, Any]]:
    """`stage.option=value`, …, as the API takes them: `{stage: {option: value}}`; which there are, the server says.

    Raises CliError for what is not of this form.
    """
    options: dict[str, dict[str, Any]] = {}
    for text in given:
        match = _STAGE_OPTION.fullmatch(text.strip())
        if match is None:
            raise CliError(
                f"--option {text} is not of the form stage.option=value, such as separate.quality=best", USAGE
            )
        options.setdefault(match[1], {})[match[2]] = match[3]
    return options
