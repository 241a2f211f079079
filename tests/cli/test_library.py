"""The library of sounds on the command line, within this process, against the session's server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from tests import asking
from tests.server import Server
from typer.testing import CliRunner

from soundstage.cli.app import app
from soundstage.cli.console import REFUSED, USAGE, CliError
from soundstage.domain.sound import seed_of

Sounds = Callable[..., Result]


@pytest.fixture(scope="module")
def sounds(server: Server) -> Sounds:
    """`soundstage sounds …` as a team of its own, which has two sounds: rain, and two takes of a door."""
    key = server.new_key(team="library on the command line")
    with server.client(key) as client:
        door = {"prompt": "an old [door]", "variations": 2, "seed": 7, "duration": 0.2}
        made = [asking.sound(client, duration=0.2), asking.sound(client, **door)]
        run_ids = [asking.succeeded(client, task_id)["run_id"] for task_id in made]

    def run(*arguments: str | Path) -> Result:
        given = [str(one).format(rain=run_ids[0], door=run_ids[1]) for one in arguments]
        return CliRunner().invoke(app, ["sounds", *given, "--url", server.url, "--key", key])

    return run


def told(result: Result) -> str:
    assert result.exit_code == 0, result.exception
    return result.stdout


def test_sounds_are_listed_searched_and_marked(sounds: Sounds) -> None:
    listed = json.loads(told(sounds("list", "--json")))["items"]
    assert {item["prompt"] for item in listed} == {"rain", "an old [door]"}
    assert told(sounds("rename", "{door}", "The gate")).endswith("is called The gate now\n")
    assert told(sounds("tag", "{door}", "Foley", "wood")).endswith(": foley, wood\n")
    assert told(sounds("tag", "{door}", "creak", "--remove", "Wood")).endswith(": creak, foley\n")
    assert "is a favourite" in told(sounds("favourite", "{door}"))
    shown = told(sounds("show", "{door}"))
    assert shown.startswith("The gate\n") and f"0 (seed 7), 1 (seed {seed_of(7, 1)})" in shown
    for asked in (["list", "--tag", "foley"], ["list", "--favourite"], ["search", "old", "gate", "--kind", "sound"]):
        (item,) = json.loads(told(sounds(*asked, "--json")))["items"]
        assert item["name"] == "The gate"
    table = told(sounds("list", "--sort", "name"))
    assert table.index("rain") < table.index("The gate") and "★" in table
    assert [one["tag"] for one in json.loads(told(sounds("tags", "--json")))] == ["creak", "foley"]
    assert "foley" in told(sounds("tags"))
    assert "no favourite any more" in told(sounds("favourite", "{door}", "--off"))
    assert "has no name now" in told(sounds("rename", "{door}", ""))
    assert "[door]" in told(sounds("list"))


def test_a_take_is_fetched_with_the_recipe_that_the_library_tells(sounds: Sounds, tmp_path: Path) -> None:
    target = tmp_path / "door.flac"
    fetched = told(sounds("fetch", "{door}", "--take", "1", "--format", "flac", "-o", target, "--json"))
    assert json.loads(fetched) == {"file": str(target), "bytes": target.stat().st_size}
    inside, kept = (json.loads(told(sounds("recipe", source, "--json"))) for source in (target, "{door}"))
    assert (inside["seed"], kept["seed"]) == (seed_of(7, 1), 7)
    assert {**inside, "seed": 7} == kept
    missing = sounds("fetch", "{door}", "--stem", "drums", "-o", target).exception
    assert isinstance(missing, CliError) and missing.code == REFUSED and "stems" in str(missing)


def test_a_sound_is_deleted_only_when_that_is_sure(sounds: Sounds) -> None:
    unsure = sounds("delete", "{rain}").exception
    assert isinstance(unsure, CliError) and unsure.code == USAGE and "--yes" in str(unsure)
    assert "rain" in told(sounds("list"))
    assert "is deleted" in told(sounds("delete", "{rain}", "--yes"))
    gone = sounds("show", "{rain}").exception
    assert isinstance(gone, CliError) and gone.code == REFUSED
    no_tags = sounds("tag", "{door}").exception
    assert isinstance(no_tags, CliError) and no_tags.code == USAGE
