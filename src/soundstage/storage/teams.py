"""Teams: the owners of everything."""

from __future__ import annotations

from sqlalchemy import Connection, select

from soundstage.domain.account import Team
from soundstage.storage.clock import now_ms
from soundstage.storage.tables import teams
from soundstage.storage.upsert import insert_new


def get_or_insert(connection: Connection, name: str) -> Team:
    """The team of that name, made when there is none."""
    team_id = insert_new(connection, teams, name=name, created_at=now_ms())
    if team_id is None:
        team_id = connection.execute(select(teams.c.team_id).where(teams.c.name == name)).scalar_one()
    return Team(team_id=team_id, name=name)


def get(connection: Connection, team_id: int) -> Team | None:
    name = connection.execute(select(teams.c.name).where(teams.c.team_id == team_id)).scalar_one_or_none()
    return None if name is None else Team(team_id=team_id, name=name)


def all_teams(connection: Connection) -> list[Team]:
    """Every team, oldest first."""
    rows = connection.execute(select(teams.c.team_id, teams.c.name).order_by(teams.c.team_id))
    return [Team(team_id=row.team_id, name=row.name) for row in rows]
