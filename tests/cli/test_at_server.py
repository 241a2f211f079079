"""Commands that talk to a server: which options they have, and what is looked at before a server is."""

from __future__ import annotations

from typing import Annotated

import pytest
import typer
from typer.testing import CliRunner

from soundstage.cli.app import app
from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.console import USAGE, CliError
from soundstage.cli.options import HowMany

NOBODY = ("--url", "http://127.0.0.1:9", "--key", "any")


def test_the_command_gets_the_server_and_its_own_options() -> None:
    seen: list[tuple[AtServer, str, int]] = []
    one = typer.Typer()

    @one.command()
    @at_server
    def listed(server: AtServer, name: Annotated[str, typer.Argument()], limit: HowMany = 20) -> None:
        """What the help says."""
        seen.append((server, name, limit))

    assert CliRunner().invoke(one, ["bells", "--limit", "3", "--data", "there", "--json", *NOBODY]).exit_code == 0
    ((server, name, limit),) = seen
    assert (name, limit, server.told.as_json) == ("bells", 3, True)
    assert (server.url, server.key, str(server.data)) == ("http://127.0.0.1:9", "any", "there")
    assert CliRunner().invoke(one, ["bells", "--limit", "0"]).exit_code == USAGE
    assert "What the help says." in CliRunner().invoke(one, ["--help"]).output


def test_where_the_server_is_comes_last_of_every_command() -> None:
    commands = typer.main.get_command(app)
    for path in ("setup", "sound", "tasks list", "tasks cancel", "projects export", "projects rerun"):
        command = commands
        for name in path.split():
            command = command.commands[name]  # type: ignore[attr-defined]
        assert [one.name for one in command.params][-4:] == ["url", "key", "data", "as_json"], path


@pytest.mark.parametrize(
    "arguments",
    [
        ("setup", "talk.mp4"),
        ("sound",),
        ("projects", "import", "nothing.zip"),
        ("projects", "export", "1", "-o", "no/such/x.srt"),
        ("projects", "rerun", "1", "diarize", "--engine", "campplus"),
    ],
)
def test_wrong_use_is_told_before_any_server_is_asked(arguments: tuple[str, ...]) -> None:
    refused = CliRunner().invoke(app, [*arguments, *NOBODY])
    assert isinstance(refused.exception, CliError)
    assert refused.exception.code == USAGE
