"""`soundstage setup`: what it reads before it asks for anything, and a set-up that stops halfway."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run

from soundstage.cli.console import CliError
from soundstage.cli.setup import text_of
from soundstage.testing.media import make_clip


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_transcript_is_read_in_the_encoding_it_shows(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "talk.srt"
    file.write_text("Žluťoučký kůň", encoding=encoding)
    assert text_of(file) == "Žluťoučký kůň"


def test_another_encoding_is_refused_and_the_cure_is_told(tmp_path: Path) -> None:
    file = tmp_path / "talk.srt"
    file.write_bytes("Café".encode("latin-1"))
    with pytest.raises(CliError, match="save it as UTF-8"):
        text_of(file)
    with pytest.raises(CliError, match="cannot read the transcript"):
        text_of(tmp_path / "nothing.srt")


def test_a_set_up_waits_where_it_was_told_to_and_goes_on(ask: Run, tmp_path: Path) -> None:
    tone = make_clip(tmp_path / "tone.wav", seconds=1)
    made = ask("setup", tone, "--from", "en-us", "--to", "es-es", "--stop-after", "decode", "--json")
    assert made.code == 0, made.err
    assert made.json["parked"]
    assert (made.json["stages"]["decode"]["state"], made.json["stages"]["separate"]["state"]) == ("done", "parked")
    goes_on = ask("tasks", "continue", made.json["task_id"], "--json")
    assert (goes_on.code, goes_on.json["attempt"]) == (0, 2)
    ended = ask("tasks", "watch", made.json["task_id"], "--json").json
    assert (ended["state"], ended["run_id"], ended["revision"]) == ("succeeded", made.json["run_id"], 2)
