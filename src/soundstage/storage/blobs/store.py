"""What a store of artifacts' bytes can do. `local` keeps them in a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol


class Draft(Protocol):
    """Bytes on their way into the store. Nothing is kept until `keep`; after an error call `discard`."""

    @property
    def length(self) -> int:
        """How many bytes were written so far."""
        ...

    def write(self, data: bytes) -> None:
        """Append. Raises StorageFull, after which nothing is left of the draft."""
        ...

    def written(self) -> Path:
        """Where what was written so far can be read, until `keep` or `discard`. Raises StorageFull as `write`."""
        ...

    def keep(self) -> tuple[str, int]:
        """Make what was written durable; its SHA-256 and its length in bytes. Raises StorageFull."""
        ...

    def discard(self) -> None:
        """Throw away what was written; harmless after `keep` and when called twice."""
        ...


class BlobStore(Protocol):
    """Immutable files named by the SHA-256 (hexadecimal) of their bytes."""

    def draft(self) -> Draft:
        """Begin to write bytes as they come. Raises StorageFull."""
        ...

    def draft_path(self) -> Path:
        """Where another process may write a file that `put(path, move=True)` then takes; nothing is there yet.

        The caller removes what it does not put; what a dead one left is swept as drafts are.
        """
        ...

    def put(self, path: Path, *, move: bool = False) -> tuple[str, int]:
        """Keep a file for good; its SHA-256 and its length. Twice the same bytes are kept once.

        `move`: the file may be taken from where it lies instead of copied. When this returns, the bytes survive a
        loss of power. Raises StorageFull, leaving nothing behind.
        """
        ...

    def path(self, sha256: str) -> Path:
        """A local, read-only path of the bytes. Raises NotFound when they are not here."""
        ...

    def exists(self, sha256: str) -> bool: ...

    def renew(self, sha256: str) -> bool:
        """Make bytes that are here as young as if they were put now, so that no deletion under way takes them.

        False when they are gone. Whoever refers to bytes calls it in the transaction that does.
        """
        ...

    def delete(self, sha256: str, *, older_than_seconds: float = 0.0) -> bool:
        """Delete the bytes unless they were put (also again) less than `older_than_seconds` ago; whether it did."""
        ...

    def sweep(self, keep: Callable[[str], bool], *, older_than_seconds: float) -> tuple[int, int]:
        """Delete what `keep(sha256)` does not claim and abandoned drafts, both older than that; count and bytes."""
        ...
