"""Signed tokens that expire: links to files that work without a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from itsdangerous import BadData, URLSafeTimedSerializer

from soundstage.errors import NotFound


def timed_serializer(secret: bytes, purpose: str) -> URLSafeTimedSerializer:
    """Signs JSON values with HMAC-SHA-256 and the time; a token of one purpose is worth nothing for another."""
    return URLSafeTimedSerializer(
        secret, salt=purpose, signer_kwargs={"key_derivation": "hmac", "digest_method": hashlib.sha256}
    )


@dataclass(frozen=True)
class SignedFile:
    """What a token opens: a named file of a run."""

    run_id: int
    name: str


class FileSigner:
    """Tokens are good for `ttl_seconds` after they were made."""

    def __init__(self, secret: bytes, *, ttl_seconds: int) -> None:
        self.ttl_seconds = ttl_seconds
        self._serializer = timed_serializer(secret, "file")

    def sign(self, file: SignedFile) -> str:
        """A token of letters, digits, `-`, `_` and `.`."""
        return self._serializer.dumps([file.run_id, file.name])

    def read(self, token: str) -> SignedFile:
        """Raises NotFound when the token was altered, is of another server, or has expired."""
        try:
            content: Any = self._serializer.loads(token, max_age=self.ttl_seconds)
        except BadData as error:
            raise NotFound("the link is not valid or has expired; ask for the result again to get a new one") from error
        run_id, name = content
        return SignedFile(run_id=run_id, name=name)
