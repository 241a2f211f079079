"""Tasks that stop halfway: what is begun, what is there meanwhile, and how they go on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from tests.runtime.road_kit import Road, Take, kill

from soundstage.domain.request import ProjectSetupRequest
from soundstage.domain.revision import Origin
from soundstage.domain.task import StageState, Task, TaskKind, TaskState
from soundstage.errors import Conflict
from soundstage.runtime.ending import give_up
from soundstage.storage import events, line, project_revisions, runs, stage_results, tasks

Perform = Callable[[Task], str]


@pytest.fixture
def perform(take: Take) -> Perform:
    """Do a task's present attempt as a worker does; gives the word on how it ended."""

    def perform(task: Task) -> str:
        begun = take(task)
        try:
            return begun.run()
        finally:
            begun.close()

    return perform


def ask(road_on: Road, *stop_after: str, orders: dict[str, Any] | None = None) -> Task:
    request = ProjectSetupRequest(
        media_url="https://example.com/a.mp4",
        source_language=1,
        target_languages=(54,),
        project_name="A",
        project_description=json.dumps(orders or {}),
        stop_after=stop_after,
    )
    return road_on.tasks.create(road_on.actor(), TaskKind.PROJECT_SETUP, request)


def go_on(road_on: Road, task: Task) -> Task:
    return road_on.tasks.go_on(road_on.actor(), task.task_id)


def states(task: Task) -> dict[str, str]:
    return {stage.name: stage.state.value for stage in task.stages}


def shown(road_on: Road, task: Task) -> tuple[int, str, str]:
    """Number, origin and text of what the task's project shows."""
    with road_on.database.read() as connection:
        run = runs.of_task(connection, task.task_id)
        assert run is not None
        head = project_revisions.get(connection, run.run_id)
    assert head is not None
    assert run.product == head.product
    return head.revision, head.origin.value, head.product["text"]


def edit(road_on: Road, task: Task) -> None:
    """A person changes the project meanwhile."""
    with road_on.database.unit() as connection:
        run = runs.of_task(connection, task.task_id)
        assert run is not None
        head = project_revisions.get(connection, run.run_id)
        assert head is not None
        product = head.product | {"text": "edited"}
        project_revisions.insert(
            connection, run.run_id, product, base=head.revision, origin=Origin.EDIT, task_id=task.task_id
        )


