"""Projects and sounds: what a team has made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from soundstage.api.addresses import project_url
from soundstage.api.schemas.fields import Reply, Time
from soundstage.domain.request import AudioType

if TYPE_CHECKING:
    from soundstage.services.runs import ProjectRun, SoundRun


class ProjectItem(Reply):
    run_id: int
    task_id: str
    project_name: str
    project_description: str | None
    created_at: Time
    source_language: int
    target_languages: list[int]
    duration: float
    segments: int
    folder_id: int | None
    studio_url: str

    @classmethod
    def of(cls, project: ProjectRun, base: str) -> ProjectItem:
        run, product = project.run, project.product
        return cls(
            run_id=run.run_id,
            task_id=run.task_id,
            project_name=product.project_name,
            project_description=product.project_description,
            created_at=product.created_at,
            source_language=product.source_language,
            target_languages=list(product.target_languages),
            duration=product.duration_ms / 1000,
            segments=product.segments,
            folder_id=run.folder_id,
            studio_url=project_url(run.run_id, base),
        )


class ProjectPage(Reply):
    items: list[ProjectItem]
    next_cursor: str | None


class SoundItem(Reply):
    run_id: int
    task_id: str
    prompt: str
    audio_type: AudioType
    duration: float
    created_at: Time
    folder_id: int | None
    recipe: dict[str, Any]
    studio_url: str

    @classmethod
    def of(cls, sound: SoundRun, base: str) -> SoundItem:
        run, recipe = sound.run, sound.product.first.recipe
        return cls(
            run_id=run.run_id,
            task_id=run.task_id,
            prompt=recipe.prompt,
            audio_type=recipe.audio_type,
            duration=sound.product.duration_ms / 1000,
            created_at=run.created_at,
            folder_id=run.folder_id,
            recipe=recipe.model_dump(mode="json"),
            studio_url=f"{base}/studio/tasks/{run.task_id}",
        )


class SoundPage(Reply):
    items: list[SoundItem]
    next_cursor: str | None
