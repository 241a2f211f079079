"""Login link rows."""

from __future__ import annotations

from soundstage.domain.account import Team
from soundstage.storage import login_links
from soundstage.storage.clock import now_ms
from soundstage.storage.database import Database


def test_a_link_is_used_once_while_it_is_fresh(database: Database, team: Team) -> None:
    with database.unit() as connection:
        login_links.insert(connection, token_sha256="a", team_id=team.team_id, expires_at=now_ms() + 60_000)
        login_links.insert(connection, token_sha256="b", team_id=team.team_id, expires_at=now_ms() - 1)
        assert login_links.use(connection, "a") == team.team_id
        assert login_links.use(connection, "a") is None
        assert login_links.use(connection, "b") is None
        assert login_links.use(connection, "c") is None