def test_it_stops_with_what_runs_beside_it_done_and_a_product_to_open(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen")
    assert perform(task) == "parked"
    parked = road_on.get(task)
    assert parked.state is TaskState.PARKED
    assert states(parked) == {"look": "done", "listen": "done", "write": "parked", "finish": "waiting"}
    assert "to stop after listen" in (parked.stages[2].summary or "")
    assert (parked.eta, parked.finished_at, parked.failure) == (None, None, None)
    assert 0 < parked.progress < 1
    assert road_on.begun(task, "write") == 0
    assert shown(road_on, task) == (1, "setup", "listen of A; look of A; draft of A; ")
    assert (parked.run_id, parked.product_revision) == (1, 1)
    with road_on.database.read() as connection:
        told = [event.data.get("state") for event in events.after(connection, task.task_id, 0)]
        assert tasks.count_unended(connection, task.team_id) == 1
        assert line.begun(connection) == ()
    assert told[-1] == "parked"


def test_it_goes_on_to_a_further_revision_of_the_same_run(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen")
    perform(task)
    queued = go_on(road_on, task)
    assert (queued.state, queued.attempt, queued.run_id) == (TaskState.QUEUED, 2, 1)
    assert perform(queued) == "done"
    ended = road_on.get(task)
    assert (ended.state, ended.run_id, ended.product_revision) == (TaskState.SUCCEEDED, 1, 2)
    text = "look of A; listen of A; write of A; 3 drafted; finish of A; "
    assert shown(road_on, task) == (2, "continue", text)
    assert road_on.begun(task, "listen") == road_on.begun(task, "look") == 1


def test_it_stops_again_at_the_next_stage_that_was_named(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen", "write")
    perform(task)
    assert perform(go_on(road_on, task)) == "parked"
    assert states(road_on.get(task)) == {"look": "done", "listen": "done", "write": "done", "finish": "parked"}
    assert shown(road_on, task) == (2, "continue", "listen of A; look of A; listen of A; write of A; draft of A; ")
    assert perform(go_on(road_on, task)) == "done"
    assert shown(road_on, task)[:2] == (3, "continue")


def test_what_a_person_changes_after_it_went_on_is_not_written_over(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen")
    perform(task)
    queued = go_on(road_on, task)
    edit(road_on, task)
    assert perform(queued) == "done"
    ended = road_on.get(task)
    assert shown(road_on, task) == (2, "edit", "edited")
    assert ended.product_revision == 3
    assert "This is revision 3, beside what the project shows" in (ended.stages[-1].summary or "")


def test_it_is_not_retried_nor_given_up_but_cancelled_and_deleted(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen")
    perform(task)
    actor = road_on.actor()
    with pytest.raises(Conflict, match=r"POST …/continue goes on"):
        road_on.tasks.retry(actor, task.task_id)
    give_up(road_on.database, task.task_id, 1, "The worker died again and again.")
    assert road_on.get(task).state is TaskState.PARKED
    cancelled = road_on.tasks.cancel(actor, task.task_id)
    assert states(cancelled) == {"look": "done", "listen": "done", "write": "waiting", "finish": "waiting"}
    with pytest.raises(Conflict, match="only a parked task can be continued"):
        go_on(road_on, task)
    left = ask(road_on, "listen")
    perform(left)
    for one in (task, left):
        road_on.tasks.delete(actor, one.task_id)
    with road_on.database.read() as connection:
        assert runs.get(connection, 1) is runs.get(connection, 2) is None


def test_one_that_was_cancelled_stops_again_when_it_is_retried(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "write")
    perform(task)
    road_on.tasks.cancel(road_on.actor(), task.task_id)
    assert perform(road_on.tasks.retry(road_on.actor(), task.task_id)) == "parked"
    assert shown(road_on, task)[0] == 2
    assert perform(go_on(road_on, task)) == "done"


def test_a_product_that_cannot_be_made_fails_the_task_and_a_retry_makes_it(road_on: Road, perform: Perform) -> None:
    orders = {"draft": {"fail": ["StageFailure", "no room for a draft"], "times": 1}}
    task = ask(road_on, "listen", orders=orders)
    assert perform(task) == "ended in parking"
    failed = road_on.get(task)
    assert (failed.state, failed.run_id) == (TaskState.FAILED, None)
    assert failed.failure is not None
    assert failed.failure.stage == "finish"
    assert perform(road_on.tasks.retry(road_on.actor(), task.task_id)) == "parked"
    assert road_on.begun(task, "listen") == 1


def test_a_continued_attempt_that_fails_goes_on_from_there_when_it_is_retried(road_on: Road, perform: Perform) -> None:
    task = ask(road_on, "listen", orders={"finish": {"fail": ["StageFailure", "not this time"], "times": 1}})
    perform(task)
    perform(go_on(road_on, task))
    assert road_on.get(task).state is TaskState.FAILED
    assert perform(road_on.tasks.retry(road_on.actor(), task.task_id)) == "done"
    assert road_on.begun(task, "write") == 1
    assert shown(road_on, task)[:2] == (2, "continue")


def test_workers_killed_while_a_task_is_set_aside_and_while_it_goes_on(road_on: Road) -> None:
    task = ask(road_on, "listen", orders={"draft": {"hold": True}, "write": {"hold": True}})
    first = road_on.start_worker()
    road_on.wait_begun(task, "draft")
    road_on.wait(lambda: road_on.stage(task, "finish").state is StageState.RUNNING)
    kill(first)
    assert road_on.get(task).run_id is None
    second = road_on.start_worker()
    road_on.wait(lambda: road_on.begun(task, "draft") > 1)
    road_on.release(task)
    road_on.wait(lambda: road_on.get(task).state is TaskState.PARKED)
    (road_on.folder / f"released-{task.task_id}").unlink()
    go_on(road_on, task)
    road_on.wait_begun(task, "write")
    kill(second)
    road_on.start_worker()
    road_on.release(task)
    [ended] = road_on.wait_ended(task)
    assert (ended.state, ended.run_id, ended.product_revision) == (TaskState.SUCCEEDED, 1, 2)
    assert road_on.begun(task, "listen") == road_on.begun(task, "look") == 1
    with road_on.database.read() as connection:
        assert set(stage_results.of_task(connection, task.task_id)) == {"look", "listen", "write", "finish", "draft"}
