"""Who asks: a team, through a key or a browser session, with scopes."""

from __future__ import annotations

from dataclasses import dataclass

from soundstage.domain.account import Scope
from soundstage.errors import Forbidden


@dataclass(frozen=True)
class Actor:
    """`key_id` is None for a browser session."""

    team_id: int
    key_id: int | None
    scopes: frozenset[Scope]

    def allows(self, scope: Scope) -> bool:
        """`write` includes `read`, `admin` includes both."""
        if Scope.ADMIN in self.scopes:
            return True
        return scope in self.scopes or (scope is Scope.READ and Scope.WRITE in self.scopes)

    def require(self, scope: Scope) -> None:
        """Raises Forbidden naming the scope that is missing."""
        if not self.allows(scope):
            raise Forbidden(f"this key may not do that: it lacks the scope {scope.value!r}; use a key that has it")
