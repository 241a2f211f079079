"""`soundstage tasks` against a server, and what client commands say when there is none."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.cli.conftest import Run, run
from tests.server import Server

from soundstage.cli.console import REFUSED, UNREACHABLE, USAGE


def test_list_show_and_watch_a_task(ask: Run, tmp_path: Path) -> None:
    made = ask("sound", "a bell", "--duration", "1", "-o", tmp_path / "bell.wav", "--json")
    assert made.code == 0, made.err
    task_id = made.json["task_id"]
    listed = ask("tasks", "list", "--state", "succeeded", "--kind", "text_to_sound", "--json").json
    assert task_id in [item["task_id"] for item in listed["items"]]
    shown = ask("tasks", "show", task_id, "--json").json
    assert shown["state"] == "succeeded"
    assert [stage["state"] for stage in shown["stages"]] == ["done"] * len(shown["stages"])
    watched = ask("tasks", "watch", task_id, "--json")
    assert (watched.code, watched.json["run_id"]) == (0, made.json["run_id"])


def test_a_task_that_succeeded_is_neither_cancelled_nor_retried(ask: Run, tmp_path: Path) -> None:
    made = ask("sound", "wind", "--duration", "1", "-o", tmp_path / "wind.wav", "--json").json
    ended = ask("tasks", "cancel", made["task_id"])
    assert (ended.code, ended.out) == (REFUSED, "")
    assert "400" in ended.err
    refused = ask("tasks", "retry", made["task_id"])
    assert (refused.code, refused.out) == (REFUSED, "")


def test_people_get_tables_and_lines(ask: Run, tmp_path: Path) -> None:
    assert ask("sound", "rain", "--duration", "0.5", "-o", tmp_path / "rain.wav").code == 0
    listed = ask("tasks", "list")
    assert listed.code == 0
    assert "text_to_sound" in listed.out


def test_what_the_server_refuses_ends_with_its_sentence(ask: Run) -> None:
    unknown = ask("tasks", "show", "no-such-task", "--json")
    assert (unknown.code, unknown.out) == (REFUSED, "")
    assert "404" in unknown.err
    long = ask("sound", "rain", "--duration", "11", "--json")
    assert (long.code, long.out) == (REFUSED, "")
    assert "duration" in long.err


def test_wrong_keys_and_absent_servers_have_codes_of_their_own(server: Server) -> None:
    assert run("tasks", "list", "--url", server.url, "--key", "wrong").code == REFUSED
    assert run("tasks", "list", "--url", server.url).code == USAGE
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
        absent = run("tasks", "list", "--url", nobody, "--key", "any")
    assert (absent.code, absent.out) == (UNREACHABLE, "")
    assert nobody in absent.err
