"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from soundstage.cli.console import USAGE, CliError
from soundstage.domain.request import MOST_SPEAKERS

MOST_LISTED = 200  # as the API has it

Url = Annotated[
    str | None,
    typer.Option("--url", help="Server (SOUNDSTAGE_URL); default: one started here.", show_default=False),
]
ApiKey = Annotated[str | None, typer.Option("--key", help="Key for it (SOUNDSTAGE_KEY).", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the server here.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only; remarks go to stderr.")]
RunId = Annotated[int, typer.Argument(help="The run_id of the project.")]
HowMany = Annotated[int, typer.Option("--limit", min=1, max=MOST_LISTED, help="How many.")]
Targets = Annotated[
    list[str] | None, typer.Option("--to", help="Language to dub into; may be given again.", show_default=False)
]
MinSpeakers = Annotated[
    int | None, typer.Option(min=1, max=MOST_SPEAKERS, help="At least as many speak.", show_default=False)
]
MaxSpeakers = Annotated[
    int | None, typer.Option(min=1, max=MOST_SPEAKERS, help="At most as many speak.", show_default=False)
]
Transcript = Annotated[
    Path | None, typer.Option(help="What is said, as an SRT, WebVTT or TTML file.", show_default=False)
]
Engines = Annotated[
    list[str] | None,
    typer.Option("--engine", help="Such as transcription=whisper-base; may be given again.", show_default=False),
]
StageOptions = Annotated[
    list[str] | None,
    typer.Option("--option", help="Of a stage, such as separate.quality=best; may be given again.", show_default=False),
]
_STAGE_OPTION = re.compile(r"([a-z_]+)\.([a-z_]+)=(.+)")


def languages_of(given: Iterable[str] | None) -> list[str]:
    """The tags of `--to`, given one by one or with commas."""
    return [tag.strip() for text in given or () for tag in text.split(",") if tag.strip()]


def engines_of(given: Iterable[str] | None) -> dict[str, str]:
    """`capability=engine`, …, as the API takes them. Raises CliError for what is not of this form."""
    engines = dict(text.strip().partition("=")[::2] for text in given or ())
    if not all(capability and name for capability, name in engines.items()):
        raise CliError("--engine is capability=engine, such as transcription=whisper-base", USAGE)
    return engines


def stage_options(given: Iterable[str] | None) -> dict[str, dict[str, Any]]:
    """`stage.option=value`, …, as the API takes them: `{stage: {option: value}}`; which there are, the server says.

    Raises CliError for what is not of this form.
    """
    options: dict[str, dict[str, Any]] = {}
    for text in given or ():
        match = _STAGE_OPTION.fullmatch(text.strip())
        if match is None:
            raise CliError(
                f"--option {text} is not of the form stage.option=value, such as separate.quality=best", USAGE
            )
        options.setdefault(match[1], {})[match[2]] = match[3]
    return options
