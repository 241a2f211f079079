"""The command line: `soundstage …`."""

from __future__ import annotations


def main() -> None:
    """Entry point of the `soundstage` command."""
    from soundstage.cli.app import run  # noqa: PLC0415 - `import soundstage.cli` must stay light

    run()
