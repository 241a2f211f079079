"""Browser sessions: opened by a one-time link, carried as a signed value in an HttpOnly cookie."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from itsdangerous import BadData

from soundstage.domain.account import Scope
from soundstage.errors import Unauthenticated
from soundstage.services.actor import Actor
from soundstage.services.signing import timed_serializer
from soundstage.storage import login_links
from soundstage.storage.clock import now_ms
from soundstage.storage.database import Database

SESSION_SCOPES = frozenset({Scope.READ, Scope.WRITE})


@dataclass(frozen=True)
class SessionLimits:
    """How long a login link waits to be opened, and how long a browser stays logged in, in seconds."""

    link_seconds: int = 600
    session_seconds: int = 12 * 3600


class SessionsService:
    """`secret`: the server's signing secret; whoever has another one accepts none of its sessions."""

    def __init__(self, database: Database, secret: bytes, limits: SessionLimits | None = None) -> None:
        self._database = database
        self.limits = limits or SessionLimits()
        self._serializer = timed_serializer(secret, "session")

    def issue(self, team_id: int) -> str:
        """A token that logs one browser in, once, for the team."""
        token = secrets.token_urlsafe(32)
        expires_at = now_ms() + self.limits.link_seconds * 1000
        with self._database.unit() as connection:
            login_links.insert(connection, token_sha256=_digest(token), team_id=team_id, expires_at=expires_at)
        return token

    def redeem(self, token: str) -> str:
        """The session value for a link's token. Raises Unauthenticated when it was used, has expired or never was."""
        with self._database.unit() as connection:
            team_id = login_links.use(connection, _digest(token))
        if team_id is None:
            raise Unauthenticated(
                "this login link was used already or has expired; start `soundstage serve` again for a new one"
            )
        return self._serializer.dumps(team_id)

    def team_of(self, session: str) -> Actor | None:
        """Who a session value stands for; None when it was altered, has expired or is of another server."""
        try:
            team_id = self._serializer.loads(session, max_age=self.limits.session_seconds)
        except BadData:
            return None
        return Actor(team_id=team_id, key_id=None, scopes=SESSION_SCOPES) if isinstance(team_id, int) else None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
