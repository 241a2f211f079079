"""Folders that are there whole or not at all, however many processes make them at once and whichever is killed."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from soundstage.errors import EngineFailure, StorageFull

_ABANDONED_SECONDS = {  # after which what somebody left behind is removed
    ".joining-*": 6 * 3600.0,  # a slow download may take long
    ".arriving-*": 14 * 86400.0,  # the beginning of a download that may be gone on with
}
_NO_SPACE = {28, 122}  # ENOSPC, EDQUOT


def make_folder(folder: Path, fill: Callable[[Path], None], complete: Callable[[Path], bool], what: str) -> None:
    """Make `folder`: `fill` is given an empty one beside it, which is renamed when it is full; the first rename wins.

    complete: whether a folder of that name, made by another process, is as good; a broken one is replaced.
    what: "the model X (74 MB)", for the errors. Raises StorageFull, EngineFailure (the disk is at fault), and what
    `fill` raises.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder.parent)
        making = Path(tempfile.mkdtemp(prefix=".joining-", dir=folder.parent))
        try:
            fill(making)
            making.chmod(0o755)  # what is shared is read by others; where it must not be, its parent says so
            _sync(making)
            _into_place(making, folder, complete)
        finally:
            shutil.rmtree(making, ignore_errors=True)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise StorageFull(f"no room to keep {what}") from error
        raise EngineFailure(f"{what} could not be put together: {error}") from error


def _sync(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _into_place(made: Path, folder: Path, complete: Callable[[Path], bool]) -> None:
    """Rename, tolerating another process that was faster; a broken folder of that name is put aside first."""
    if folder.exists() and not complete(folder):
        aside = made.with_name(f"{made.name}-broken")
        with contextlib.suppress(FileNotFoundError):  # the other process has put it aside
            folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    try:
        made.rename(folder)
    except OSError:
        if not complete(folder):
            raise


def _sweep(parent: Path) -> None:
    """Remove what killed processes left behind."""
    for pattern, abandoned in _ABANDONED_SECONDS.items():
        for left in parent.glob(pattern):
            try:
                old = time.time() - left.stat().st_mtime > abandoned
            except OSError:
                continue
            if old:
                shutil.rmtree(left, ignore_errors=True)
