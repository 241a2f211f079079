"""What the pages about tasks show."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from soundstage.domain.task import Task, TaskKind

if TYPE_CHECKING:
    from soundstage.services.runs import SoundRun

_TITLE_CHARACTERS = 90


def title_of(task: Task) -> str:
    """The project's name, else the prompt's beginning, else the media's file name (never its query string)."""
    wanted = task.parameters
    name = wanted.get("project_name") or wanted.get("prompt") or _taken_in(task) or _file_name(wanted["media_url"])
    text = " ".join(str(name).split()) or "Untitled"
    return text if len(text) <= _TITLE_CHARACTERS else text[:_TITLE_CHARACTERS] + "…"


def list_item(task: Task, prefix: str) -> dict[str, Any]:
    """A row of the list of tasks."""
    has_project = task.kind.makes is TaskKind.PROJECT_SETUP and task.run_id is not None
    return {
        "title": title_of(task),
        "href": f"{prefix}/studio/projects/{task.run_id}" if has_project else f"{prefix}/studio/tasks/{task.task_id}",
        "kind": task.kind.value.replace("_", " "),
        "state": task.state.value,
        "progress": task.progress,
        "created_at": task.created_at,
        "ended": task.state.ended,
    }


def sound_view(sound: SoundRun, prefix: str) -> dict[str, Any]:
    """The player of a finished sound."""
    recipe = sound.product.first.recipe.model_dump(mode="json")
    return {
        "audio_url": f"{prefix}/apis/text-to-sound-result/{sound.run.run_id}",
        "file_name": f"sound-{sound.run.run_id}.wav",
        "bytes": sound.product.first.audio.bytes,
        "recipe": orjson.dumps(recipe, option=orjson.OPT_INDENT_2).decode(),
    }


def _taken_in(task: Task) -> str | None:
    """The file name that the first stage found, once it is done."""
    findings = next((stage.findings for stage in task.stages if stage.name == "ingest"), None)
    return str(findings["file_name"]) if findings and findings.get("file_name") else None


def _file_name(media_url: str) -> str:
    if media_url.startswith("upload://"):
        return "Uploaded media"
    parts = urlsplit(media_url)
    return PurePosixPath(parts.path).name or parts.hostname or "Media"
