"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Url = Annotated[
    str | None,
    typer.Option("--url", help="Server (SOUNDSTAGE_URL); default: one started here.", show_default=False),
]
ApiKey = Annotated[str | None, typer.Option("--key", help="Key for it (SOUNDSTAGE_KEY).", show_default=False)]
Data = Annotated[Path | None, typer.Option("--data", help="Data folder of the server here.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON only; remarks go to stderr.")]
