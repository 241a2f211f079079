"""`soundstage keys …`: make, list and revoke keys, straight in the data folder, beside a running server too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from soundstage import config
from soundstage.cli.console import USAGE, CliError, Output
from soundstage.cli.options import AsJson, Data
from soundstage.domain.account import Key, Scope

if TYPE_CHECKING:
    from soundstage.services.keys import KeysService

app = typer.Typer(no_args_is_help=True, help="Make, list and revoke keys.")


@app.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    team: Annotated[str | None, typer.Option(help="Its team, made if new (default).", show_default=False)] = None,
    scope: Annotated[list[str] | None, typer.Option(help="read, write, admin; may be given again (all).")] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make a key. It is shown once."""
    scopes = _scopes(scope)
    with _keys(data) as keys:
        key, secret = keys.create(name=name, team=team, scopes=scopes)
    told = {"key": secret, **_shown(key)}
    Output(as_json).result(told, f"{secret}\n(key {key.key_id} of team {key.team_id}; it is not shown again)")


@app.command("list")
def list_keys(data: Data = None, as_json: AsJson = False) -> None:
    """Keys by their visible beginning."""
    with _keys(data) as keys:
        found = [_shown(key) for key in keys.list()]
    output = Output(as_json)
    if as_json:
        output.result(found)
        return
    table = Table("id", "beginning", "name", "team", "scopes", "created", "revoked")
    for key in found:
        table.add_row(*(str(key[column] or "") for column in key))
    output.out.print(table)


@app.command()
def revoke(
    key_id: Annotated[int, typer.Argument(help="The id that `keys list` shows.", max=2**31 - 1)],
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Close a key for good, at once."""
    with _keys(data) as keys:
        key = keys.revoke(key_id)
    Output(as_json).result(_shown(key), f"key {key.key_id} ({key.prefix}…) is revoked")


@contextmanager
def _keys(data: Path | None) -> Iterator[KeysService]:
    from soundstage.services.keys import KeysService  # noqa: PLC0415 - only these commands need the database
    from soundstage.storage.database import Database  # noqa: PLC0415

    settings = config.load(data=data)
    config.prepare_data_folder(settings.data)
    database = Database(settings.resolved_database_url)
    try:
        database.migrate()
        yield KeysService(database)
    finally:
        database.close()


def _scopes(given: list[str] | None) -> frozenset[Scope]:
    try:
        return frozenset(Scope(scope) for scope in given) if given else frozenset(Scope)
    except ValueError:
        raise CliError(f"--scope takes {', '.join(Scope)}, not {', '.join(given or [])}", USAGE) from None


def _shown(key: Key) -> dict[str, Any]:
    return {
        "key_id": key.key_id,
        "prefix": key.prefix,
        "name": key.name,
        "team_id": key.team_id,
        "scopes": " ".join(sorted(key.scopes)),
        "created_at": key.created_at.isoformat(),
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }
