"""docs/how-to/add-a-stage.md is true: its stage is put into the pipeline and run, and its test passes."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from soundstage.domain.request import AudioType, TextToSoundRequest
from soundstage.engines.registry import Registry
from soundstage.engines.sound.synthesis.engine import SPEC
from soundstage.pipelines.stage import REQUEST, Outcome, Stage
from soundstage.pipelines.text_to_sound import PIPELINE
from soundstage.testing.context import LocalContext

MODULE = "soundstage.pipelines.stages.measure"


@pytest.fixture
def blocks(root: Path) -> list[str]:
    """The three pieces of Python on the page: stage, pipeline entry, test."""
    found = re.findall(r"^```python\n(.*?)^```", (root / "docs/how-to/add-a-stage.md").read_text(), re.M | re.S)
    assert len(found) == 3
    return found


@pytest.fixture
def stage_module(blocks: list[str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    module = ModuleType(MODULE)
    monkeypatch.setitem(sys.modules, MODULE, module)
    exec(compile(blocks[0], "add-a-stage.md", "exec"), vars(module))
    return module


def test_the_page_names_the_file_it_shows(root: Path) -> None:
    page = (root / "docs/how-to/add-a-stage.md").read_text()
    assert "src/soundstage/pipelines/stages/measure.py" in page
    assert "tests/pipelines/stages/test_measure.py" in page


def test_its_stage_works_in_the_pipeline(blocks: list[str], stage_module: ModuleType, tmp_path: Path) -> None:
    stage = eval(blocks[1], {**vars(stage_module), "Stage": Stage, "REQUEST": REQUEST})
    pipeline = replace(PIPELINE, stages=(*PIPELINE.stages[:-1], stage, PIPELINE.stages[-1]))
    context = LocalContext(tmp_path, registry=Registry.of(SPEC))
    request = TextToSoundRequest(prompt="rain", duration=1.0, audio_type=AudioType.SOUND, seed=1)
    outcomes: dict[str, Outcome[Any]] = {}
    for each in pipeline.stages:
        taken = [request if name == REQUEST else outcomes[name].output for name in each.takes]
        outcomes[each.name] = each.run(context, *taken)
    measured = outcomes["measure"]
    assert isinstance(measured.output, stage.gives)
    assert 3 < measured.output.liveliness_lu < 30
    assert "LU out of the loudness" in measured.summary
    assert outcomes["encode"].output.duration_ms == 1000


@pytest.mark.usefixtures("stage_module")
def test_its_test_passes(blocks: list[str], tmp_path: Path) -> None:
    names: dict[str, Any] = {}
    exec(compile(blocks[2], "add-a-stage.md", "exec"), names)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 1
    tests[0](tmp_path)
