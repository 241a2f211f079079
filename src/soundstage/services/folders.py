"""Folders: where a team puts its runs."""

from __future__ import annotations

from soundstage.domain.account import Scope
from soundstage.domain.catalogue import Folder
from soundstage.errors import Conflict, Invalid
from soundstage.services.actor import Actor
from soundstage.services.idempotency import KEPT_A_DAY, Idempotency, IdempotencyKeys
from soundstage.services.names import clean_name
from soundstage.storage import folders
from soundstage.storage.database import Connection, Database
from soundstage.storage.idempotency import Noun

MOST = 100  # folders in one answer


class FoldersService:
    def __init__(self, database: Database, keys: IdempotencyKeys = KEPT_A_DAY) -> None:
        self._database = database
        self._keys = keys

    def create(self, actor: Actor, name: str, *, idempotency: Idempotency | None = None) -> Folder:
        """`name`: 3–255 characters. Raises Forbidden, Invalid, and Conflict when the team has a folder of that name.

        The same `idempotency` gives the same folder.
        """
        actor.require(Scope.WRITE)
        name = clean_name(name, field="folder_name", shortest=3, longest=255)
        with self._database.unit() as connection:
            return self._keys.once(
                connection,
                actor.team_id,
                idempotency,
                Noun.FOLDER,
                make=lambda: _insert(connection, actor.team_id, name),
                id_of=lambda folder: folder.folder_id,
                find=lambda made: folders.get(connection, actor.team_id, int(made)),
            )

    def list(self, actor: Actor, *, limit: int = MOST, search: str | None = None) -> list[Folder]:
        """Newest first, with the number of runs in each. `limit` 1–100; `search`: part of a name, 2–255 characters.

        Raises Forbidden and Invalid.
        """
        actor.require(Scope.READ)
        if not 1 <= limit <= MOST:
            raise Invalid.field("limit", f"must be from 1 to {MOST}", where="query")
        if search is not None and not 2 <= len(search) <= 255:
            raise Invalid.field("search_query", "must have 2 to 255 characters", where="query")
        with self._database.read() as connection:
            return folders.find(connection, actor.team_id, limit=limit, search=search)


def _insert(connection: Connection, team_id: int, name: str) -> Folder:
    folder = folders.insert(connection, team_id, name)
    if folder is None:
        raise Conflict(f"your team has a folder called {name!r} already; take another name or use that folder")
    return folder
