"""What `soundstage setup` reads before it asks for anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from soundstage.cli.console import CliError
from soundstage.cli.setup import text_of


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
