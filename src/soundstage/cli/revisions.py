"""`soundstage projects revisions | choose | compare | rerun`: the revisions of a project."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.table import Table

from soundstage.cli.at_server import AtServer, at_server
from soundstage.cli.client import Client
from soundstage.cli.options import (
    MOST_LISTED,
    Engines,
    HowMany,
    MaxSpeakers,
    MinSpeakers,
    RunId,
    StageOptions,
    Targets,
    Transcript,
    engines_of,
    languages_of,
    stage_options,
)
from soundstage.cli.setup import text_of


@at_server
def list_revisions(
    server: AtServer,
    run_id: RunId,
    limit: HowMany = 20,
) -> None:
    """A project's revisions, newest first; * is the head, what the project shows."""
    with server.client() as client:
        page = client.get(f"/apis/projects/{run_id}/revisions", limit=limit)
    if server.told.as_json:
        server.told.result(page)
        return
    table = Table("revision", "made of", "by", "segments", "created", "note")
    for item in page["items"]:
        number = f"{item['revision']}{' *' if item['head'] else ''}"
        made_by = f"{item['origin']}{' of ' + item['stage'] if item['stage'] else ''}"
        row = (number, item["base"] or "", made_by, item["segments"], item["created_at"][:19], item["note"] or "")
        table.add_row(*map(str, row))
    server.told.out.print(table)


@at_server
def choose(
    server: AtServer,
    run_id: RunId,
    revision: Annotated[int, typer.Argument(help="Its number, as `revisions` lists it.")],
) -> None:
    """Make a revision what the project shows; the others stay as they are."""
    with server.client() as client:
        chosen = client.post(f"/apis/projects/{run_id}/revisions/{revision}/choose")
    server.told.result(chosen, f"project {run_id} shows revision {revision} now")


@at_server
def compare(
    server: AtServer,
    run_id: RunId,
    a: Annotated[int | None, typer.Option(help="A revision (the head).", show_default=False)] = None,
    b: Annotated[int | None, typer.Option(help="Another one (the newest).", show_default=False)] = None,
    listed: Annotated[int, typer.Option(min=0, help="Differing lines to show.")] = 20,
) -> None:
    """What differs between two revisions: stages, speakers, lines, translations."""
    with server.client() as client:
        found = client.get(f"/apis/projects/{run_id}/compare", a=a, b=b, listed=listed)
    server.told.result(found, _described(found))


@at_server
def rerun(
    server: AtServer,
    run_id: RunId,
    stage: Annotated[str, typer.Argument(help="The stage to do again, such as transcribe.")],
    engine: Engines = None,
    option: StageOptions = None,
    source: Annotated[str | None, typer.Option("--from", help="Spoken language, or auto.", show_default=False)] = None,
    targets: Targets = None,
    transcript: Transcript = None,
    min_speakers: MinSpeakers = None,
    max_speakers: MaxSpeakers = None,
    revision: Annotated[int | None, typer.Option(help="What to make it of (the head).", show_default=False)] = None,
    anew: Annotated[
        bool, typer.Option("--anew", help="Take over nothing of what follows, though it be the same.")
    ] = False,
) -> None:
    """Do a stage again, with another engine or options, and all that follows from it; makes a new revision."""
    wanted = {
        "stage": stage,
        "engines": engines_of(engine),
        "options": stage_options(option),
        "source_language": source,
        "target_languages": languages_of(targets),
        "min_speakers": min_speakers,
        "max_speakers": max_speakers,
        "revision": revision,
    }
    body = {name: value for name, value in wanted.items() if value} | ({"reuse": False} if anew else {})
    body |= {"source_transcript": text_of(transcript)} if transcript else {}
    with server.client() as client:
        result = _make(server, client, run_id, body)
    server.told.result(result, f"revision {result['revision']} of project {run_id} is there\n{result['comparison']}")


def _make(server: AtServer, client: Client, run_id: int, body: dict[str, Any]) -> dict[str, Any]:
    status = server.make(client, f"/apis/projects/{run_id}/rerun", body, otherwise="it was not done")
    made = next(
        one
        for one in client.get(f"/apis/projects/{run_id}/revisions", limit=MOST_LISTED)["items"]
        if one["revision"] == status["revision"]
    )
    found = client.get(f"/apis/projects/{run_id}/compare", a=made["base"], b=made["revision"], listed=0)
    kept = ("run_id", "revision", "head", "base")
    return {"task_id": status["task_id"], **{name: made[name] for name in kept}, "comparison": found["summary"]}


def _described(found: dict[str, Any]) -> str:
    lines = [found["summary"]]
    for line in found["lines"]:
        at = (line["a"] or line["b"])[0]["span"]["start_ms"] / 1000
        lines.append(f"{at:9.2f} s  {', '.join(line['changes'])}")
        lines += [f"      {side}  {' '.join(one['text'] for one in line[side])}" for side in ("a", "b") if line[side]]
    for language in found["translations"]:
        lines.append(f"{language['language']}:")
        for line in language["lines"]:
            lines += [f"      {side}  {line[side]}" for side in ("a", "b") if line[side]]
    if found["left_out"]:
        lines.append(f"and {found['left_out']} more (--listed)")
    return "\n".join(lines)
