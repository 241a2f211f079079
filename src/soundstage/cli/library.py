"""`soundstage sounds list | search | show | fetch | rename | tag | favourite | delete | tags | recipe`: the library."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Column, Table

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.console import USAGE, CliError
from soundstage.cli.options import HowMany
from soundstage.cli.sound import read_recipe
from soundstage.domain.sound import AudioType, SoundSort

SoundId = Annotated[int, typer.Argument(help="The run_id of the sound.", min=1)]
Kind = Annotated[AudioType | None, typer.Option(help="Only sounds, or only music.", show_default=False)]
Tag = Annotated[str | None, typer.Option(help="Only what has this tag.", show_default=False)]
Favourite = Annotated[bool, typer.Option("--favourite", help="Only favourites.")]
Engine = Annotated[str | None, typer.Option(help="Only what this engine made.", show_default=False)]
Sort = Annotated[SoundSort, typer.Option(help="The order.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="File to write.", show_default=False)]
Take = Annotated[int, typer.Option(min=0, help="Which of its takes, counted from 0.")]


class Form(StrEnum):
    WAV = "wav"
    FLAC = "flac"
    MP3 = "mp3"
    OGG = "ogg"
    OPUS = "opus"
    MID = "mid"


@at_server
def list_sounds(
    server: AtServer,
    kind: Kind = None,
    tag: Tag = None,
    favourite: Favourite = False,
    engine: Engine = None,
    sort: Sort = SoundSort.NEWEST,
    limit: HowMany = 20,
) -> None:
    """The team's sounds and music."""
    _list(server, audio_type=kind, tag=tag, favourite=favourite or None, engine=engine, sort=sort, limit=limit)


@at_server
def search(
    server: AtServer,
    words: Annotated[list[str], typer.Argument(help="Of the name or the prompt; all of them.")],
    kind: Kind = None,
    tag: Tag = None,
    favourite: Favourite = False,
    engine: Engine = None,
    sort: Sort = SoundSort.NEWEST,
    limit: HowMany = 20,
) -> None:
    """The sounds with these words in their name or prompt."""
    wanted = {"audio_type": kind, "tag": tag, "favourite": favourite or None, "engine": engine, "sort": sort}
    _list(server, search=" ".join(words), limit=limit, **wanted)


@at_server
def show(server: AtServer, run_id: SoundId) -> None:
    """A sound's marks, takes, stems and licence; with --json all of it, its recipe too."""
    with server.client() as client:
        item = client.get(_path(run_id))
    server.told.result(item, _described(item))


@at_server
def fetch(
    server: AtServer,
    run_id: SoundId,
    form: Annotated[Form, typer.Option("--format", "-f", help="Of the file; mid is its score.")] = Form.WAV,
    take: Take = 0,
    stem: Annotated[str | None, typer.Option(help="A part of it (the whole).", show_default=False)] = None,
    output: Output = None,
) -> None:
    """Save a take of a sound, or one of its stems, in a format."""
    part = f"{f'-{take}' if take else ''}{f'.{stem}' if stem else ''}"
    target = output or Path(f"sound-{run_id}{part}.{form}")
    if not target.parent.is_dir():
        raise CliError(f"there is no folder {target.parent} to write {target.name} to", USAGE)
    with server.client() as client:
        address = f"/apis/text-to-sound-result/{run_id}"
        size = client.download(address, target, patience=None, format=form.value, variation=take, stem=stem)
    server.told.result({"file": str(target), "bytes": size}, f"{target}  ({size} bytes)")


@at_server
def rename(
    server: AtServer,
    run_id: SoundId,
    name: Annotated[str, typer.Argument(help="The new name; an empty one takes the name away.")],
) -> None:
    """Name a sound."""
    item = _mark(server, run_id, name=name.strip() or None)
    called = "has no name now" if item["name"] is None else f"is called {item['name']} now"
    server.told.result(item, f"sound {run_id} {called}")


@at_server
def tag(
    server: AtServer,
    run_id: SoundId,
    add: Annotated[list[str] | None, typer.Argument(help="Tags to give it.", show_default=False)] = None,
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Tag to take away; may be given again.", show_default=False)
    ] = None,
) -> None:
    """Give a sound tags, or take some away; the others stay."""
    if not add and not remove:
        raise CliError("say which tags: soundstage sounds tag 7 door foley, or --remove door", USAGE)
    gone = {one.strip().casefold() for one in remove or ()}
    with server.client() as client:
        kept = [one for one in client.get(_path(run_id))["tags"] if one not in gone]
        item = client.patch(_path(run_id), {"tags": [*kept, *(add or ())]})
    server.told.result(item, f"sound {run_id}: {', '.join(item['tags']) or 'no tags'}")


