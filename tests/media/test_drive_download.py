"""Files shared on Google Drive, from a server that answers as Drive does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import drive
from tests.drive import DriveServer, drive_server

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch import fetch, peek
from soundstage.media.fetch_policy import FetchPolicy

BODY = bytes(range(1, 256)) * 100


@pytest.fixture
def server() -> Iterator[DriveServer]:
    with drive_server(BODY) as running:
        yield running


def policy(server: DriveServer, **more: Any) -> FetchPolicy:
    return FetchPolicy(**{"allow": ("127.0.0.1",), "timeout_seconds": 60.0, "drive_url": server.url, **more})


def link(file_id: str) -> str:
    return f"https://drive.google.com/file/d/{file_id}/view?usp=sharing"


def test_a_small_file_comes_at_once_under_its_name(server: DriveServer, tmp_path: Path) -> None:
    fetched = fetch(link(drive.SMALL), tmp_path / "x", policy(server))
    assert (tmp_path / "x").read_bytes() == BODY
    assert (fetched.file_name, fetched.bytes) == ("my talk.mp4", len(BODY))
    assert (fetched.final_url, len(fetched.redirects)) == (f"{server.url}/download", 1)
    assert drive.SMALL not in fetched.model_dump_json(), "the id is the secret of a share link"


@pytest.mark.parametrize("file_id", [drive.LARGE, drive.OLD])
def test_the_virus_scan_page_is_confirmed(server: DriveServer, tmp_path: Path, file_id: str) -> None:
    assert fetch(link(file_id), tmp_path / "x", policy(server)).file_name == "my talk.mp4"
    assert (tmp_path / "x").read_bytes() == BODY
    assert "confirm=" in server.asked[-1]


def test_a_look_confirms_too(server: DriveServer, tmp_path: Path) -> None:
    assert peek(link(drive.LARGE), tmp_path / "x", policy(server)).complete


@pytest.mark.parametrize(
    ("file_id", "reason", "says"),
    [
        (drive.FULL, "TOO_MANY_GDRIVE_REQUESTS", "Try again tomorrow"),
        (drive.BUSY, "TOO_MANY_GDRIVE_REQUESTS", "copy the file in Drive"),
        (drive.PRIVATE, "FORBIDDEN", "Anyone with the link"),
        (drive.DENIED, "FORBIDDEN", "Anyone with the link"),
        (drive.BANNED, "FORBIDDEN", "breaking its terms"),
        (drive.GONE, "SOURCE_NOT_FOUND", "deleted"),
        (drive.STRANGE, "ERROR_DOWNLOADING_SOURCE", "a page instead of the file: Something new"),
        (drive.LOOP, "ERROR_DOWNLOADING_SOURCE", "again and again"),
    ],
)
def test_refusals_are_told_with_their_cure(
    server: DriveServer, tmp_path: Path, file_id: str, reason: str, says: str
) -> None:
    for act in (fetch, peek):
        with pytest.raises(SourceFailure, match=says) as caught:
            act(link(file_id), tmp_path / "x", policy(server))
        assert (caught.value.reason, caught.value.retryable) == (ExceptionReason(reason), False)
        assert not (tmp_path / "x").exists()


def test_limits_hold(server: DriveServer, tmp_path: Path) -> None:
    with pytest.raises(SourceFailure) as caught:
        fetch(link(drive.LARGE), tmp_path / "x", policy(server, max_bytes=1000))
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LARGE


def test_every_address_on_the_way_is_checked(server: DriveServer, tmp_path: Path) -> None:
    with drive_server(BODY) as inside:
        server.content = b""
        page = drive.WARNING.format(id=drive.LARGE, base=inside.url)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(drive, "WARNING", page)
            with pytest.raises(SourceFailure, match="not on the public internet") as caught:
                port = server.server_address[1]
                fetch(link(drive.LARGE), tmp_path / "x", policy(server, allow=(f"127.0.0.1:{port}",)))
        assert caught.value.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE
        assert inside.asked == []
