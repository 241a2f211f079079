"""What a dry run tells: what would be done, with what, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

from soundstage.api.schemas.fields import Reply

if TYPE_CHECKING:
    from soundstage.services.dry_run import DryRun


class PlannedStage(Reply):
    name: str
    engine: str | None
    ready: bool
    cure: str | None


class DryRunReply(Reply):
    """The plan of a create. What is unknown is null."""

    valid: bool
    media: dict[str, Any] | None
    stages: list[PlannedStage]
    eta_range_seconds: tuple[float, float] | None
    disk_bytes: int | None
    warnings: list[str] = Field(description="What will not stop the task, but should be known before.")

    @classmethod
    def of(cls, plan: DryRun) -> DryRunReply:
        return cls(
            valid=plan.valid,
            media=None if plan.media is None else plan.media.model_dump(mode="json"),
            stages=[
                PlannedStage(name=stage.name, engine=stage.engine, ready=stage.ready, cure=stage.cure)
                for stage in plan.stages
            ],
            eta_range_seconds=plan.eta_range_seconds,
            disk_bytes=plan.disk_bytes,
            warnings=list(plan.warnings),
        )
