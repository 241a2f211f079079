"""One-time links that open the browser pages; only the SHA-256 of their token is stored."""

from __future__ import annotations

from sqlalchemy import Connection

from soundstage.storage.clock import now_ms
from soundstage.storage.tables import login_links


def insert(connection: Connection, *, token_sha256: str, team_id: int, expires_at: int) -> None:
    """`expires_at`: milliseconds since the epoch. Links that expired before now are cleared away."""
    connection.execute(login_links.delete().where(login_links.c.expires_at < now_ms()))
    connection.execute(login_links.insert().values(token_sha256=token_sha256, team_id=team_id, expires_at=expires_at))


def use(connection: Connection, token_sha256: str) -> int | None:
    """The team of a link that is fresh and unused, which it is no more; None for any other. Only one caller wins."""
    at = now_ms()
    statement = (
        login_links.update()
        .where(
            login_links.c.token_sha256 == token_sha256,
            login_links.c.used_at.is_(None),
            login_links.c.expires_at > at,
        )
        .values(used_at=at)
        .returning(login_links.c.team_id)
    )
    return connection.execute(statement).scalar_one_or_none()
