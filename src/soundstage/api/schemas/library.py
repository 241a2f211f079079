"""Projects and sounds: what a team has made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from soundstage.api.addresses import project_url
from soundstage.api.schemas.fields import Reply, Time

if TYPE_CHECKING:
    from soundstage.services.runs import ProjectRun


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
