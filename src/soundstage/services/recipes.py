"""Recipes read back out of files that come from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.account import Scope
from soundstage.errors import BadRequest, StageFailure
from soundstage.media.storage_full import full_disk_told
from soundstage.services.actor import Actor
from soundstage.storage.blobs.store import BlobStore

READ = "soundstage.media.recipe_file:read_recipe"  # by name: what comes from outside is read in a host process

RunIsolated = Callable[[str, dict[str, Any]], Any]


@dataclass
class RecipeSink:
    """Where the file is written while it comes; `read` tells what is in it."""

    path: Path
    _run_isolated: RunIsolated

    def __post_init__(self) -> None:
        with full_disk_told(self.path):
            self._file = self.path.open("wb")

    def write(self, data: bytes) -> None:
        """Append. Raises StorageFull."""
        with full_disk_told(self.path):
            self._file.write(data)
            self._file.flush()

    def read(self) -> dict[str, Any]:
        """The recipe. Raises BadRequest for a file that holds none, or that cannot be read within the limits."""
        self._file.close()
        try:
            recipe: dict[str, Any] = json.loads(self._run_isolated(READ, {"path": self.path}))
        except StageFailure as error:
            raise BadRequest(f"The file could not be read: {error.message}") from error
        return recipe

    def discard(self) -> None:
        with suppress(OSError):  # what a full disk did not take
            self._file.close()
        self.path.unlink(missing_ok=True)


class RecipesService:
    """`run_isolated(dotted name, arguments)` runs a function in a host process and gives its answer as JSON."""

    def __init__(self, blobs: BlobStore, run_isolated: RunIsolated) -> None:
        self._blobs = blobs
        self._run_isolated = run_isolated

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[RecipeSink]:
        """A place for a file, which is gone when this ends. Raises Forbidden, StorageFull."""
        actor.require(Scope.READ)
        sink = RecipeSink(self._blobs.draft_path(), self._run_isolated)
        try:
            yield sink
        finally:
            sink.discard()
