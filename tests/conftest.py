"""Fixtures for every room."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

CLIPS = Path(__file__).resolve().parents[2] / "shared" / "clips"


@pytest.fixture(scope="session")
def clips() -> Path:
    """The folder of real recordings beside the clone; tests that need it skip without it, but never in CI."""
    if not CLIPS.is_dir():
        if os.environ.get("CI"):
            pytest.fail(f"the recordings are missing: {CLIPS.parent.name}/{CLIPS.name} must lie beside the clone in CI")
        pytest.skip("the recordings (shared/clips beside the clone) are missing")
    return CLIPS
