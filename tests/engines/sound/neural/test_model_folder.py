"""What a model's folder is taken for, and why it is not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from soundstage.engines.sound.neural.model_folder import UNTOLD, Family, ModelFolder


def pipeline(folder: Path, kind: str = "StableAudioPipeline", weights: str = "model.safetensors") -> ModelFolder:
    """As diffusers lays a pipeline out, with empty files."""
    (folder / "vae").mkdir(parents=True)
    (folder / "scheduler").mkdir()
    index = {"_class_name": kind, "vae": ["diffusers", "X"], "scheduler": ["diffusers", "Y"], "watermark": [None, None]}
    (folder / "model_index.json").write_text(json.dumps(index))
    (folder / "vae" / "config.json").write_text("{}")
    (folder / "vae" / weights).write_bytes(b"")
    return ModelFolder(folder, "toy")


def test_a_pipeline_is_known_by_its_index(tmp_path: Path) -> None:
    model = pipeline(tmp_path / "toy")
    assert (model.family, model.fault) == (Family.STABLE_AUDIO, None)
    assert [path.name for path in model.weights] == ["model.safetensors"]


def test_musicgen_is_known_by_its_config(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "musicgen"}')
    (tmp_path / "model.safetensors").write_bytes(b"")
    model = ModelFolder(tmp_path, "toy")
    assert (model.family, model.fault) == (Family.MUSICGEN, None)


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    assert ModelFolder(tmp_path / "none", "x").fault == "is not there"
    assert "has neither" in str(ModelFolder(tmp_path, "x").fault)
    assert "not known (ZZZPipeline)" in str(pipeline(tmp_path / "z", "ZZZPipeline").fault)
    assert "could run code" in str(pipeline(tmp_path / "p", weights="pytorch_model.bin").fault)
    half = pipeline(tmp_path / "half")
    (half.path / "scheduler").rmdir()
    assert half.fault == "lacks the folder scheduler"


@pytest.mark.parametrize(
    ("head", "licence"),
    [
        ("license: cc-by-nc-4.0", "cc-by-nc-4.0"),
        ('license: "mit"', "mit"),
        ("license: other\nlicense_name: stable-audio-community\nlicense_link: LICENSE", "stable-audio-community"),
        ("license: other\nlicense_link: LICENSE.md", "LICENSE.md"),
        ("tags:\n- audio", UNTOLD),
    ],
)
def test_the_licence_is_the_model_cards(tmp_path: Path, head: str, licence: str) -> None:
    (tmp_path / "README.md").write_text(f"---\n{head}\n---\n# Title\nlicense: not this one\n")
    assert ModelFolder(tmp_path, "x").licence == licence


def test_without_a_card_the_licence_is_untold(tmp_path: Path) -> None:
    assert ModelFolder(tmp_path, "x").licence == UNTOLD
