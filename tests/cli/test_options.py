"""Options of stages, as they are written on the command line."""

from __future__ import annotations

import pytest
from tests.cli.conftest import Run

from soundstage.cli.console import REFUSED, USAGE, CliError
from soundstage.cli.options import engines_of, languages_of, stage_options


def test_options_are_gathered_by_stage() -> None:
    assert stage_options(["separate.quality=best", "a.b=c=d", "a.e=f"]) == {
        "separate": {"quality": "best"},
        "a": {"b": "c=d", "e": "f"},
    }


@pytest.mark.parametrize("text", ["quality=best", "separate.quality", "separate.quality=", "separate quality=best"])
def test_what_is_of_another_form_is_told(text: str) -> None:
    with pytest.raises(CliError, match=r"stage\.option=value") as caught:
        stage_options([text])
    assert caught.value.code == USAGE


def test_languages_and_engines() -> None:
    assert languages_of(["es-es, fr-fr", "de-de,"]) == ["es-es", "fr-fr", "de-de"]
    assert engines_of(["transcription=whisper-base"]) == {"transcription": "whisper-base"}
    assert (languages_of(None), engines_of(None), stage_options(None)) == ([], {}, {})
    with pytest.raises(CliError, match="capability=engine"):
        engines_of(["whisper-base"])


def test_the_server_says_which_there_are(ask: Run) -> None:
    refused = ask("setup", "https://example.com/a.mp4", "--to", "es-es", "--option", "separate.speed=high")
    assert refused.code == REFUSED
    assert "there is: quality" in refused.err
