"""Why a project lacks something: what the stage that left it out said, and the cure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from soundstage.services.runs import ProjectRun
from soundstage.storage import tasks
from soundstage.storage.database import Database


def why_left_out(database: Database, project: ProjectRun, stage: str, *, target: str | None = None) -> str:
    """The problem and the cure that a stage found, for a target's tag or altogether, as sentences.

    Each has a space after it; empty where the stage said nothing.
    """
    with database.read() as connection:
        task = tasks.get(connection, project.made_by, team_id=project.run.team_id)
    stages = task.stages if task else ()
    findings: Mapping[str, Any] = next((one.findings for one in stages if one.name == stage and one.findings), {})
    if target is not None:
        findings = next((one for one in findings.get("targets", ()) if one.get("language") == target), {})
    problem, cure = findings.get("problem"), findings.get("cure")
    sentences = [_sentence(part) for part in (problem, cure) if part]
    if cure:
        sentences.append(f"Then do the stage {stage} again: POST /apis/projects/{project.run.run_id}/rerun.")
    return "".join(f"{sentence} " for sentence in sentences)


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return f"{text[:1].upper()}{text[1:]}."
