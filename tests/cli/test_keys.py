"""`soundstage keys` beside a running server."""

from __future__ import annotations

import pytest
from tests.cli.conftest import run
from tests.server import Server

from soundstage.cli.console import FAILED, USAGE


@pytest.fixture
def beside(server: Server) -> tuple[str, ...]:
    return ("--data", str(server.data), "--json")


def test_a_key_made_beside_a_running_server_works_at_once(server: Server, beside: tuple[str, ...]) -> None:
    made = run("keys", "create", "--name", "mine", "--team", "key tests", *beside)
    assert made.code == 0, made.err
    with server.client(made.json["key"]) as client:
        assert client.get("/apis/tasks").json() == {"items": [], "next_cursor": None}


def test_a_revoked_key_is_closed_at_once(server: Server, beside: tuple[str, ...]) -> None:
    made = run("keys", "create", "--name", "short-lived", *beside).json
    listed = run("keys", "list", *beside).json
    assert made["key_id"] in [key["key_id"] for key in listed]
    assert made["key"] not in str(listed)
    assert run("keys", "revoke", str(made["key_id"]), *beside).json["revoked_at"]
    with server.client(made["key"]) as client:
        assert client.get("/apis/tasks").status_code == 401


def test_scopes(server: Server, beside: tuple[str, ...]) -> None:
    made = run("keys", "create", "--name", "reader", "--scope", "read", *beside).json
    assert made["scopes"] == "read"
    with server.client(made["key"]) as client:
        assert client.post("/apis/text-to-sound", json={"prompt": "rain"}).status_code == 403
    wrong = run("keys", "create", "--name", "x", "--scope", "root", *beside)
    assert (wrong.code, wrong.out) == (USAGE, "")
    assert "read, write, admin" in wrong.err


def test_revoking_an_unknown_key_fails_with_a_sentence(beside: tuple[str, ...]) -> None:
    wrong = run("keys", "revoke", "999999", *beside)
    assert (wrong.code, wrong.out) == (FAILED, "")
    assert "999999" in wrong.err
    assert "Traceback" not in wrong.err
