"""What the pages about tasks show."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import orjson

from soundstage.domain.task import Task, TaskKind

if TYPE_CHECKING:
    from soundstage.domain.sound import SoundTake
    from soundstage.services.runs import SoundRun

_TITLE_CHARACTERS = 90


def title_of(task: Task) -> str:
    """The project's name, else the prompt's beginning, else what its plan plays or the media's file name.

    Never the query string of an address.
    """
    wanted = task.parameters
    name = wanted.get("project_name") or wanted.get("prompt") or planned(wanted) or _taken_in(task)
    name = name or _file_name(wanted.get("media_url") or "")
    return shortened(str(name)) or "Untitled"


def shortened(text: str, characters: int = _TITLE_CHARACTERS) -> str:
    """On one line, and with an ellipsis where it is longer than that."""
    text = " ".join(text.split())
    return text if len(text) <= characters else text[:characters] + "…"


def planned(wanted: dict[str, Any]) -> str | None:
    """What the plan of a sound without a prompt plays."""
    plan = wanted.get("plan")
    if not plan:
        return None
    named = [plan["music"]["style"]] if plan.get("music") else [layer["sound"] for layer in plan["layers"]]
    return ", ".join(named).replace("_", " ")


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
    """A finished sound: the player of each take with its files and pictures, the plan, the recipe, the marks."""
    run_id, marks = sound.run.run_id, sound.marks
    recipe = sound.product.first.recipe.model_dump(mode="json")
    plan = recipe.pop("plan")
    return {
        "run_id": run_id,
        "takes": [_take(take, variation, run_id, prefix) for variation, take in enumerate(sound.product.takes)],
        "recipe": _json(recipe),
        "plan": _json(plan),
        "name": marks.name or "",
        "favourite": marks.favourite,
        "tags": ", ".join(marks.tags),
    }


def _take(take: SoundTake, variation: int, run_id: int, prefix: str) -> dict[str, Any]:
    result = f"{prefix}/apis/text-to-sound-result/{run_id}"
    url = f"{result}?variation={variation}" if variation else result
    more = "&" if variation else "?"
    parts = [(stem.name.replace("_", " "), f"{url}{more}stem={stem.name}") for stem in take.stems]
    if take.midi is not None:
        parts.append(("score (MIDI)", f"{url}{more}format=mid"))
    return {
        "number": variation + 1,
        "seed": take.recipe.seed,
        "audio_url": url,
        "bytes": take.audio.bytes,
        "formats": [(form.upper(), f"{url}{more}format={form}") for form in ("flac", "mp3", "ogg", "opus")],
        "parts": parts,
        "spectrogram": f"{prefix}/apis/sounds/{run_id}/spectrogram.png?variation={variation}",
        "seam": take.seam,
    }


def _json(value: Any) -> str:
    return orjson.dumps(value, option=orjson.OPT_INDENT_2).decode()


def _taken_in(task: Task) -> str | None:
    """The file name that the first stage found, once it is done."""
    findings = next((stage.findings for stage in task.stages if stage.name == "ingest"), None)
    return str(findings["file_name"]) if findings and findings.get("file_name") else None


def _file_name(media_url: str) -> str:
    if media_url.startswith("upload://"):
        return "Uploaded media"
    parts = urlsplit(media_url)
    return PurePosixPath(parts.path).name or parts.hostname or "Media"
