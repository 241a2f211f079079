"""Recipes read back out of files that come from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from soundstage.domain.account import Scope
from soundstage.errors import BadRequest, StageFailure
from soundstage.services.actor import Actor
from soundstage.storage.blobs.store import BlobStore, Draft

READ = "soundstage.media.recipe_file:read_recipe"  # by name: what comes from outside is read in a host process

RunIsolated = Callable[[str, dict[str, Any]], Any]


class RecipeSink:
    """Where the file is written while it comes; `read` tells what is in it.

    The methods write to disk and wait for it: call them outside the event loop.
    """

    def __init__(self, draft: Draft, run_isolated: RunIsolated) -> None:
        self._draft = draft
        self._run_isolated = run_isolated

    def write(self, data: bytes) -> None:
        """Append. Raises StorageFull."""
        self._draft.write(data)

    def read(self) -> dict[str, Any]:
        """The recipe. Raises BadRequest for a file that holds none or cannot be read within the limits; StorageFull."""
        path = self._draft.written()
        try:
            recipe: dict[str, Any] = json.loads(self._run_isolated(READ, {"path": path}))
        except StageFailure as error:
            raise BadRequest(f"The file could not be read: {error.message}") from error
        return recipe


class RecipesService:
    """`run_isolated(dotted name, arguments)` runs a function in a host process and gives its answer as JSON."""

    def __init__(self, blobs: BlobStore, run_isolated: RunIsolated) -> None:
        self._blobs = blobs
        self._run_isolated = run_isolated

    @contextmanager
    def begin(self, actor: Actor) -> Iterator[RecipeSink]:
        """A place for a file, which is gone when this ends. Raises Forbidden, StorageFull."""
        actor.require(Scope.READ)
        draft = self._blobs.draft()
        try:
            yield RecipeSink(draft, self._run_isolated)
        finally:
            draft.discard()
