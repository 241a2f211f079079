"""Teams."""

from __future__ import annotations

from soundstage.storage import teams
from soundstage.storage.database import Database


def test_a_team_is_made_once(database: Database) -> None:
    with database.unit() as connection:
        first = teams.get_or_insert(connection, "ours")
        assert teams.get_or_insert(connection, "ours") == first
        other = teams.get_or_insert(connection, "theirs")
        assert teams.all_teams(connection) == [first, other]
        assert teams.get(connection, first.team_id) == first
        assert teams.get(connection, 999) is None
