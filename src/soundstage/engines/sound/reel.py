"""Long sound that is worked on in blocks: in memory while it is short, in files without a name when it is long.

A file is mapped into memory; what has been worked on is let go again (MADV_DONTNEED: of a shared mapping nothing is
lost, Linux manual, madvise(2)), so that the memory of the process does not grow with the sound.
"""

from __future__ import annotations

import errno
import mmap
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from soundstage.errors import StorageFull

Floats = NDArray[np.float32]
BLOCK = 1 << 18  # frames worked on at a time
_IN_MEMORY = 30 * 44_100  # frames: music of half a minute takes a quarter of a gigabyte to mix


def place_of(frames: int, folder: Path) -> Path | None:
    """Where sound of so many frames is worked on: in files in this folder, or in memory (None)."""
    return folder if frames > _IN_MEMORY else None


class Reels:
    """Makes empty arrays of long sound. `folder`: where files go; None: everything stays in memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def blank(self, *shape: int) -> Floats:
        """float32 zeros. A file is gone with the last view of its array. Raises StorageFull."""
        size = 4 * int(np.prod(shape))
        if self._folder is None or size == 0:
            return np.zeros(shape, np.float32)
        with tempfile.TemporaryFile(dir=self._folder) as file:
            try:
                os.posix_fallocate(file.fileno(), 0, size)  # a disk that fills up later would kill the process
            except OSError as error:
                if error.errno in (errno.ENOSPC, errno.EDQUOT):
                    raise StorageFull("The disk is full. Free some space, then retry.") from None
                raise
            return np.memmap(file, np.float32, "r+", shape=shape)


def blocks(*arrays: Floats) -> Iterator[slice]:
    """The places of one block after the other along the last axis of the first; then the memory of all is let go."""
    for begin in range(0, arrays[0].shape[-1], BLOCK):
        yield slice(begin, min(begin + BLOCK, arrays[0].shape[-1]))
        let_go(*arrays)


def let_go(*arrays: Floats) -> None:
    """What lies in a file need not stay in memory as well."""
    for array in arrays:
        mapped = getattr(array, "_mmap", None)
        if mapped is not None:
            mapped.madvise(mmap.MADV_DONTNEED)