@at_server
def favourite(
    server: AtServer,
    run_id: SoundId,
    off: Annotated[bool, typer.Option("--off", help="It is none any more.")] = False,
) -> None:
    """Make a sound a favourite."""
    item = _mark(server, run_id, favourite=not off)
    server.told.result(item, f"sound {run_id} is {'no favourite any more' if off else 'a favourite'}")


@at_server
def delete(
    server: AtServer,
    run_ids: Annotated[list[int], typer.Argument(help="The run_ids of the sounds.", min=1)],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Without asking.")] = False,
) -> None:
    """Delete sounds for good, with all their takes and files."""
    if not yes and (server.told.as_json or not sys.stdin.isatty()):
        raise CliError("deleting is for good and nobody can be asked here: say --yes", USAGE)
    with server.client() as client:
        found = [client.get(_path(run_id)) for run_id in dict.fromkeys(run_ids)]
        for item in found:
            if not yes and not typer.confirm(f"Delete sound {item['run_id']}, {_title(item)}?", err=True):
                continue
            client.delete(_path(item["run_id"]))
            server.told.say(f"sound {item['run_id']} is deleted")
    if server.told.as_json:
        server.told.result({"deleted": [item["run_id"] for item in found]})


@at_server
def tags(server: AtServer) -> None:
    """The tags that the team's sounds have, the most used first."""
    with server.client() as client:
        found = client.get("/apis/sounds/tags")
    if server.told.as_json:
        server.told.result(found)
        return
    table = Table("tag", "sounds")
    for one in found:
        table.add_row(escape(one["tag"]), str(one["sounds"]))
    server.told.out.print(table)


@at_server
def recipe(
    server: AtServer,
    source: Annotated[str, typer.Argument(help="A file that Soundstage made, or the run_id of a sound.")],
) -> None:
    """The recipe of a sound in the library, or inside a file (WAV, FLAC, Ogg, Opus, MP3): how to make it again."""
    if source.isdecimal() and not Path(source).exists():
        with server.client() as client:
            server.told.result(client.get(_path(int(source)))["recipe"])
        return
    server.told.result(read_recipe(Path(source)))


def _list(server: AtServer, **wanted: Any) -> None:
    with server.client() as client:
        page = client.get("/apis/sounds", **wanted)
    if server.told.as_json:
        server.told.result(page)
        return
    table = Table(Column("run", no_wrap=True), "", "name or prompt", "kind", "seconds", "takes", "tags", "created")
    for item in page["items"]:
        star = "★" if item["favourite"] else ""
        marks = ", ".join(item["tags"])
        row = (item["run_id"], star, _title(item), item["audio_type"], f"{item['duration']:g}", len(item["takes"]))
        table.add_row(*(escape(str(cell)) for cell in (*row, marks, item["created_at"][:19])))
    server.told.out.print(table)


def _mark(server: AtServer, run_id: int, **said: Any) -> dict[str, Any]:
    with server.client() as client:
        item: dict[str, Any] = client.patch(_path(run_id), said)
    return item


def _path(run_id: int) -> str:
    return f"/apis/sounds/{run_id}"


def _title(item: dict[str, Any]) -> str:
    return str(item["name"] or item["prompt"] or "of a plan")


def _described(item: dict[str, Any]) -> str:
    recipe = item["recipe"]
    formats, stems = item["takes"][0]["formats"], item["takes"][0]["stems"]
    facts = {
        "prompt": item["prompt"],
        "kind": item["audio_type"] + (", a loop" if recipe["loop"] else ""),
        "length": f"{item['duration']:g} s",
        "takes": ", ".join(f"{take['variation']} (seed {take['seed']})" for take in item["takes"]),
        "formats": ", ".join(formats),
        "stems": ", ".join(stems),
        "tags": ", ".join(item["tags"]),
        "favourite": "yes" if item["favourite"] else "",
        "engine": f"{recipe['engine']} {recipe['engine_version']}, {recipe['licence']}",
        "made of": ", ".join(f"{one['name']} ({one['licence']})" for one in recipe["ingredients"]),
        "page": item["studio_url"],
    }
    return "\n".join([_title(item), *(f"  {label:<10}{text}" for label, text in facts.items() if text)])
