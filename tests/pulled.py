"""Real models for tests: those that scripts/install has put into the installation; else pulled once a test session, by
the road a user takes, into a folder that goes with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import installed, pull, shared_models


@cache
def models_folder(*names: str) -> Path:
    """A models folder with which these models of the catalogue are found."""
    folder = _folder()
    for name in names:
        pull(model(name), folder)  # at once where it is shared
    return folder


def comes_with(name: str) -> bool:
    """Whether the installation brings this model, so that every new data folder finds it."""
    return installed(model(name), shared_models()) is not None


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="soundstage-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
