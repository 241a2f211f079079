"""`soundstage sounds …`: the library, and what an engine of sound knows."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from soundstage.cli import library
from soundstage.cli.at_server import AtServer, at_server

app = typer.Typer(no_args_is_help=True, help="The library of sounds and music, and the words that make more.")
app.command("list")(library.list_sounds)
for _command in (
    library.search,
    library.show,
    library.fetch,
    library.rename,
    library.tag,
    library.favourite,
    library.delete,
    library.tags,
    library.recipe,
):
    app.command()(_command)


@app.command()
@at_server
def vocabulary(
    server: AtServer,
    like: Annotated[str | None, typer.Argument(help="Only what has this in its words.", show_default=False)] = None,
    engine: Annotated[str | None, typer.Option(help="Of which engine (auto).", show_default=False)] = None,
) -> None:
    """The sounds, words, materials, spaces, styles and instruments that prompts can name."""
    with server.client() as client:
        known = client.get("/apis/sounds/vocabulary", engine=engine)
    if like is not None:
        wanted = like.casefold()
        known["sounds"] = [
            sound
            for sound in known["sounds"]
            if any(wanted in word for word in (sound["title"], sound["family"], *sound["words"], *sound["materials"]))
        ]
    if server.told.as_json:
        server.told.result(known)
        return
    table = Table("sound", "family", "words", "materials", "for instance")
    for sound in known["sounds"]:
        words, materials = ", ".join(sound["words"]), ", ".join(sound["materials"])
        table.add_row(sound["name"], sound["family"], words, materials, sound["example"])
    server.told.out.print(table)
    for name in ("spaces", "styles", "instruments") if like is None else ():
        server.told.out.print(f"{name}: {', '.join(known[name]).replace('_', ' ')}")
