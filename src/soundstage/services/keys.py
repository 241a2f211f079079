"""Keys: make, list, revoke, and find out who asks."""

from __future__ import annotations

import hashlib
import secrets
from hmac import compare_digest

from soundstage.domain.account import Key, Scope, Team
from soundstage.errors import NotFound, Unauthenticated
from soundstage.services.actor import Actor
from soundstage.services.names import clean_name
from soundstage.storage import keys, teams
from soundstage.storage.database import Database

DEFAULT_TEAM = "default"
LONGEST_SECRET = 200  # characters looked at; ours have 55
ALL_SCOPES = frozenset(Scope)


class KeysService:
    """A secret is `sk_` + 8 visible characters + `_` + 32 random bytes as text; only its SHA-256 is stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, *, name: str, team: str | None = None, scopes: frozenset[Scope] = ALL_SCOPES) -> tuple[Key, str]:
        """The key and its secret, which nobody can show again. The team is made when there is none of that name.

        Raises Invalid for a name that is empty or too long (255 characters).
        """
        name = clean_name(name, field="name", shortest=1, longest=255)
        team = clean_name(DEFAULT_TEAM if team is None else team, field="team", shortest=1, longest=255)
        prefix = f"sk_{secrets.token_hex(4)}"
        secret = f"{prefix}_{secrets.token_urlsafe(32)}"
        with self._database.unit() as connection:
            key = keys.insert(
                connection,
                team_id=teams.get_or_insert(connection, team).team_id,
                name=name,
                prefix=prefix,
                secret_sha256=_digest(secret),
                scopes=scopes,
            )
        return key, secret

    def default_team(self) -> Team:
        """The team that keys without a named team belong to."""
        with self._database.unit() as connection:
            return teams.get_or_insert(connection, DEFAULT_TEAM)

    def list(self, team_id: int | None = None) -> list[Key]:
        """Keys of a team or of all teams, revoked ones too, oldest first."""
        with self._database.read() as connection:
            return keys.all_keys(connection, team_id)

    def revoke(self, key_id: int) -> Key:
        """The key does not open anything from now on, in no process. Raises NotFound; revoking twice is harmless."""
        with self._database.unit() as connection:
            key = keys.revoke(connection, key_id)
        if key is None:
            raise NotFound(f"there is no key {key_id}; `soundstage keys list` shows their ids")
        return key

    def authenticate(self, secret: str) -> Actor:
        """Who holds the secret. Raises Unauthenticated when it is missing, unknown or revoked."""
        if not secret:
            raise Unauthenticated("the key is missing; send it in the header x-api-key")
        digest = _digest(secret[:LONGEST_SECRET])
        found = keys.find_live(self._database, digest)
        if found is None or not compare_digest(found.secret_sha256, digest):
            raise Unauthenticated("the key is unknown or revoked; `soundstage keys create` makes a new one")
        return Actor(team_id=found.team_id, key_id=found.key_id, scopes=keys.split_scopes(found.scopes))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
