"""Real models for tests: pulled once a test session, by the road a user takes, into a folder that goes with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from soundstage.engines.model_catalogue import model
from soundstage.engines.model_store import pull


@cache
def models_folder(*names: str) -> Path:
    """A models folder that holds these models of the catalogue."""
    folder = _folder()
    for name in names:
        pull(model(name), folder)
    return folder


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="soundstage-models-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
