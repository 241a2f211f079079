"""`soundstage sound` with a server of its own, and the recipe inside what it made."""

from __future__ import annotations

import json
import wave
from pathlib import Path

from tests.cli.conftest import Run, run

from soundstage.cli.console import FAILED, USAGE
from soundstage.domain.sound import seed_of
from soundstage.media import recipe_file


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


def test_takes_parts_and_formats(ask: Run, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text('{"audio_type": "sound", "layers": [{"sound": "rain", "words": "", "intensity": 0.9}]}')
    target = tmp_path / "rain.flac"
    options = ("--plan", plan, "--variations", "2", "--loop", "--duration", "0.3", "--seed", "7")
    made = ask("sound", *options, "-o", target, "--json")
    assert made.code == 0, made.err
    assert target.read_bytes().startswith(b"fLaC"), "the format that the file's name says"
    assert made.json["files"] == [str(target), str(tmp_path / "rain-1.flac")]
    recipes = [json.loads(recipe_file.read_recipe(Path(file))) for file in made.json["files"]]
    assert [recipe["seed"] for recipe in recipes] == [7, seed_of(7, 1)]
    assert all(recipe["loop"] and recipe["plan"]["layers"][0]["sound"] == "rain" for recipe in recipes)
    assert ask("sound", "--plan", target).code == USAGE
    assert ask("sound", "rain", "--format", "aiff").code == USAGE


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


def test_the_vocabulary_is_searched(ask: Run) -> None:
    found = ask("sounds", "vocabulary", "downpour", "--json")
    assert found.code == 0, found.err
    assert [sound["name"] for sound in found.json["sounds"]] == ["rain"]
    assert {"jazz", "waltz"} <= set(found.json["styles"])


def test_a_sound_needs_a_prompt() -> None:
    asked = run("sound", "--json")
    assert (asked.code, asked.out) == (USAGE, "")
