"""`soundstage projects …`: list, show, review, export, import."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer
from rich.markup import escape
from rich.table import Table

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.client import Client
from soundstage.cli.console import USAGE, CliError
from soundstage.cli.options import HowMany, RunId
from soundstage.cli.setup import media_url

app = typer.Typer(no_args_is_help=True, help="What set-ups made: look at it, take it along.")
STEMS = "stems"
_STEM_KINDS = ("speech", "background")
_FORMATS = "srt, vtt, ass, ttml, txt, csv, json, rttm, otio, edl, zip, stems"
_ZIP = "zip"


class Media(StrEnum):
    REFERENCE = "reference"
    INCLUDE = "include"


class Audio(StrEnum):
    FLAC = "flac"
    WAV = "wav"


@app.command("list")
@at_server
def list_projects(server: AtServer, limit: HowMany = 20) -> None:
    """The team's projects, newest first."""
    with server.client() as client:
        page = client.get("/apis/projects", limit=limit)
    if server.told.as_json:
        server.told.result(page)
        return
    table = Table("run", "name", "seconds", "segments", "created")
    for item in page["items"]:
        row = (item["run_id"], item["project_name"], f"{item['duration']:.1f}", item["segments"])
        table.add_row(*map(str, row), item["created_at"][:19])
    server.told.out.print(table)


@app.command()
@at_server
def show(server: AtServer, run_id: RunId) -> None:
    """A project's languages, tracks, speakers and size; with --json the whole document."""
    with server.client() as client:
        document = client.get(f"/apis/projects/{run_id}")
    server.told.result(document, _described(document))


@app.command()
@at_server
def review(server: AtServer, run_id: RunId) -> None:
    """The lines worth a second look and why, the gravest first."""
    with server.client() as client:
        queue = client.get(f"/apis/projects/{run_id}/review")
    if server.told.as_json or not queue["items"]:
        server.told.result(queue, "No line is doubtful." if queue["segments"] else "The project has no lines.")
        return
    table = Table("at", "line", "why")
    for item in queue["items"]:
        why = "\n".join(doubt["sentence"] for doubt in item["doubts"])
        table.add_row(f"{item['start_ms'] / 1000:.1f} s", escape(item["text"]), escape(why))
    server.told.out.print(table)


@app.command()
@at_server
def export(
    server: AtServer,
    run_id: RunId,
    form: Annotated[str, typer.Option("--format", "-f", help=f"One of {_FORMATS}.")] = "srt",
    language: Annotated[str | None, typer.Option(help="Tag of a target (the source).", show_default=False)] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="File to write; for stems a folder.", show_default=False)
    ] = None,
    rate: Annotated[
        str | None, typer.Option(help="otio, edl: frames a second, such as 29.97ndf.", show_default=False)
    ] = None,
    speakers: Annotated[bool, typer.Option("--speakers", help="txt: who says each line.")] = False,
    times: Annotated[bool, typer.Option("--times", help="txt: when each line is said.")] = False,
    audio: Annotated[Audio, typer.Option(help="stems: as what.")] = Audio.WAV,
    media: Annotated[Media, typer.Option(help="zip: the original media too, or which it was.")] = Media.REFERENCE,
) -> None:
    """Write a project as subtitles, text, table, document, speaker turns, timeline, stems or one file to move it."""
    _check_folder(form, output)
    with server.client() as client:
        if form == STEMS:
            files = _stems(client, run_id, audio, output or Path())
        elif form == _ZIP:
            target = output or Path(f"project-{run_id}.soundstage.zip")
            path = f"/apis/projects/{run_id}/exports/zip"
            size = client.download(path, target, patience=None, media=media.value)  # it is made first
            files = [{"file": str(target), "bytes": size}]
        else:
            query: dict[str, Any] = {"language": language, "rate": rate}
            query |= {name: "true" for name, given in (("speakers", speakers), ("times", times)) if given}
            target = output or Path(".".join(filter(None, (f"project-{run_id}", language, form))))
            size = client.download(f"/apis/projects/{run_id}/exports/{quote(form, safe='')}", target, **query)
            files = [{"file": str(target), "bytes": size}]
    server.told.result(
        {"run_id": run_id, "files": files}, "\n".join(f"{one['file']}  ({one['bytes']} bytes)" for one in files)
    )


