"""`soundstage sound`: a prompt in, a WAV out; or the recipe inside a WAV."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.client import Client
from soundstage.cli.console import USAGE, CliError
from soundstage.host.pool import HostPool

RECIPE_SECONDS = 20.0
_AUDIO = ("wav", "flac", "mp3", "ogg", "opus")


@at_server
def sound(
    server: AtServer,
    prompt: Annotated[str | None, typer.Argument(help="What to hear.", show_default=False)] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds (8).", show_default=False)] = None,
    music: Annotated[bool, typer.Option("--music", help="Music instead of a sound.")] = False,
    seed: Annotated[int | None, typer.Option(help="Same seed, same bytes (chosen).", show_default=False)] = None,
    variations: Annotated[int, typer.Option(help="Takes of it, 1 to 8, each with a seed of its own.")] = 1,
    loop: Annotated[bool, typer.Option("--loop", help="Its end leads into its beginning.")] = False,
    without: Annotated[str | None, typer.Option(help="What must not be heard.", show_default=False)] = None,
    influence: Annotated[float | None, typer.Option(help="Of the prompt, 0 to 1.", show_default=False)] = None,
    intensity: Annotated[float | None, typer.Option(help="0 faint to 1 violent.", show_default=False)] = None,
    bpm: Annotated[float | None, typer.Option(help="Of music: beats a minute.", show_default=False)] = None,
    tonality: Annotated[str | None, typer.Option(help="Of music: such as 'A minor'.", show_default=False)] = None,
    stems: Annotated[bool, typer.Option("--stems", help="Save its parts and its score, too.")] = False,
    plan: Annotated[Path | None, typer.Option(help="Follow this plan (JSON).", show_default=False)] = None,
    engine: Annotated[str | None, typer.Option(help="Which engine (auto).", show_default=False)] = None,
    form: Annotated[
        str | None,
        typer.Option("--format", help=f"{', '.join(_AUDIO)} (as --output ends, or wav).", show_default=False),
    ] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write.", show_default=False)] = None,
    recipe: Annotated[Path | None, typer.Option(help="Show the recipe inside this file.", show_default=False)] = None,
) -> None:
    """Make a sound or a piece of music from a prompt, or of a plan."""
    if recipe is not None:
        server.told.result(read_recipe(recipe))
        return
    if prompt is None and plan is None:
        raise CliError('say what to hear: soundstage sound "rain on a tin roof"', USAGE)
    if output is not None and not output.parent.is_dir():
        raise CliError(f"there is no folder {output.parent} to write {output.name} to", USAGE)
    form = form or _format_of(output)
    if form not in _AUDIO:
        raise CliError(f"there is no format {form}; there are {', '.join(_AUDIO)}", USAGE)
    wishes = {
        "prompt": prompt,
        "duration": duration,
        "seed": seed,
        "negative_prompt": without,
        "prompt_influence": influence,
        "intensity": intensity,
        "bpm": bpm,
        "key": tonality,
        "engine": engine,
        "plan": None if plan is None else _read_plan(plan),
        "audio_type": "music" if music else None,
        "variations": variations,
        "loop": loop or None,
        "stems": stems or None,
    }
    body = {name: value for name, value in wishes.items() if value is not None}
    with server.client() as client:
        result = _make(server, client, body, output, form)
    files = ", ".join(result["files"])
    server.told.result(result, f"{files}  ({result['bytes']} bytes, run {result['run_id']}, {result['summary']})")


def _format_of(output: Path | None) -> str:
    """What the file's name says, where that is one of ours."""
    ending = "" if output is None else output.suffix[1:].lower()
    return ending if ending in _AUDIO else "wav"


def _make(server: AtServer, client: Client, body: dict[str, Any], output: Path | None, form: str) -> dict[str, Any]:
    """Have it made and save every take; the first one has the name asked for."""
    status = server.make(client, "/apis/text-to-sound", body, otherwise="the sound was not made")
    run_id = status["run_id"]
    first = output or Path(f"sound-{run_id}.{form}")
    size, files = 0, []
    for take in client.get(f"/apis/sounds/{run_id}")["takes"]:
        target = first.with_stem(f"{first.stem}-{take['variation']}") if take["variation"] else first
        wanted: list[tuple[Path, dict[str, Any]]] = [(target, {"format": form})]
        wanted += [(target.with_suffix(f".{n}.{form}"), {"format": form, "stem": n}) for n in take["stems"]]
        if body.get("stems") and take["score_url"]:
            wanted.append((target.with_suffix(".mid"), {"format": "mid"}))
        for path, query in wanted:
            address = f"/apis/text-to-sound-result/{run_id}"
            size += client.download(address, path, variation=take["variation"], **query)
            files.append(str(path))
    summary = next((s["summary"] for s in status["stages"] if s["name"] == "understand"), "")
    told = {"task_id": status["task_id"], "run_id": run_id, "file": files[0], "files": files}
    return {**told, "bytes": size, "summary": summary}


def _read_plan(path: Path) -> Any:
    """A plan as findings and recipes show it. Raises CliError for a file that holds no JSON object."""
    try:
        plan = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CliError(f"{path} holds no plan: {error}", USAGE) from None
    if not isinstance(plan, dict):
        raise CliError(f"{path} holds no plan: a JSON object is needed", USAGE)
    return plan


def read_recipe(path: Path) -> Any:
    """The recipe inside a sound file, read in a host process with limits. Raises CliError when there is none."""
    if not path.is_file():
        raise CliError(f"there is no file {path}", USAGE)
    hosts = HostPool(1)
    try:
        return json.loads(
            hosts.run("soundstage.media.recipe_file:read_recipe", {"path": path.resolve()}, timeout=RECIPE_SECONDS)
        )
    finally:
        hosts.close()
