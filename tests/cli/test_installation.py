"""`soundstage engines` and `soundstage doctor`: JSON only, and a cure for whatever is missing."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import run


def test_engines_says_for_each_what_is_ready_or_what_to_do(tmp_path: Path) -> None:
    listed = run("engines", "--data", tmp_path, "--json")
    assert listed.code == 0, listed.err
    by_name = {line["name"]: line for line in listed.json}
    assert by_name["synthesis"]["ready"]
    assert by_name["synthesis"]["licence"]
    for line in listed.json:
        assert line["ready"] or (line["problem"] and line["cure"]), line
    assert {"transcription", "translation", "speech", "sound", "activity"} <= {
        line["capability"] for line in listed.json
    }


def test_doctor_finds_this_installation_healthy(tmp_path: Path) -> None:
    checked = run("doctor", "--data", tmp_path / "data", "--json")
    faults = [check for check in checked.json if not check["ok"]]
    assert (checked.code, faults) == (0, [])


def test_doctor_names_the_cure_for_a_fault(tmp_path: Path) -> None:
    checked = run("doctor", "--data", tmp_path, "--json", settings={"database_url": "postgresql://127.0.0.1:1/none"})
    (fault,) = [check for check in checked.json if not check["ok"]]
    assert (checked.code, fault["name"]) == (1, "database")
    assert fault["cure"]
