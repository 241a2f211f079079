"""`Idempotency-Key`: the same create sent again makes nothing twice.

A key and what it makes are one transaction: a create that fails leaves the key free, and of two that are sent at once
the second waits for the first and answers the same. A key holds for its hours, and no longer than what it has made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from soundstage.errors import Invalid
from soundstage.storage import idempotency
from soundstage.storage.database import Connection
from soundstage.storage.idempotency import Noun, Seen

HOUR_MS = 3_600_000

Made = TypeVar("Made")


@dataclass(frozen=True)
class Idempotency:
    """A client's key for a create, and the digest of what it asked for."""

    key: str
    digest: str

    @classmethod
    def of(cls, key: str | None, noun: Noun, *parts: str | None) -> Idempotency | None:
        """By what was asked for, part by part, such as a file's name and its SHA-256; None without a key."""
        if key is None:
            return None
        return cls(key, hashlib.sha256(json.dumps((noun.value, *parts)).encode()).hexdigest())


@dataclass(frozen=True)
class IdempotencyKeys:
    """`hours`: how long a key is kept."""

    hours: float = 24.0

    def once(
        self,
        connection: Connection,
        team_id: int,
        asked: Idempotency | None,
        noun: Noun,
        *,
        make: Callable[[], Made],
        id_of: Callable[[Made], str | int],
        find: Callable[[str], Made | None],
    ) -> Made:
        """What `make()` makes in this transaction, or what it made when the key came first, which `find(id)` gives.

        Raises Invalid where the key was used for another request, and whatever `make` raises.
        """
        if asked is None:
            return make()
        seen = idempotency.claim(connection, team_id, asked.key, asked.digest, life_ms=self._life_ms)
        if seen is not None:
            found = find(self._made(seen, asked))
            if found is None:
                raise AssertionError(f"{noun} {seen.made} is gone, although this transaction holds it")
            return found
        made = make()
        idempotency.settle(connection, team_id, asked.key, noun, id_of(made))
        return made

    def made(self, connection: Connection, team_id: int, asked: Idempotency | None) -> str | None:
        """The id of what the same request has made so far, without taking the key. Raises Invalid as `once` does."""
        seen = None if asked is None else self.look(connection, team_id, asked.key)
        return None if seen is None or asked is None else self._made(seen, asked)

    def look(self, connection: Connection, team_id: int, key: str) -> Seen | None:
        """What a key stands for, whatever was asked for; None where it is free."""
        return idempotency.look(connection, team_id, key, life_ms=self._life_ms)

    def _made(self, seen: Seen, asked: Idempotency) -> str:
        if seen.digest != asked.digest:
            raise Invalid.field(
                "Idempotency-Key",
                f"was used for another request within the last {self.hours:g} hours; send the same body or another key",
                where="header",
            )
        return seen.made

    @property
    def _life_ms(self) -> int:
        return round(self.hours * HOUR_MS)


KEPT_A_DAY = IdempotencyKeys()
