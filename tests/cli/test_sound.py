"""`soundstage sound` with a server of its own, and the recipe inside what it made."""

from __future__ import annotations

import wave
from pathlib import Path

from tests.cli.conftest import run

from soundstage.cli.console import FAILED, USAGE


def test_a_sound_without_any_server(tmp_path: Path) -> None:
    settings = {"data": str(tmp_path / "data")}
    target = tmp_path / "rain.wav"
    made = run(
        "sound", "rain on a roof", "--duration", "1.25", "--seed", "7", "-o", target, "--json", settings=settings
    )
    assert made.code == 0, made.err
    assert made.json["file"] == str(target)
    with wave.open(str(target)) as sound:
        assert (sound.getnframes(), sound.getframerate(), sound.getnchannels()) == (55_125, 44_100, 2)
    recipe = run("sound", "--recipe", target, "--json").json
    assert (recipe["prompt"], recipe["seed"], recipe["frames"]) == ("rain on a roof", 7, 55_125)


def test_a_file_without_a_recipe_fails_with_a_sentence(tmp_path: Path) -> None:
    plain = tmp_path / "plain.wav"
    with wave.open(str(plain), "wb") as sound:
        sound.setparams((1, 2, 8_000, 0, "NONE", ""))
        sound.writeframes(bytes(1_600))
    refused = run("sound", "--recipe", plain, "--json")
    assert (refused.code, refused.out) == (FAILED, "")
    assert "recipe" in refused.err
    assert "Traceback" not in refused.err
    assert run("sound", "--recipe", tmp_path / "nothing.wav", "--json").code == USAGE


def test_a_sound_needs_a_prompt() -> None:
    asked = run("sound", "--json")
    assert (asked.code, asked.out) == (USAGE, "")
