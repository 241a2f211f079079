"""Models known by name alone: what is told of them holds together with the engines, and nothing is made up."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

from soundstage.engines.known_models import KnownModel, known_model, known_models
from soundstage.engines.model_catalogue import models
from soundstage.engines.registry import Registry


def test_every_entry_names_an_engine_that_there_is_and_an_extra() -> None:
    known = known_models()
    assert len({one.name for one in known}) == len({one.hub for one in known}) == len(known) > 8
    assert not {one.name for one in known} & {one.name for one in models()}
    extras = re.findall(r"^(\w+) = \[", Path(__file__).parents[2].joinpath("pyproject.toml").read_text(), re.MULTILINE)
    for one in known:
        assert re.fullmatch(r"[\w.-]+/[\w.-]+", one.hub) and one.title
        assert Registry().get(one.capability, one.engine).name == one.engine
        assert one.extra in extras


def test_nothing_is_told_that_only_the_files_could_tell() -> None:
    told = {field.name for field in fields(KnownModel)}
    assert not told & {"files", "sha256", "bytes", "download_mb", "disk_mb", "memory_mb", "commit"}


def test_one_is_found_by_its_name_and_by_the_hubs() -> None:
    found = known_model("musicgen-small")
    assert found is not None and found == known_model("facebook/musicgen-small")
    assert found.command == "hf download facebook/musicgen-small"
    assert known_model("someone/else") is None
