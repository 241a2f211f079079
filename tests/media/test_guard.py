from __future__ import annotations

import re
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch import fetch
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.guard import resolve


class NameServer:
    """Stands in for the system's resolver, answering each question with the next of its answers."""

    def __init__(self, *answers: list[str] | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *_: object, **__: object) -> list[Any]:
        if re.fullmatch(r"[\d.]+", host):  # an address stands for itself; only names are questions
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]
        self.asked.append(host)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in answer]


def test_one_private_address_among_public_ones_refuses_all(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(["8.8.8.8", "127.0.0.1"]))
    with pytest.raises(SourceFailure, match="loopback") as caught:
        fetch("http://rebind.example/x", tmp_path / "x", FetchPolicy())
    assert caught.value.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE


@pytest.mark.parametrize("address", ["10.0.0.1", "169.254.169.254", "::1", "64:ff9b::a00:1", "::ffff:192.168.0.1"])
def test_a_name_that_points_inside_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, address: str) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer([address]))
    with pytest.raises(SourceFailure, match="fetch_allow"):
        fetch("https://inside.example/x", tmp_path / "x", FetchPolicy())


def test_a_name_is_asked_once_and_its_checked_address_dialled(
    monkeypatch: pytest.MonkeyPatch, site: Any, tmp_path: Path
) -> None:
    # A rebinding name server would answer the second question with something else: there must be none.
    names = NameServer(["127.0.0.1"], ["10.255.255.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)
    dialled: list[tuple[str, int]] = []
    connect = socket.create_connection

    def recorded(address: tuple[str, int], *arguments: Any, **more: Any) -> socket.socket:
        dialled.append(address)
        return connect(address, *arguments, **more)

    monkeypatch.setattr(socket, "create_connection", recorded)
    fetch(f"http://media.lan:{site.port}/media", tmp_path / "x", FetchPolicy(allow=(f"media.lan:{site.port}",)))
    assert names.asked == ["media.lan"] and dialled == [("127.0.0.1", site.port)]
    assert site.asked[0][1]["host"] == f"media.lan:{site.port}"


def test_the_next_address_is_tried(monkeypatch: pytest.MonkeyPatch, site: Any, tmp_path: Path) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(["127.0.0.2", "127.0.0.1"]))
    fetched = fetch(f"http://media.lan:{site.port}/media", tmp_path / "x", FetchPolicy(allow=("media.lan",)))
    assert fetched.bytes > 0


@pytest.mark.parametrize(("number", "retryable"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
def test_unknown_names(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, number: int, retryable: bool) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", NameServer(socket.gaierror(number, "no")))
    with pytest.raises(SourceFailure, match=r"nowhere\.example cannot be resolved") as caught:
        fetch("https://nowhere.example/x", tmp_path / "x", FetchPolicy())
    assert caught.value.retryable is retryable


def test_resolving_takes_limited_time(monkeypatch: pytest.MonkeyPatch) -> None:
    released = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: released.wait(60) and [])
    with pytest.raises(SourceFailure, match="in time"):
        resolve("slow.example", 80, 0.1)
    released.set()
