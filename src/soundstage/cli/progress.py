"""Live progress bars, one a stage."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

_MARKS = {"waiting": "·", "running": "▶", "parked": "‖", "done": "✓", "skipped": "–", "failed": "✗"}


def watch(statuses: Iterable[dict[str, Any]], console: Console, *, quiet: bool = False) -> dict[str, Any]:
    """Draw each status as it comes; returns the last one. Without a terminal, finished stages are printed as lines."""
    last: dict[str, Any] = {}
    if quiet:
        return list(statuses)[-1]
    if not console.is_terminal:
        return _lines(statuses, console)
    columns = (
        TextColumn("{task.fields[mark]}"),
        TextColumn("{task.description}", justify="left"),
        BarColumn(bar_width=24),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeElapsedColumn(),
        TextColumn("{task.fields[summary]}", style="dim"),
    )
    with Progress(*columns, console=console) as bars:
        rows: dict[str, TaskID] = {}
        for last in statuses:
            _draw(bars, rows, last)
    return last


def _draw(bars: Progress, rows: dict[str, TaskID], status: dict[str, Any]) -> None:
    for stage in status.get("stages", ()):
        name = stage["name"]
        if name not in rows:
            rows[name] = bars.add_task(stage["title"], total=1.0, start=False, mark="·", summary="")
        row = rows[name]
        if stage["state"] == "running":
            bars.start_task(row)
        elif stage["state"] in ("done", "skipped", "failed"):
            bars.stop_task(row)
        bars.update(
            row,
            completed=1.0 if stage["state"] == "skipped" else stage["progress"],
            mark=_MARKS.get(stage["state"], "?"),
            summary=stage.get("summary") or "",
        )


def _lines(statuses: Iterable[dict[str, Any]], console: Console) -> dict[str, Any]:
    last: dict[str, Any] = {}
    told: set[str] = set()
    for last in statuses:
        for stage in last.get("stages", ()):
            if stage["state"] in ("done", "skipped", "failed") and stage["name"] not in told:
                told.add(stage["name"])
                mark = _MARKS[stage["state"]]
                console.print(f"{mark} {stage['title']}: {stage.get('summary') or ''}", markup=False)
    return last
