"""Telling a full disk from other failures to write."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import soundfile

from soundstage.errors import StorageFull


@contextmanager
def full_disk_told(output: Path) -> Iterator[None]:
    """Within the block, failures to write because the disk is full become StorageFull.

    libsndfile tells only that it wrote too little: whether more can be appended to `output` tells why.
    """
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _full() from None
        raise
    except (soundfile.SoundFileError, AssertionError):
        if _is_full(output):
            raise _full() from None
        raise


def _is_full(output: Path) -> bool:
    try:
        with output.open("ab", buffering=0) as file:
            return file.write(bytes(65536)) < 65536
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT)


def _full() -> StorageFull:
    return StorageFull("The disk is full. Free some space, then retry.")
