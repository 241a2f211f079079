"""Workers as their rows tell them."""

from __future__ import annotations

from sqlalchemy import update

from soundstage.storage import tables, workers
from soundstage.storage.database import Database


def test_a_worker_tells_what_it_does_at_once(database: Database) -> None:
    with database.unit() as connection:
        workers.insert(connection, worker_id="me", host="h", pid=1, pid_started=0.0, lanes={"sound": 12, "setup": 1})
    with database.read() as connection:
        (row,) = workers.living(connection)
    assert row.lanes == {"sound": 12, "setup": 1}


def test_a_worker_of_an_earlier_version_counts_once_in_each_lane(database: Database) -> None:
    with database.unit() as connection:
        workers.insert(connection, worker_id="old", host="h", pid=1, pid_started=0.0, lanes={})
        connection.execute(update(tables.workers).values(lanes="sound setup"))
    with database.read() as connection:
        (row,) = workers.living(connection)
    assert row.lanes == {"sound": 1, "setup": 1}
