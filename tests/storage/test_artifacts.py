"""Artifact rows: one per content, there as long as anybody refers to it."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from soundstage.domain.account import Team
from soundstage.domain.artifact import Artifact
from soundstage.storage import artifacts
from soundstage.storage.database import Database


def artifact_of(content: str, name: str = "a.wav") -> Artifact:
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Artifact(sha256=digest, bytes=len(content), media_type="audio/wav", name=name)


def test_a_content_is_counted_once_per_team(database: Database, team: Team, other_team: Team) -> None:
    with database.unit() as connection:
        for task, name in (("1", "a.wav"), ("1", "b.wav"), ("2", "a.wav")):
            artifacts.refer(connection, artifact_of("same", name), team_id=team.team_id, task_id=task, stage="encode")
        artifacts.refer(connection, artifact_of("longer"), team_id=team.team_id, upload_id="u")
        artifacts.refer(connection, artifact_of("same"), team_id=other_team.team_id, upload_id="v")
        assert artifacts.team_bytes(connection, team.team_id) == len("same") + len("longer")
        assert artifacts.team_bytes(connection, other_team.team_id) == len("same")
        assert sorted(artifacts.of_task(connection, "1")) == ["a.wav", "b.wav"]


def test_what_a_stage_keeps_under_a_name(database: Database, team: Team) -> None:
    first, second = artifact_of("first"), artifact_of("second")
    with database.unit() as connection:
        for artifact in (first, second):
            artifacts.refer(connection, artifact, team_id=team.team_id, task_id="1", stage="convert")
        assert artifacts.of_stage(connection, "1", "convert", "a.wav") == second
        for task, stage, name in (("2", "convert", "a.wav"), ("1", "encode", "a.wav"), ("1", "convert", "b.wav")):
            assert artifacts.of_stage(connection, task, stage, name) is None


def test_a_content_lives_as_long_as_its_last_reference(database: Database, team: Team) -> None:
    shared, own = artifact_of("shared"), artifact_of("own", "b.wav")
    with database.unit() as connection:
        for artifact, task in ((shared, "1"), (own, "1"), (shared, "2")):
            artifacts.refer(connection, artifact, team_id=team.team_id, task_id=task, stage="encode")
        assert artifacts.release(connection, task_id="1") == (own.sha256,)
        assert artifacts.is_known(connection, shared.sha256)
        assert artifacts.release(connection, task_id="2") == (shared.sha256,)
        assert not artifacts.is_known(connection, shared.sha256)
        assert artifacts.release(connection, task_id="2") == ()


steps = st.lists(st.tuples(st.sampled_from(["refer", "release"]), st.integers(0, 2), st.integers(0, 2)), max_size=15)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_rows_are_there_exactly_for_what_is_referred_to(
    database: Database, team: Team, steps: list[tuple[str, int, int]]
) -> None:
    referred: dict[int, set[int]] = {}
    with database.unit() as connection:
        for task in range(3):
            artifacts.release(connection, task_id=str(task))
        for step, task, content in steps:
            if step == "refer":
                name = f"{content}.wav"
                artifacts.refer(
                    connection, artifact_of(name, name), team_id=team.team_id, task_id=str(task), stage="encode"
                )
                referred.setdefault(task, set()).add(content)
            else:
                artifacts.release(connection, task_id=str(task))
                referred.pop(task, None)
        there = {
            content for content in range(3) if artifacts.is_known(connection, artifact_of(f"{content}.wav").sha256)
        }
    assert there == set().union(*referred.values())


@pytest.mark.parametrize("round_", range(3))
def test_a_content_that_comes_and_goes_at_once_keeps_its_row(database: Database, team: Team, round_: int) -> None:
    """No reference is ever left without its artifact, whatever the order in which transactions come."""
    artifact, numbers = artifact_of("contested"), count()

    def come_and_go(_: int) -> None:
        for _ in range(10):
            upload_id = f"upload {next(numbers)}"
            with database.unit() as connection:
                artifacts.refer(connection, artifact, team_id=team.team_id, upload_id=upload_id)
            with database.read() as connection:
                assert artifacts.is_known(connection, artifact.sha256)
            with database.unit() as connection:
                artifacts.release(connection, upload_id=upload_id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(come_and_go, range(4)))
    assert database.row("SELECT count(*) FROM artifacts", ()) == (0,)
