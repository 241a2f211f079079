"""Fair order in a lane: start-time fair queueing.

Each (team, priority) is a flow. A task's order is one stride after the later of the flow's last order and the
order the lane is serving now; the queue takes the lowest order first. A team that posts 500 tasks therefore
stands one place behind, not 500 places before, a team that posts one. A flow of higher priority takes shorter
strides. (Goyal, Vin, Cheng: "Start-time Fair Queuing", SIGCOMM 1996, with unit cost.)
"""

from __future__ import annotations

from sqlalchemy import Connection, select, update

from soundstage.domain.task import Priority
from soundstage.storage.tables import lane_flow, lanes, tasks

STRIDE = {Priority.HIGH: 1, Priority.NORMAL: 4, Priority.LOW: 16}


def next_order(connection: Connection, lane: str, team_id: int, priority: Priority) -> int:
    """The order of a task that is being accepted; at least 1."""
    flow = f"{team_id}:{priority.value}"
    now = connection.execute(select(lanes.c.current_order).where(lanes.c.lane == lane)).scalar()
    if now is None:
        connection.execute(lanes.insert().values(lane=lane, current_order=0))
        now = 0
    last = connection.execute(
        select(lane_flow.c.last_order).where(lane_flow.c.lane == lane, lane_flow.c.flow == flow).with_for_update()
    ).scalar()
    order = max(now, last or 0) + STRIDE[priority]
    if last is None:
        connection.execute(lane_flow.insert().values(lane=lane, flow=flow, last_order=order))
    else:
        connection.execute(
            update(lane_flow).where(lane_flow.c.lane == lane, lane_flow.c.flow == flow).values(last_order=order)
        )
    return order


def serve(connection: Connection, task_id: str) -> None:
    """Move the lane's clock to the task that is being begun."""
    order = select(tasks.c.queue_order).where(tasks.c.task_id == task_id).scalar_subquery()
    lane = select(tasks.c.lane).where(tasks.c.task_id == task_id).scalar_subquery()
    connection.execute(
        update(lanes).where(lanes.c.lane == lane, lanes.c.current_order < order).values(current_order=order)
    )
