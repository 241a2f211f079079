"""Small files that a service makes itself, into the store."""

from __future__ import annotations

from soundstage.domain.artifact import Artifact
from soundstage.storage.blobs.store import BlobStore


def keep_bytes(blobs: BlobStore, name: str, media_type: str, data: bytes) -> Artifact:
    """Keep bytes for good. Whoever records them calls `blobs.renew` in that transaction. Raises StorageFull."""
    draft = blobs.draft()
    try:
        draft.write(data)
        sha256, length = draft.keep()
    except BaseException:
        draft.discard()
        raise
    return Artifact(sha256=sha256, bytes=length, media_type=media_type, name=name)
