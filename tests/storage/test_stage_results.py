"""What stages gave: found again by its key, within the team, as long as its task is there."""

from __future__ import annotations

import pytest

from soundstage.domain.account import Team
from soundstage.domain.task import Priority, StageState, StageStatus, TaskKind
from soundstage.storage import stage_results, tasks
from soundstage.storage.database import Connection, Database
from soundstage.storage.stage_results import StageResult
from soundstage.storage.tables import stage_results as table


def task_of(connection: Connection, team: Team, task_id: str) -> str:
    tasks.insert(
        connection,
        task_id=task_id,
        team_id=team.team_id,
        kind=TaskKind.PROJECT_SETUP,
        lane="setup",
        priority=Priority.NORMAL,
        queue_order=1,
        parameters={},
        folder_id=None,
        traceparent=None,
        stages=(),
    )
    return task_id


def keep(connection: Connection, task_id: str, text: str, key: str | None, at: int) -> StageResult:
    status = StageStatus(name="probe", title="Probe", state=StageState.DONE, summary=f"Found {text}.")
    result = StageResult("probe", {"text": text}, status, 4.5, key)
    stage_results.insert(connection, task_id, 1, result)
    connection.execute(table.update().where(table.c.task_id == task_id).values(committed_at=at))
    return result


def test_the_latest_of_the_team_is_found(database: Database, team: Team, other_team: Team) -> None:
    with database.unit() as connection:
        keep(connection, task_of(connection, team, "old"), "old", "k", at=1)
        new = keep(connection, task_of(connection, team, "new"), "new", "k", at=3)
        keep(connection, task_of(connection, team, "without"), "without", None, at=4)
        keep(connection, task_of(connection, other_team, "theirs"), "theirs", "k", at=5)
        found = stage_results.reusable(connection, team.team_id, "k")
        assert found is not None
        assert (found.task_id, found.result) == ("new", new)
        assert stage_results.reusable(connection, team.team_id, "another") is None
        assert stage_results.exists(connection, "new", "probe")
        assert not stage_results.exists(connection, "new", "decode")
        stage_results.delete(connection, "new")
        found = stage_results.reusable(connection, team.team_id, "k")
        assert found is not None
        assert found.task_id == "old"


def test_what_is_withheld_is_not_found_by_the_team(database: Database, team: Team, other_team: Team) -> None:
    with database.unit() as connection:
        for owner, name in ((team, "first"), (team, "second"), (other_team, "theirs")):
            keep(connection, task_of(connection, owner, name), name, "k", at=1)
        stage_results.withhold(connection, team.team_id, "k")
        assert stage_results.reusable(connection, team.team_id, "k") is None
        assert stage_results.of_task(connection, "first")["probe"].output == {"text": "first"}, "it stays its task's"
        theirs = stage_results.reusable(connection, other_team.team_id, "k")
        assert theirs is not None
        assert theirs.task_id == "theirs"


@pytest.mark.parametrize("key", ["k", None])
def test_a_key_comes_back_with_the_results_of_its_task(database: Database, team: Team, key: str | None) -> None:
    with database.unit() as connection:
        kept = keep(connection, task_of(connection, team, "one"), "one", key, at=1)
        assert stage_results.of_task(connection, "one") == {"probe": kept}


def test_pieces_of_a_stage_go_along_to_another_task(database: Database, team: Team) -> None:
    with database.unit() as connection:
        for name in ("one", "other"):
            keep(connection, task_of(connection, team, name), name, None, at=1)
        status = StageStatus(name="probe.a", title="a", state=StageState.DONE)
        for task_id, piece, text in (("one", "probe.a", "1a"), ("one", "probe.b", "1b"), ("other", "probe.a", "2a")):
            stage_results.insert(connection, task_id, 1, StageResult(piece, {"text": text}, status, None, piece))
        stage_results.copy_parts(connection, "probe", "one", "other")
        there = stage_results.of_task(connection, "other")
        texts = {"probe": "other", "probe.a": "2a", "probe.b": "1b"}
        assert {stage: result.output["text"] for stage, result in there.items()} == texts
        assert there["probe.b"].reuse_key == "probe.b"
        again = StageResult("probe.a", {"text": "3a"}, status)
        stage_results.replace(connection, "other", 2, again)
        assert stage_results.of_task(connection, "other")["probe.a"] == again
