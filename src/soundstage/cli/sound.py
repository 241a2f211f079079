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


@at_server
def sound(
    server: AtServer,
    prompt: Annotated[str | None, typer.Argument(help="What to hear.", show_default=False)] = None,
    duration: Annotated[float | None, typer.Option(help="Seconds (8).", show_default=False)] = None,
    music: Annotated[bool, typer.Option("--music", help="Music instead of a sound.")] = False,
    seed: Annotated[int | None, typer.Option(help="Same seed, same bytes (chosen).", show_default=False)] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="WAV to write.", show_default=False)] = None,
    recipe: Annotated[Path | None, typer.Option(help="Show the recipe inside this WAV.", show_default=False)] = None,
) -> None:
    """Make a sound or a piece of music from a prompt."""
    if recipe is not None:
        server.told.result(read_recipe(recipe))
        return
    if prompt is None:
        raise CliError('say what to hear: soundstage sound "rain on a tin roof"', USAGE)
    if output is not None and not output.parent.is_dir():
        raise CliError(f"there is no folder {output.parent} to write {output.name} to", USAGE)
    body: dict[str, Any] = {"prompt": prompt, "audio_type": "music" if music else "sound"}
    body |= {name: value for name, value in (("duration", duration), ("seed", seed)) if value is not None}
    with server.client() as client:
        result = _make(server, client, body, output)
    server.told.result(
        result, f"{result['file']}  ({result['bytes']} bytes, run {result['run_id']}, {result['summary']})"
    )


def _make(server: AtServer, client: Client, body: dict[str, Any], output: Path | None) -> dict[str, Any]:
    status = server.make(client, "/apis/text-to-sound", body, otherwise="the sound was not made")
    run_id = status["run_id"]
    target = output or Path(f"sound-{run_id}.wav")
    size = client.download(f"/apis/text-to-sound-result/{run_id}", target)
    summary = next((s["summary"] for s in status["stages"] if s["name"] == "understand"), "")
    return {"task_id": status["task_id"], "run_id": run_id, "file": str(target), "bytes": size, "summary": summary}


def read_recipe(path: Path) -> Any:
    """The recipe inside a WAV, read in a host process with limits. Raises CliError when there is none."""
    if not path.is_file():
        raise CliError(f"there is no file {path}", USAGE)
    hosts = HostPool(1)
    try:
        return json.loads(
            hosts.run("soundstage.media.wav:read_recipe", {"path": path.resolve()}, timeout=RECIPE_SECONDS)
        )
    finally:
        hosts.close()
