"""Where models are looked for, in which order, and what cures their absence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.engines.sound.neural.test_model_folder import pipeline

from soundstage.domain.sound import AudioType
from soundstage.engines.sound.neural import places, specs
from soundstage.engines.sound.neural.model_folder import Family

BOTH = frozenset({Family.STABLE_AUDIO, Family.ACE_STEP})


def named(settings: dict[str, Any], wanted: AudioType) -> str | None:
    found = places.find(settings, BOTH, wanted)
    return None if found is None else found.path.name


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "data" / "models"


def test_the_setting_comes_before_what_was_dropped_in(models: Path, tmp_path: Path) -> None:
    settings: dict[str, Any] = {"models_dir": str(models)}
    assert named(settings, AudioType.SOUND) is None
    pipeline(models / "sound" / "ace", "AceStepPipeline")
    assert named(settings, AudioType.SOUND) == "ace", "better than nothing"
    pipeline(models / "sound" / "stable")
    assert (named(settings, AudioType.SOUND), named(settings, AudioType.MUSIC)) == ("stable", "ace")
    pipeline(tmp_path / "named")
    settings["sound_models"] = {"sound": str(tmp_path / "named")}
    assert (named(settings, AudioType.SOUND), named(settings, AudioType.MUSIC)) == ("named", "ace")


def test_a_hubs_name_is_found_where_its_library_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    settings = {"models_dir": str(tmp_path), "sound_models": {"any": "someone/toy"}}
    answer = specs.check_diffusers(settings)
    assert (answer.ready, answer.cure) == (False, "hf download someone/toy")
    commit = "0123456789abcdef0123456789abcdef01234567"
    kept = tmp_path / "hub" / "models--someone--toy"
    pipeline(kept / "snapshots" / commit)
    (kept / "refs").mkdir()
    (kept / "refs" / "main").write_text(commit)
    assert specs.check_diffusers(settings).ready
    found = places.find(settings, BOTH, AudioType.SOUND)
    assert found is not None
    assert found.name == "someone/toy"


def test_a_check_names_what_is_missing_and_its_cure(models: Path) -> None:
    settings: dict[str, Any] = {"models_dir": str(models)}
    without = places.check(settings, BOTH, ("torch", "no_such_package"), "a/b")
    assert (without.problem, without.cure) == (
        "the package no_such_package is not installed",
        'pip install "soundstage[neural]"',
    )
    none = specs.check_diffusers(settings)
    assert none.problem == "no model for it is there"
    assert str(none.cure).startswith("hf download stabilityai/stable-audio-open-1.0")
    pipeline(models / "sound" / "old", weights="pytorch_model.bin")
    assert "old holds only pickled weights" in str(specs.check_diffusers(settings).problem)
    assert specs.check_musicgen(settings).problem == "no model for it is there", "another engine's fault is not its own"
    assert "sound_models has 'speech'" in str(
        specs.check_diffusers(settings | {"sound_models": {"speech": "x"}}).problem
    )


def test_the_fingerprint_changes_with_the_model_and_how_it_is_run(models: Path) -> None:
    settings: dict[str, Any] = {"models_dir": str(models)}
    before = specs.model_of_diffusers(settings)
    model = pipeline(models / "sound" / "toy")
    with_it = specs.model_of_diffusers(settings)
    (model.path / "vae" / "model.safetensors").write_bytes(b"other")
    changed = specs.model_of_diffusers(settings)
    more_steps = specs.model_of_diffusers(settings | {"sound_steps": 9})
    told = [json.dumps(one) for one in (before, with_it, changed, more_steps)]
    assert len(set(told)) == 4


def test_a_known_models_licence_counts_where_its_card_is_missing(tmp_path: Path) -> None:
    model = pipeline(tmp_path / "toy")
    known = type(model)(model.path, "facebook/musicgen-small")
    assert places.licence_of(known) == "CC-BY-NC-4.0"
    (tmp_path / "toy" / "README.md").write_text("---\nlicense: mit\n---\n")
    assert places.licence_of(type(model)(model.path, "facebook/musicgen-small")) == "mit"
