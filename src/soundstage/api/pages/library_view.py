"""What the page of sounds shows: a row for each sound, one for each that is still being made, the form's limits."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from soundstage.api.pages.task_view import planned, shortened, title_of
from soundstage.domain.sound import HIGHEST_TEMPO, LOWEST_TEMPO, MOST_VARIATIONS, SoundSort
from soundstage.domain.task import Task, TaskState
from soundstage.services.sound_files import FORMATS, SCORE

if TYPE_CHECKING:
    from soundstage.api.settings import ApiSettings
    from soundstage.services.runs import SoundRun

FOLLOWED = (TaskState.QUEUED, TaskState.RUNNING, TaskState.PARKED)
EXAMPLES = (
    "heavy rain on a tin roof with distant thunder",
    "footsteps on gravel, then a wooden door creaks",
    "a whoosh from left to right",
)
_SORTS = {SoundSort.NEWEST: "Newest first", SoundSort.OLDEST: "Oldest first", SoundSort.NAME: "By name"}


def sound_row(sound: SoundRun, prefix: str) -> dict[str, Any]:
    """A sound in the list: what it is called, where its page, picture and files are, how it is marked."""
    run, marks, first = sound.run, sound.marks, sound.product.first
    prompt = first.recipe.prompt or planned({"plan": first.recipe.plan}) or "Untitled"
    return {
        "run_id": run.run_id,
        "title": shortened(marks.name or prompt),
        "name": marks.name or "",
        "prompt": prompt,
        "href": f"{prefix}/studio/tasks/{run.task_id}",
        "kind": first.recipe.audio_type.value,
        "seconds": sound.product.duration_ms / 1000,
        "created_at": run.created_at,
        "engine": first.recipe.engine,
        "takes": len(sound.product.takes),
        "loop": first.recipe.loop,
        "favourite": marks.favourite,
        "tags": marks.tags,
        "audio": f"{prefix}/apis/text-to-sound-result/{run.run_id}?variation=0",
        "picture": f"{prefix}/apis/sounds/{run.run_id}/waveform.png?variation=0",
        "formats": [name for name in FORMATS if name != SCORE or first.midi is not None],
        "stems": len(first.stems),
    }


def coming_row(task: Task, status: dict[str, Any], prefix: str) -> dict[str, Any]:
    """A sound that is not there yet, or will not be: how far it is, or why not."""
    return {
        "task_id": task.task_id,
        "title": title_of(task),
        "href": f"{prefix}/studio/tasks/{task.task_id}",
        "ended": task.state.ended,
        "stage": next((one["title"] for one in status["stages"] if one["state"] == "running"), None),
        **{name: status[name] for name in ("state", "progress", "queue_position", "message", "run_id")},
    }


def making_form(settings: ApiSettings, engines: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """What the form that makes a sound lets one ask for. engines: name and title of those that are ready."""
    return {
        "prompt_characters": settings.max_prompt_characters,
        "seconds": settings.max_sound_seconds,
        "default_seconds": settings.default_sound_seconds,
        "variations": MOST_VARIATIONS,
        "tempos": (LOWEST_TEMPO, HIGHEST_TEMPO),
        "engines": list(engines),
        "examples": EXAMPLES,
    }


def sort_choices(chosen: SoundSort) -> list[tuple[str, str, bool]]:
    return [(sort.value, title, sort is chosen) for sort, title in _SORTS.items()]


def address_of(prefix: str, **query: str | None) -> str:
    """The page with these filters; those that are empty are left out."""
    asked = urlencode({name: value for name, value in query.items() if value})
    return f"{prefix}/studio/sounds{'?' if asked else ''}{asked}"
