"""What cannot be asked for, reached or written ends in one sentence and an exit code, never in a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.cli.conftest import Run, run

from soundstage.cli.console import REFUSED, USAGE


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("sound", "rain", "--duration", "nan"), USAGE),
        (("sound", "rain", "--duration", "inf"), USAGE),
        (("sound", "rain \udcff"), USAGE),
        (("sound", "rain", "-o", "/nowhere/at/all.wav"), USAGE),
        (("tasks", "list", "--key", "clé"), USAGE),
        (("tasks", "show", "../../healthz"), REFUSED),
        (("tasks", "cancel", "x/../../y"), REFUSED),
    ],
)
def test_what_cannot_be_sent_or_written(ask: Run, arguments: tuple[str, ...], code: int) -> None:
    ended = ask(*arguments, "--json")
    assert (ended.code, ended.out) == (code, ""), ended.err
    assert ended.err.startswith("soundstage: ")
    assert ended.err.count("\n") == 1


def test_a_key_id_that_no_key_can_have(tmp_path: Path) -> None:
    ended = run("keys", "revoke", "9" * 20, "--json", settings={"data": str(tmp_path / "data")})
    assert (ended.code, ended.out) == (USAGE, "")
    assert "Traceback" not in ended.err
