"""Writes docs/reference: every setting and every command, as the code has them."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import typer
from annotated_types import Ge, Gt, Le, Lt

from soundstage.cli.app import app
from soundstage.config import SETTINGS_FILE, Config, TranslationEndpoint

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
NOTE = "<!-- Written by scripts/docs from the code; edits are lost. -->"
BOUNDS = {Ge: ("≥", "ge"), Gt: (">", "gt"), Le: ("≤", "le"), Lt: ("<", "lt")}


def settings() -> str:
    """Every field of Config: variable, type and range, default, meaning."""
    lines = [
        NOTE,
        "# Settings",
        "",
        f"Each is an environment variable, or a line of `{SETTINGS_FILE}` in the data folder, there in small letters",
        "and without the prefix. The environment wins over the file, an option of the command line over both. A wrong",
        "value stops the start and is named.",
        "",
        "| setting | value | default | what it does |",
        "| --- | --- | --- | --- |",
    ]
    for name, field in Config.model_fields.items():
        default = (
            "`~/.local/share/soundstage`" if name == "data" else _default(field.get_default(call_default_factory=True))
        )
        kind = f"{_type(field.annotation)}{_range(field.metadata)}"
        lines.append(f"| `SOUNDSTAGE_{name.upper()}` | {kind} | {default} | {field.description} |")
    parts = ", ".join(f"`SOUNDSTAGE_TRANSLATION_ENDPOINT__{name.upper()}`" for name in TranslationEndpoint.model_fields)
    lines += [
        "",
        "Lists are written with commas in the environment. Settings with parts have one variable a part, with two",
        f"underscores: {parts}; `SOUNDSTAGE_ENGINES__TRANSCRIPTION=whisper-base`.",
        "",
        f"The same in `{SETTINGS_FILE}`:",
        "",
        "```toml",
        'public_url = "https://sound.example.org"',
        'fetch_allow = ["media.example.internal"]',
        "",
        "[translation_endpoint]",
        'url = "http://127.0.0.1:11434/v1"',
        'model = "qwen3:8b"',
        "```",
        "",
    ]
    return "\n".join(lines)


def commands() -> str:
    """Every command with its arguments and options, as `--help` has them."""
    lines = [
        NOTE,
        "# Commands",
        "",
        "Results go to stdout, all else to stderr; with `--json` stdout holds one line of JSON and nothing else.",
        "Exit codes: 0 done, 1 the work failed, 2 wrong use, 3 no server reached, 4 it refused, 130 interrupted.",
        "",
        "Commands that talk to a server take `--url` and `--key` (or `SOUNDSTAGE_URL`, `SOUNDSTAGE_KEY`); without them",
        "they use the one that runs on the data folder, or start one for as long as they run.",
        "",
    ]
    for path, command in _walk(typer.main.get_command(app), "soundstage"):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            lines += ["| | what it does |", "| --- | --- |", *rows, ""]
    return "\n".join(lines)


def _walk(command: Any, path: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "commands"):
        for name, inner in command.commands.items():
            yield from _walk(inner, f"{path} {name}")
    else:
        yield path, command


def _parameter(parameter: Any) -> str | None:
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return None
    shown = parameter.name.upper() if parameter.param_type_name == "argument" else ", ".join(parameter.opts)
    wanted = " **Required.**" if parameter.required else ""
    default = (
        f" Default: `{parameter.default}`."
        if parameter.default not in (None, False, (), []) and not callable(parameter.default)
        else ""
    )
    return f"| `{shown}` | {getattr(parameter, 'help', None) or ''}{wanted}{default} |"


def _type(annotation: Any) -> str:
    choices = [arg for arg in get_args(annotation) if isinstance(arg, str)]
    if choices:
        return " \\| ".join(f"`{choice}`" for choice in choices)
    words = {
        int: "number",
        float: "number",
        bool: "`true` \\| `false`",
        str: "text",
        Path: "path",
        TranslationEndpoint: "parts, see below",
    }
    for kind in (annotation, *get_args(annotation)):
        if kind in words and not str(annotation).startswith(("tuple", "dict")):
            return words[kind]
    if str(annotation).startswith("tuple"):
        return "list"
    key, value = get_args(annotation)
    return f"{'path' if value is Path else 'name'} by {'capability' if key is str else 'pair'}"


def _range(metadata: list[Any]) -> str:
    shown = [
        f"{sign} {getattr(bound, attribute)}"
        for bound in metadata
        for kind, (sign, attribute) in BOUNDS.items()
        if isinstance(bound, kind)
    ]
    return f" {', '.join(shown)}" if shown else ""


def _default(value: Any) -> str:
    if value in (None, (), {}):
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


PAGES: dict[str, Callable[[], str]] = {"settings.md": settings, "commands.md": commands}


def main() -> int:
    """Write the pages, or with --check say which are old. Exit code 1 when one is."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a page is not current")
    check = arguments.parse_args().check
    old = [
        name for name, page in PAGES.items() if not (FOLDER / name).exists() or (FOLDER / name).read_text() != page()
    ]
    for name in old:
        if not check:
            (FOLDER / name).write_text(PAGES[name]())
        sys.stderr.write(f"docs/reference/{name} {'is not current: run scripts/docs' if check else 'written'}\n")
    return 1 if check and old else 0


if __name__ == "__main__":
    raise SystemExit(main())
