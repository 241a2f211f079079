"""Insert unless there."""

from __future__ import annotations

from soundstage.domain.account import Team
from soundstage.storage.database import Database
from soundstage.storage.tables import folders
from soundstage.storage.upsert import insert_new


def test_a_row_that_is_there_is_left_alone_and_the_transaction_goes_on(database: Database, team: Team) -> None:
    with database.unit() as connection:
        first = insert_new(connection, folders, team_id=team.team_id, name="a", created_at=1)
        assert insert_new(connection, folders, team_id=team.team_id, name="a", created_at=2) is None
        second = insert_new(connection, folders, team_id=team.team_id, name="b", created_at=3)
        assert isinstance(first, int)
        assert second > first
    assert database.row("SELECT created_at FROM folders WHERE name = ?", ("a",)) == (1,)
