"""Long sound in files: the same samples as in memory, gone with their array."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from soundstage.domain.sound import AudioType, Dynamics
from soundstage.engines.progress import silent
from soundstage.engines.sound.contract import Wish
from soundstage.engines.sound.reel import BLOCK, Reels, blocks, let_go, place_of
from soundstage.engines.sound.synthesis import finish, mix, parse
from soundstage.errors import StorageFull


@pytest.mark.parametrize("on_disk", [False, True])
def test_an_array_is_silent_and_keeps_what_is_written(tmp_path: Path, on_disk: bool) -> None:
    reel = Reels(tmp_path if on_disk else None).blank(2, BLOCK + 7)
    assert not reel.any()
    for part in blocks(reel):
        reel[:, part] = part.start + 1
    let_go(reel, reel.T[5:])
    assert (reel[0, 0], reel[1, -1], len(np.unique(reel))) == (1, BLOCK + 1, 2)
    assert list(tmp_path.iterdir()) == [], "a file without a name: nothing is left, whatever happens"


def test_blocks_cover_all_of_it_once() -> None:
    parts = list(blocks(np.zeros((2, 2 * BLOCK + 1), np.float32)))
    assert [(part.start, part.stop) for part in parts] == [(0, BLOCK), (BLOCK, 2 * BLOCK), (2 * BLOCK, 2 * BLOCK + 1)]
    assert list(blocks(np.zeros((2, 0), np.float32))) == []


def test_memory_does_not_grow_with_what_is_worked_on(tmp_path: Path) -> None:
    reel = Reels(tmp_path).blank(2, 40 * BLOCK)
    before = highest = _mapped()
    for part in blocks(reel):
        reel[:, part] += 1
        highest = max(highest, _mapped())
    assert reel[1, -1] == 1
    assert highest - before < reel.nbytes / 4


def test_a_full_disk_is_told_before_anything_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: int) -> None:
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full)
    with pytest.raises(StorageFull, match="disk is full"):
        Reels(tmp_path).blank(2, 10)
    assert Reels(None).blank(2, 10).shape == (2, 10)


def test_a_sound_in_a_file_is_the_sound_in_memory(tmp_path: Path) -> None:
    prompt = "rain that builds up, a dog barks in the middle"
    plan = parse.understand(Wish(prompt=prompt, audio_type=AudioType.SOUND)).model_copy(
        update={"dynamics": Dynamics.BUILDING}
    )
    in_memory, in_file = (mix.played(plan, 480_000, 1, False, silent, place) for place in (None, tmp_path))
    assert np.array_equal(in_file, in_memory)
    assert finish.finished(in_file, plan, 1) == finish.finished(in_memory, plan, 1)
    assert np.array_equal(in_file, in_memory)


def test_what_is_short_stays_in_memory(tmp_path: Path) -> None:
    assert (place_of(8 * 44_100, tmp_path), place_of(600 * 44_100, tmp_path)) == (None, tmp_path)


def _mapped() -> int:
    """Bytes of files that are in this process's memory (Linux: /proc/self/status)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssFile", "RssShmem")))
