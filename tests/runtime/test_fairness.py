"""Who is served when: teams, priorities, places in line."""

from __future__ import annotations

from contextlib import suppress

from tests.runtime.road_kit import Road

from soundstage.domain.task import Priority, Task
from soundstage.errors import Conflict


def _order(road: Road, tasks: list[Task]) -> list[str]:
    ended = road.wait_ended(*tasks, seconds=120)
    return [task.task_id for task in sorted(ended, key=lambda task: task.run_id or 0)]


def test_a_team_of_one_is_not_behind_a_team_of_500(road_on: Road) -> None:
    many, one = road_on.actor("many"), road_on.actor("one")
    crowd = [road_on.create(many, seed=seed) for seed in range(500)]
    single = road_on.create(one)
    road_on.start_worker(lanes={"sound": 1}, polling_seconds=0.02)
    (served,) = road_on.wait_ended(single)
    assert served.run_id is not None
    first = sum((road_on.get(task).run_id or served.run_id) < served.run_id for task in crowd)
    assert first <= 5, f"{first} tasks of the other team went first"
    for task in crowd:
        with suppress(Conflict):  # some have ended
            road_on.tasks.cancel(many, task.task_id)


def test_two_teams_take_turns(road_on: Road) -> None:
    first, second = road_on.actor("first"), road_on.actor("second")
    tasks = [road_on.create(first, seed=n) for n in range(6)] + [road_on.create(second, seed=n) for n in range(6)]
    road_on.start_worker(lanes={"sound": 1}, polling_seconds=0.02)
    order = _order(road_on, tasks)
    of_first = {task.task_id for task in tasks[:6]}
    served = ["first" if task_id in of_first else "second" for task_id in order]
    assert all(set(pair) == {"first", "second"} for pair in zip(served[::2], served[1::2], strict=True)), served


def test_priorities_order_a_teams_own_tasks(road_on: Road) -> None:
    actor = road_on.actor()
    low = [road_on.create(actor, seed=n, priority=Priority.LOW) for n in range(3)]
    normal = [road_on.create(actor, seed=n) for n in range(3)]
    high = [road_on.create(actor, seed=n, priority=Priority.HIGH) for n in range(3)]
    road_on.start_worker(lanes={"sound": 1}, polling_seconds=0.02)
    order = _order(road_on, low + normal + high)
    place = {task_id: n for n, task_id in enumerate(order)}
    assert max(place[t.task_id] for t in high) < place[normal[-1].task_id]
    assert place[low[-1].task_id] == len(order) - 1


def test_places_in_line_are_told(road_on: Road) -> None:
    actor = road_on.actor()
    road_on.start_worker(lanes={"sound": 1})
    running = road_on.create(actor, {"understand": {"hold": True}})
    road_on.wait_begun(running, "understand")
    waiting = [road_on.create(actor) for _ in range(3)]
    road_on.wait(lambda: [road_on.get(task).queue_position for task in waiting] == [1, 2, 3])
    assert road_on.get(running).queue_position is None
    road_on.release(running)
    road_on.wait_ended(*waiting)
