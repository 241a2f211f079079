"""`soundstage setup`: media in, a dubbing project out."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Any

import typer

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.client import Client
from soundstage.cli.console import USAGE, CliError, Output
from soundstage.cli.options import (
    Engines,
    MaxSpeakers,
    MinSpeakers,
    StageOptions,
    Targets,
    Transcript,
    engines_of,
    languages_of,
    stage_options,
)


@at_server
def setup(
    server: AtServer,
    media: Annotated[str, typer.Argument(help="A file, or the URL of one.")],
    source: Annotated[str, typer.Option("--from", help="Spoken language, such as en-us, or auto.")] = "auto",
    targets: Targets = None,
    name: Annotated[str | None, typer.Option(help="Name of the project.", show_default=False)] = None,
    track: Annotated[list[int] | None, typer.Option(help="Audio track to take, from 0.", show_default=False)] = None,
    min_speakers: MinSpeakers = None,
    max_speakers: MaxSpeakers = None,
    engine: Engines = None,
    option: StageOptions = None,
    anew: Annotated[bool, typer.Option("--anew", help="Do every stage, whatever an earlier task gave.")] = False,
    transcript: Transcript = None,
    stop_after: Annotated[
        list[str] | None, typer.Option(help="Stage to wait after, for you; may be given again.", show_default=False)
    ] = None,
    export: Annotated[Path | None, typer.Option(help="Folder for document and subtitles.", show_default=False)] = None,
) -> None:
    """Set up a dubbing project: probe, decode, detect, transcribe, segment, translate, prepare."""
    languages = languages_of(targets)
    if not languages:
        raise CliError("say what to dub into: --to es-es (`GET /apis/target-languages` lists the tags)", USAGE)
    hints = {"min_speakers": min_speakers, "max_speakers": max_speakers}
    wishes = {"engines": engines_of(engine), "options": stage_options(option)}
    with server.client() as client:
        body: dict[str, Any] = {"source_language": source, "target_languages": languages}
        body |= {"project_name": name} if name else {}
        body |= {"selected_audio_tracks": track} if track else {}
        body |= {field: value for field, value in (hints | wishes).items() if value}
        body |= {"reuse": False} if anew else {}
        body |= {"stop_after": stop_after} if stop_after else {}
        body |= {"source_transcript": text_of(transcript)} if transcript else {}
        body["media_url"] = media_url(client, media, server.told)
        _warn_before(client, body, server.told)
        result = _make(server, client, body)
        if export is not None:
            result["files"] = _export(client, result["run_id"], export, languages)
    waits = f"waits for you; soundstage tasks continue {result['task_id']} goes on"
    server.told.result(
        result, f"project {result['run_id']} {waits if result['parked'] else 'is ready'}: {result['studio_url']}"
    )


def _make(server: AtServer, client: Client, body: dict[str, Any]) -> dict[str, Any]:
    status = server.make(client, "/apis/project-setup", body, otherwise="the project was not set up")
    stages = {s["name"]: {"state": s["state"], "summary": s["summary"]} for s in status["stages"]}
    made = {name: status[name] for name in ("task_id", "run_id", "studio_url")}
    return {**made, "parked": status["state"] == "parked", "stages": stages}


def text_of(file: Path) -> str:
    """The text of a file of subtitles: UTF-8, or UTF-16 where a byte order mark says so. Raises CliError."""
    try:
        content = file.expanduser().read_bytes()
    except OSError as error:
        raise CliError(f"cannot read the transcript {file}: {error.strerror}", USAGE) from error
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise CliError(f"the transcript {file} is not text in UTF-8: save it as UTF-8 and try again", USAGE) from error


def media_url(client: Client, media: str, told: Output) -> str:
    """What the API takes for a file here, which is sent, or for a URL. Raises CliError."""
    if "://" in media:
        return media
    file = Path(media).expanduser()
    if not file.is_file():
        raise CliError(f"there is no file {media}; give a file or an http(s) URL", USAGE)
    told.err.print(f"sending {file.name} ({file.stat().st_size} bytes) …", markup=False)
    return str(client.upload(file)["media_url"])


def _warn_before(client: Client, body: dict[str, Any], told: Output) -> None:
    """Say before the work what would be missing from its result."""
    for warning in client.post("/apis/project-setup", body, dry_run="true")["warnings"]:
        told.warn(f"note: {warning}")


def _export(client: Client, run_id: int, folder: Path, languages: list[str]) -> list[str]:
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for form in ("json", "srt", "vtt", "txt"):
        target = folder / f"project-{run_id}.{form}"
        client.download(f"/apis/projects/{run_id}/exports/{form}", target)
        written.append(str(target))
    translated = {
        tag for segment in client.get(f"/apis/projects/{run_id}")["segments"] for tag in segment["translations"]
    }
    for tag in (tag for tag in languages if tag in translated):
        target = folder / f"project-{run_id}.{tag}.srt"
        client.download(f"/apis/projects/{run_id}/exports/srt", target, language=tag)
        written.append(str(target))
    return written
