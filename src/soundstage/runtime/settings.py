"""What the runtime is told by whoever builds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from soundstage.media.drive_links import DRIVE_URL


@dataclass(frozen=True)
class WorkerSettings:
    """lanes: lane → tasks at once on this worker. The rest is in seconds unless its name says otherwise.

    retries: how often a stage is tried again after a retryable failure; the pauses double from `retry_pause_seconds`.
    reuse: stages may be taken over from earlier tasks of the team.
    """

    scratch: Path
    lanes: Mapping[str, int]
    heartbeat_seconds: float = 2.0
    dead_after_seconds: float = 15.0
    drain_seconds: int = 30
    polling_seconds: float = 0.2
    retries: int = 2
    retry_pause_seconds: float = 1.0
    flush_seconds: float = 0.25
    memory_budget_mb: int = 4096
    engine_idle_seconds: float = 900.0
    reuse: bool = True


@dataclass(frozen=True)
class StageLimits:
    """Server-wide limits that stages obey (`pipelines.context.StageSettings`)."""

    max_media_bytes: int
    max_media_seconds: float
    fetch_allow: tuple[str, ...]
    fetch_timeout_seconds: float
    team_disk_quota_bytes: int
    video_proxy: bool = True
    proxy_transcode_seconds: float = 300.0
    drive_url: str = DRIVE_URL
    engines: Mapping[str, str] = field(default_factory=dict)
    engine_settings: Mapping[str, Any] = field(default_factory=dict)
