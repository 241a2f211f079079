"""Folders."""

from __future__ import annotations

import pytest

from soundstage.domain.task import TaskKind
from soundstage.errors import Conflict, Forbidden, Invalid
from soundstage.services.actor import Actor
from soundstage.services.folders import FoldersService
from soundstage.storage import folders as folder_rows
from soundstage.storage import runs
from soundstage.storage.database import Database


@pytest.fixture
def folders(database: Database) -> FoldersService:
    return FoldersService(database)


def test_a_folder_is_listed_newest_first_to_its_team_only(
    folders: FoldersService, actor: Actor, stranger: Actor
) -> None:
    first, second = folders.create(actor, " Season 1 "), folders.create(actor, "Season 2")
    assert (first.name, first.team_id, first.run_count) == ("Season 1", actor.team_id, 0)
    assert folders.list(actor) == [second, first]
    assert folders.list(actor, limit=1) == [second]
    assert folders.list(stranger) == []


def test_two_teams_may_use_the_same_name_but_one_team_not_twice(
    folders: FoldersService, actor: Actor, stranger: Actor
) -> None:
    folders.create(actor, "Season 1")
    folders.create(stranger, "Season 1")
    with pytest.raises(Conflict, match="'Season 1' already") as told:
        folders.create(actor, "Season 1")
    assert told.value.status == 400, "409 would make the clients try again"


def test_search_is_for_part_of_a_name_in_any_letter_case(folders: FoldersService, actor: Actor) -> None:
    for name in ("Season 1", "season_2", "100% Rabat", "other"):
        folders.create(actor, name)

    def found(words: str) -> set[str]:
        return {folder.name for folder in folders.list(actor, search=words)}

    assert found("SEASON") == {"Season 1", "season_2"}
    assert found("n_") == {"season_2"}
    assert found("0% r") == {"100% Rabat"}
    assert found("%%") == set()


def test_runs_are_counted(folders: FoldersService, actor: Actor, database: Database) -> None:
    folder, empty = folders.create(actor, "Sounds"), folders.create(actor, "Empty")
    with database.unit() as connection:
        for number in range(3):
            runs.insert(
                connection,
                task_id=f"task {number}",
                team_id=actor.team_id,
                kind=TaskKind.TEXT_TO_SOUND,
                folder_id=folder.folder_id,
                product={},
            )
        found = folder_rows.get(connection, actor.team_id, folder.folder_id)
        assert found is not None
        assert found.run_count == 3
        assert folder_rows.exists(connection, actor.team_id, folder.folder_id)
        assert not folder_rows.exists(connection, actor.team_id + 1, folder.folder_id)
    assert {one.folder_id: one.run_count for one in folders.list(actor)} == {folder.folder_id: 3, empty.folder_id: 0}


@pytest.mark.parametrize("name", ["", "ab", "  ab  ", "x" * 256, "a\nb c", "abc\0"])
def test_bad_names_are_refused(folders: FoldersService, actor: Actor, name: str) -> None:
    with pytest.raises(Invalid) as told:
        folders.create(actor, name)
    assert told.value.faults[0].loc == ("body", "folder_name")


def test_bad_searches_are_refused(folders: FoldersService, actor: Actor) -> None:
    for arguments in ({"limit": 0}, {"limit": 101}, {"search": "x"}, {"search": "x" * 256}):
        with pytest.raises(Invalid):
            folders.list(actor, **arguments)  # type: ignore[arg-type]


def test_reading_is_not_writing(folders: FoldersService, reader: Actor) -> None:
    assert folders.list(reader) == []
    with pytest.raises(Forbidden):
        folders.create(reader, "Season 1")
