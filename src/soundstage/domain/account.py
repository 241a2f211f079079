"""Teams and keys: who owns, and what may act for them."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from soundstage.domain.value import Value


class Scope(StrEnum):
    """`read` = GET; `write` = create, edit, cancel, delete (and read); `admin` = keys and teams (and all else)."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


class Team(Value):
    team_id: int
    name: str


class Key(Value):
    """A secret that acts for a team. Only its SHA-256 and a visible prefix are kept."""

    key_id: int
    team_id: int
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    revoked_at: datetime | None = None

    def allows(self, scope: Scope) -> bool:
        if Scope.ADMIN in self.scopes:
            return True
        return scope in self.scopes or (scope is Scope.READ and Scope.WRITE in self.scopes)
