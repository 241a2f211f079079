"""Revisions of a project: numbered, never overwritten, and the head moves only from what a revision was made of."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from soundstage.domain.account import Team
from soundstage.domain.revision import Origin
from soundstage.domain.task import TaskKind
from soundstage.storage import project_revisions, runs
from soundstage.storage.database import Connection, Database
from soundstage.storage.migrations import upgrade


def project(connection: Connection, team: Team, task_id: str = "set-up") -> int:
    return runs.insert(
        connection,
        task_id=task_id,
        team_id=team.team_id,
        kind=TaskKind.PROJECT_SETUP,
        folder_id=None,
        product={"made": "first"},
    )


def test_a_project_begins_with_its_first_revision(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        first = project_revisions.get(connection, run_id)
    assert first is not None
    assert (first.revision, first.base, first.origin, first.head) == (1, None, Origin.SETUP, True)
    assert first.product == {"made": "first"}


def test_what_is_made_of_the_head_becomes_head_and_what_is_made_of_another_stays_beside(
    database: Database, team: Team
) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        edit = project_revisions.insert(
            connection, run_id, {"made": "by hand"}, base=1, origin=Origin.EDIT, task_id="set-up"
        )
        late = project_revisions.insert(
            connection, run_id, {"made": "late"}, base=1, origin=Origin.RERUN, task_id="again", stage="transcribe"
        )
        shown = runs.get(connection, run_id)
        assert (edit.revision, edit.head, late.revision, late.head) == (2, True, 3, False)
        assert shown is not None
        assert shown.product == {"made": "by hand"}
        assert [one.revision for one in project_revisions.page(connection, run_id)] == [3, 2, 1]
        assert [one.revision for one in project_revisions.page(connection, run_id, before=3, limit=1)] == [2]
        assert project_revisions.newest(connection, run_id) == late


def test_one_that_is_to_stay_beside_does_until_it_is_chosen(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        again = project_revisions.insert(
            connection, run_id, {"made": "again"}, base=1, origin=Origin.RERUN, task_id="again", beside=True
        )
        assert not again.head
        assert project_revisions.choose(connection, run_id, 2)
        assert project_revisions.get(connection, run_id) == again.model_copy(update={"head": True})
        assert not project_revisions.choose(connection, run_id, 3)
        shown = runs.get(connection, run_id)
        assert shown is not None
        assert shown.product == {"made": "again"}


def test_what_was_made_of_a_revision_needs_it(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        for base, task in ((1, "a"), (1, "b"), (3, "c")):
            project_revisions.insert(connection, run_id, {}, base=base, origin=Origin.RERUN, task_id=task)
        needed = {task: project_revisions.needed(connection, run_id, task) for task in ("set-up", "a", "b", "c")}
    assert needed == {"set-up": 1, "a": 2, "b": 3, "c": None}, "a's is the head, c was made of b's"


def test_no_number_is_given_twice(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        for number in (2, 3, 4):
            made = project_revisions.insert(
                connection, run_id, {}, base=1, origin=Origin.RERUN, task_id="again", beside=True
            )
            assert made.revision == number
            project_revisions.delete(connection, run_id, task_id="again")


def test_a_project_that_is_gone_takes_no_revision(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
        runs.delete(connection, run_id)
        assert project_revisions.page(connection, run_id) == ()
        with pytest.raises(LookupError):
            project_revisions.insert(connection, run_id, {}, base=1, origin=Origin.EDIT, task_id="set-up")


def test_of_edits_made_at_once_one_becomes_head_and_none_is_lost(database: Database, team: Team) -> None:
    with database.unit() as connection:
        run_id = project(connection, team)
    gate = threading.Barrier(4)

    def edit(number: int) -> bool:
        gate.wait()
        with database.unit() as connection:
            return project_revisions.insert(
                connection, run_id, {"made": number}, base=1, origin=Origin.EDIT, task_id="set-up"
            ).head

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(edit, range(4))) == [False, False, False, True]
    with database.read() as connection:
        kept = project_revisions.page(connection, run_id)
    assert sorted(one.product["made"] for one in kept[:-1]) == [0, 1, 2, 3]
    assert [one.revision for one in kept] == [5, 4, 3, 2, 1]


steps = st.lists(st.tuples(st.sampled_from(["insert", "choose"]), st.integers(1, 8)), max_size=12)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_run_always_shows_the_head(database: Database, team: Team, steps: list[tuple[str, int]]) -> None:
    with database.unit() as connection:
        run_id = project(connection, team, task_id=f"task {id(steps)} {len(steps)}")
        head, newest = 1, 1
        for step, number in steps:
            if step == "choose":
                if project_revisions.choose(connection, run_id, number):
                    head = number
                continue
            made = project_revisions.insert(
                connection, run_id, {"n": newest + 1}, base=number, origin=Origin.EDIT, task_id="t"
            )
            assert made.revision > max(newest, number)  # what it was made of may have been deleted
            newest = made.revision
            head = newest if number == head else head
        heads = [one for one in project_revisions.page(connection, run_id) if one.head]
        shown = runs.get(connection, run_id)
        assert [one.revision for one in heads] == [head]
        assert shown is not None
        assert shown.product == heads[0].product
        runs.delete(connection, run_id)


def test_projects_of_before_get_their_first_revision(database_url: str) -> None:
    database = Database(database_url)
    with database.unit() as connection:
        command.upgrade(upgrade.settings(connection), "0003")
        for kind in ("project_setup", "text_to_sound"):
            connection.execute(
                text(
                    "INSERT INTO runs (task_id, team_id, kind, created_at, product) "
                    f"VALUES ('{kind}', 1, '{kind}', 77, '{{\"made\": 1}}')"
                )
            )
    database.migrate()
    with database.read() as connection:
        first, sound = project_revisions.get(connection, 1), project_revisions.get(connection, 2)
    database.close()
    assert first is not None
    assert (first.revision, first.head, first.task_id, first.product) == (1, True, "project_setup", {"made": 1})
    assert sound is None


def test_projects_of_before_go_on_counting_from_the_largest_number_that_is_known(database_url: str) -> None:
    database = Database(database_url)
    with database.unit() as connection:
        command.upgrade(upgrade.settings(connection), "0005")
        connection.execute(
            text(
                "INSERT INTO runs (task_id, team_id, kind, created_at, product) "
                "VALUES ('set-up', 1, 'project_setup', 77, '{}')"
            )
        )
        for revision, base in ((1, "NULL"), (4, "6")):  # 6 was deleted when that was allowed
            connection.execute(
                text(
                    "INSERT INTO project_revisions (run_id, revision, base, origin, task_id, created_at, product) "
                    f"VALUES (1, {revision}, {base}, 'setup', 'set-up', 77, '{{}}')"
                )
            )
    database.migrate()
    with database.unit() as connection:
        made = project_revisions.insert(connection, 1, {}, base=1, origin=Origin.EDIT, task_id="set-up")
    database.close()
    assert made.revision == 7