@app.command("import")
@at_server
def import_project(
    server: AtServer,
    file: Annotated[Path, typer.Argument(help="A project file, as `projects export --format zip` writes it.")],
) -> None:
    """Open a project file that was exported here or on another installation."""
    if not file.is_file():
        raise CliError(f"there is no file {file}", USAGE)
    with server.client() as client:
        server.told.err.print(f"sending {file.name} ({file.stat().st_size} bytes) …", markup=False)
        upload = client.upload(file)
        body = {"media_url": upload["media_url"]}
        status = server.make(client, "/apis/projects/import", body, otherwise="the project was not opened")
        client.delete(f"/apis/uploads/{upload['upload_id']}")  # all of it is in the project now
    stages = {stage["name"]: {"state": stage["state"], "summary": stage["summary"]} for stage in status["stages"]}
    result = {name: status[name] for name in ("task_id", "run_id", "studio_url")} | {"stages": stages}
    server.told.result(result, f"{stages['prepare']['summary']}\nproject {status['run_id']}: {status['studio_url']}")


@app.command()
@at_server
def media(
    server: AtServer,
    run_id: RunId,
    media: Annotated[str, typer.Argument(help="The file that it was made from, or the URL of it.")],
) -> None:
    """Give a project that came without its media the very file it was made from; makes a revision with the picture."""
    with server.client() as client:
        body = {"media_url": media_url(client, media, server.told)}
        status = server.make(client, f"/apis/projects/{run_id}/media", body, otherwise="the media was not taken in")
    kept = ("task_id", "run_id", "revision", "studio_url")
    result = {name: status[name] for name in kept}
    server.told.result(
        result, f"revision {status['revision']} of project {run_id} has its media: {status['studio_url']}"
    )


def _check_folder(form: str, output: Path | None) -> None:
    if output is None:
        return
    if form == STEMS and not output.is_dir():
        raise CliError(f"there is no folder {output} to write the stems to", USAGE)
    if form != STEMS and not output.parent.is_dir():
        raise CliError(f"there is no folder {output.parent} to write {output.name} to", USAGE)


def _stems(client: Client, run_id: int, audio: Audio, folder: Path) -> list[dict[str, Any]]:
    """Speech and background; the server says what is missing and how to get it. A long one is converted first."""
    files = []
    for stem in _STEM_KINDS:
        target = folder / f"project-{run_id}.{stem}.{audio}"
        size = client.download(f"/apis/projects/{run_id}/tracks/{stem}.{audio}", target, patience=None)
        files.append({"file": str(target), "bytes": size})
    return files


def _described(document: dict[str, Any]) -> str:
    translated = {tag for segment in document["segments"] for tag in segment["translations"]}
    targets = [tag if tag in translated else f"{tag} (no lines)" for tag in document["target_languages"]]
    speakers = [f"{one['name']} ({one['airtime_ms'] / 1000:.0f} s)" for one in document["speakers"]]
    lines = [
        document["project_name"],
        f"  source    {document['source_language'] or document['detected_language'] or 'unknown'}",
        f"  targets   {', '.join(targets)}",
        f"  length    {document['duration_ms'] / 1000:.1f} s, {len(document['segments'])} segments",
        f"  review    {len(document['review']) or 'none'} of them doubtful",
        f"  speakers  {', '.join(speakers) or 'not told apart'}",
        f"  tracks    {', '.join(one['track_id'] for one in document['tracks'])}",
    ]
    return "\n".join(lines)
