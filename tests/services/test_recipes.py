"""Where files are put from which a recipe is to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundstage.errors import StorageFull
from soundstage.services.recipes import RecipeSink


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    path = tmp_path / "draft"
    path.symlink_to("/dev/full")
    sink = RecipeSink(path, _never)
    with pytest.raises(StorageFull):
        sink.write(b"RIFF")
    sink.discard()
    assert list(tmp_path.iterdir()) == []


def _never(_function: str, _arguments: dict[str, Any]) -> Any:
    raise AssertionError("what could not be kept is not read")
