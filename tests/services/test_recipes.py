"""Where files are put from which a recipe is to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundstage.domain.account import Scope
from soundstage.errors import BadRequest, StageFailure, StorageFull
from soundstage.services.actor import Actor
from soundstage.services.recipes import RecipesService
from soundstage.storage.blobs.local import LocalBlobs, LocalDraft

READER = Actor(team_id=1, key_id=1, scopes=frozenset({Scope.READ}))


class OnAFullDisk(LocalBlobs):
    """A store whose drafts a disk takes no byte of."""

    def draft(self) -> LocalDraft:
        draft = super().draft()
        draft._file.close()
        draft._file = Path("/dev/full").open("wb")  # noqa: SIM115 - the draft closes it
        return draft


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    blobs = OnAFullDisk(tmp_path)
    with pytest.raises(StorageFull), RecipesService(blobs, _refuse).begin(READER) as sink:
        sink.write(b"RIFF")
        sink.read()
    assert list(blobs.drafts.iterdir()) == []


def test_what_comes_is_whole_when_it_is_read_and_gone_afterwards(tmp_path: Path) -> None:
    seen = []

    def look(_function: str, arguments: dict[str, Any]) -> str:
        seen.append(arguments["path"].read_bytes())
        return "{}"

    blobs = LocalBlobs(tmp_path)
    with RecipesService(blobs, look).begin(READER) as sink:
        sink.write(b"RI")
        sink.write(b"FF")
        assert sink.read() == {}
    assert seen == [b"RIFF"]
    assert list(blobs.drafts.iterdir()) == []


def test_a_reader_that_dies_is_told_as_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    with (
        pytest.raises(BadRequest, match="could not be read: too much memory"),
        RecipesService(LocalBlobs(tmp_path), _refuse).begin(READER) as sink,
    ):
        sink.read()


def _refuse(_function: str, _arguments: dict[str, Any]) -> Any:
    raise StageFailure("too much memory")
