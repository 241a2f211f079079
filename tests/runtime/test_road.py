"""The road in fair weather: accepted, performed, told."""

from __future__ import annotations

import signal

from tests.runtime.road_kit import Road

from soundstage.domain.event import EventType
from soundstage.domain.task import StageState, Task, TaskState


def test_a_task_walks_the_road(road_on: Road) -> None:
    actor = road_on.actor()
    task = road_on.create(actor, seed=7)
    assert task.state is TaskState.QUEUED
    road_on.start_worker()
    (ended,) = road_on.wait_ended(task)
    assert ended.state is TaskState.SUCCEEDED
    assert ended.run_id is not None
    assert ended.progress == 1.0
    assert [stage.state for stage in ended.stages] == [StageState.DONE] * 3
    assert road_on.product(task) == "understand of 7; generate of 7; master of 7; "
    events = road_on.tasks.events(actor, task.task_id)
    assert [event.type for event in events][-1] is EventType.END
    assert sum(event.type is EventType.FINDING for event in events) == 3
    assert [event.event_id for event in events] == sorted(event.event_id for event in events)


def test_progress_never_falls_and_the_eta_is_learnt(road_on: Road) -> None:
    actor = road_on.actor()
    road_on.start_worker()
    first = road_on.create(actor, {"understand": {"sleep": 6.0}})
    seen = [first]

    def look() -> Task:
        seen.append(road_on.get(first))
        return seen[-1]

    road_on.wait(lambda: 0 < look().stages[0].progress < 1)  # a running stage shows how far it is
    road_on.wait(lambda: look().state.ended)
    assert all(task.eta is None for task in seen if not task.state.ended), "nothing is known before the first has ended"
    assert [task.progress for task in seen] == sorted(task.progress for task in seen)
    second = road_on.create(actor, {"understand": {"hold": True}})
    road_on.wait(lambda: road_on.get(second).eta is not None)
    eta = road_on.get(second).eta
    assert eta is not None
    assert 0 <= eta.low <= eta.seconds <= eta.high
    road_on.release(second)
    road_on.wait_ended(second)


def test_a_drained_worker_ends_its_task_and_takes_no_more(road_on: Road) -> None:
    actor = road_on.actor()
    worker = road_on.start_worker(lanes={"sound": 1}, drain_seconds=100)
    running = road_on.create(actor, {"understand": {"hold": True}, "generate": {"sleep": 3.0}})
    waiting = road_on.create(actor)
    road_on.wait_begun(running, "understand")
    worker.send_signal(signal.SIGTERM)
    road_on.wait(lambda: road_on.worker_states() == ["draining"])
    road_on.release(running)
    assert worker.wait(90) == 0
    assert road_on.get(running).state is TaskState.SUCCEEDED
    assert road_on.get(waiting).state is TaskState.QUEUED
    road_on.start_worker()
    (ended,) = road_on.wait_ended(waiting)
    assert ended.state is TaskState.SUCCEEDED


def test_what_a_drain_cannot_wait_for_goes_on_with_the_next_worker(road_on: Road) -> None:
    actor = road_on.actor()
    worker = road_on.start_worker(drain_seconds=1)
    task = road_on.create(actor, {"generate": {"hold": True}})
    road_on.wait_begun(task, "generate")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(90) == 0
    assert not road_on.get(task).state.ended
    road_on.release(task)
    road_on.start_worker()
    (ended,) = road_on.wait_ended(task)
    assert ended.state is TaskState.SUCCEEDED
    assert road_on.begun(task, "understand") == 1, "a finished stage is not done again"
