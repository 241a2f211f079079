"""What becomes of a task's product: the run of its own, or a further revision of the project it goes on from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from soundstage.domain.request import Basis
from soundstage.domain.revision import Origin, Revision
from soundstage.domain.task import Task, TaskKind
from soundstage.errors import Superseded
from soundstage.storage import project_revisions, runs
from soundstage.storage.database import Connection


@dataclass(frozen=True)
class Published:
    """`revision` of a project: None for a sound. `told`: where it did not become the head, a sentence that says so."""

    run_id: int
    revision: int | None = None
    told: str | None = None

    @property
    def news(self) -> dict[str, Any]:
        """What the event of the task's end says of it."""
        return {"run_id": self.run_id} | ({} if self.revision is None else {"revision": self.revision})


def publish(connection: Connection, task: Task, product: dict[str, Any]) -> Published:
    """Insert what a task made, in the transaction that ends (or parks) it. Raises Superseded when its run is gone."""
    basis = task.parameters.get("basis")
    if basis is not None:
        return _published(_revise(connection, task, Basis.model_validate(basis), product))
    run_id = runs.insert(
        connection,
        task_id=task.task_id,
        team_id=task.team_id,
        kind=task.kind.makes,
        folder_id=task.folder_id,
        product=product,
        origin=Origin.IMPORT if task.kind is TaskKind.PROJECT_IMPORT else Origin.SETUP,
    )
    return Published(run_id, 1 if task.kind.makes is TaskKind.PROJECT_SETUP else None)


def _revise(connection: Connection, task: Task, basis: Basis, product: dict[str, Any]) -> Revision:
    try:
        return project_revisions.insert(
            connection,
            basis.run_id,
            product,
            base=basis.revision,
            origin=Origin.CONTINUE if basis.stage is None else Origin.RERUN,
            task_id=task.task_id,
            stage=basis.stage,
            beside=basis.beside,
        )
    except LookupError as error:
        raise Superseded("the project was deleted") from error


def _published(made: Revision) -> Published:
    if made.head:
        return Published(made.run_id, made.revision)
    return Published(
        made.run_id,
        made.revision,
        f"This is revision {made.revision}, beside what the project shows: compare them, then choose one.",
    )
