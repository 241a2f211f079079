"""Absolute addresses of this server, from the setting or the bound socket, never from a `Host` header."""

from __future__ import annotations

from starlette.types import Scope

from soundstage.api.settings import ApiSettings
from soundstage.domain.task import Task, TaskKind


def base_url(scope: Scope, settings: ApiSettings) -> str:
    """`https://sound.example` (no slash at the end): `public_url`, else the local end of this connection."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host, port = scope.get("server") or ("127.0.0.1", None)
    if not host or host.startswith("/"):  # a UNIX socket has no address of its own
        host, port = "localhost", None
    name = f"[{host}]" if ":" in host else host
    return f"{scope.get('scheme', 'http')}://{name}" + (f":{port}" if port else "")


def studio_url(task: Task, base: str) -> str | None:
    """Where the task's product is opened, once there is one."""
    if task.run_id is None:
        return None
    if task.kind.makes is TaskKind.PROJECT_SETUP:
        return project_url(task.run_id, base)
    return f"{base}/studio/tasks/{task.task_id}"


def project_url(run_id: int, base: str) -> str:
    return f"{base}/studio/projects/{run_id}"


def signed_file_url(token: str, base: str) -> str:
    return f"{base}/apis/files/{token}"
