"""Tasks as their service keeps them; what workers make of them is in tests/runtime."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from tests.services.conftest import create, sound

from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.task import Priority, TaskKind, TaskState
from soundstage.errors import Conflict, Forbidden, Invalid, LimitReached, NotFound
from soundstage.services.actor import Actor
from soundstage.services.idempotency import Idempotency
from soundstage.services.tasks import TaskLimits, TasksService


def test_a_new_task_waits_with_all_its_stages(tasks: TasksService, actor: Actor) -> None:
    task = create(tasks, actor)
    assert (task.state, task.attempt, task.progress, task.run_id) == (TaskState.QUEUED, 1, 0.0, None)
    assert [stage.name for stage in task.stages] == ["understand", "generate", "master", "encode"]
    assert tasks.get(actor, task.task_id) == task == tasks.read_status(actor.team_id, task.task_id)
    assert [event.data["state"] for event in tasks.events(actor, task.task_id)] == ["queued"]


def test_nobody_elses_task_is_seen(tasks: TasksService, actor: Actor, stranger: Actor, reader: Actor) -> None:
    task = create(tasks, actor)
    assert tasks.get(reader, task.task_id).task_id == task.task_id
    for refused in (
        lambda: tasks.get(stranger, task.task_id),
        lambda: tasks.cancel(stranger, task.task_id),
        lambda: tasks.delete(stranger, task.task_id),
        lambda: tasks.get(actor, task.task_id, TaskKind.PROJECT_SETUP),
        lambda: tasks.get(actor, "no such task"),
    ):
        with pytest.raises(NotFound):
            refused()
    with pytest.raises(Forbidden):
        create(tasks, reader)


def test_an_idempotency_key_gives_the_same_task(tasks: TasksService, actor: Actor, stranger: Actor) -> None:
    key = Idempotency("once", "digest of the body")
    first = create(tasks, actor, idempotency=key)
    assert create(tasks, actor, idempotency=key).task_id == first.task_id
    assert create(tasks, stranger, idempotency=key).task_id != first.task_id
    with pytest.raises(Invalid, match="Idempotency-Key"):
        create(tasks, actor, idempotency=Idempotency("once", "digest of another body"))


def test_belongings_of_others_are_refused(tasks: TasksService, actor: Actor) -> None:
    with pytest.raises(Invalid, match="folder"):
        create(tasks, actor, request=sound(folder_id=77))
    request = ProjectSetupRequest(
        media_url="https://example.org/a.mp4", source_language=1, target_languages=(54,), chosen_dictionaries=(5,)
    )
    with pytest.raises(Invalid, match="dictionary"):
        tasks.create(actor, TaskKind.PROJECT_SETUP, request)
    assert tasks.list(actor).items == ()


def test_a_team_at_its_limit_waits(service: Callable[..., TasksService], actor: Actor, stranger: Actor) -> None:
    tasks = service(TaskLimits(unended=2, disk_quota_bytes=10**9, idempotency_hours=24))
    kept = [create(tasks, actor) for _ in range(2)]
    with pytest.raises(LimitReached) as refused:
        create(tasks, actor)
    assert refused.value.retry_after > 0
    create(tasks, stranger)
    tasks.cancel(actor, kept[0].task_id)
    create(tasks, actor)


def test_cancel_retry_delete(tasks: TasksService, actor: Actor) -> None:
    task = create(tasks, actor)
    with pytest.raises(Conflict, match="cancel it before"):
        tasks.delete(actor, task.task_id)
    with pytest.raises(Conflict, match="only a failed or cancelled"):
        tasks.retry(actor, task.task_id)
    assert tasks.cancel(actor, task.task_id).state is TaskState.CANCELLED
    again = tasks.retry(actor, task.task_id)
    assert (again.state, again.attempt, again.revision) == (TaskState.QUEUED, 2, task.revision + 2)
    tasks.cancel(actor, task.task_id)
    tasks.delete(actor, task.task_id)
    with pytest.raises(NotFound):
        tasks.get(actor, task.task_id)


def test_pages_hold_every_task_once(tasks: TasksService, actor: Actor) -> None:
    made = [create(tasks, actor, priority=Priority.HIGH).task_id for _ in range(7)]
    seen: list[str] = []
    cursor = None
    while True:
        page = tasks.list(actor, limit=3, cursor=cursor)
        seen += [task.task_id for task in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    with pytest.raises(Invalid, match="cursor"):
        tasks.list(actor, cursor="not one of ours")


def test_filters(tasks: TasksService, actor: Actor) -> None:
    kept, ended = create(tasks, actor), create(tasks, actor)
    tasks.cancel(actor, ended.task_id)
    assert [t.task_id for t in tasks.list(actor, states=(TaskState.CANCELLED,)).items] == [ended.task_id]
    assert [t.task_id for t in tasks.list(actor, states=(TaskState.QUEUED,)).items] == [kept.task_id]
    assert tasks.list(actor, kind=TaskKind.PROJECT_SETUP).items == ()
    assert tasks.list(actor, created_after=datetime.now(UTC) + timedelta(hours=1)).items == ()
