"""Recipes read back out of files that come from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from soundstage.domain.account import Scope
from soundstage.errors import BadRequest, StageFailure
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
        self._file = self.path.open("xb")

    def write(self, data: bytes) -> None:
        self._file.write(data)

    def read(self) -> dict[str, Any]:
        """The recipe. Raises BadRequest for a file that holds none, or that cannot be read within the limits."""
        self._file.close()
        try:
            recipe: dict[str, Any] = json.loads(self._run_isolated(READ, {"path": self.path}))
        except StageFailure as error:
            raise BadRequest(f"The file could not be read: {error.message}") from error
        return recipe

    def discard(self) -> None:
        self._file.close()
        self.path.unlink(missing_ok=True)


class RecipesService:
    """`run_isolated(dotted name, arguments)` runs a function in a host process and gives its answer as JSON."""

    def __init__(self, blobs: BlobStore, run_isolated: RunIsolated) -> None:
        self._blobs = blobs
        self._run_isolated = run_isolated

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[RecipeSink]:
        """A place for a file, which is gone when this ends. Raises Forbidden."""
        actor.require(Scope.READ)
        sink = RecipeSink(self._blobs.draft_path(), self._run_isolated)
        try:
            yield sink
        finally:
            sink.discard()
