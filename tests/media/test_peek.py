from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.fetch import peek
from soundstage.media.fetch_policy import FetchPolicy

MB = 1024 * 1024


def policy(site: Any, **more: Any) -> FetchPolicy:
    return FetchPolicy(allow=site.allow, **more)


def expected(start: int, end: int) -> bytes:
    return bytes(position % 251 for position in range(start, end))


def test_reads_beginning_and_end_of_a_long_file(site: Any, tmp_path: Path) -> None:
    total = 3 * 1024 * MB
    peeked = peek(f"{site.url}/ranged/{total}", tmp_path / "x", policy(site), max_bytes=MB)
    assert (peeked.total_bytes, peeked.fetched_bytes, peeked.complete) == (total, MB, False)
    status = (tmp_path / "x").stat()
    assert status.st_size == total and status.st_blocks * 512 < 4 * MB, "the hole takes no disk"
    with (tmp_path / "x").open("rb") as file:
        assert file.read(MB // 2) == expected(0, MB // 2)
        assert file.read(10) == bytes(10)
        file.seek(total - MB // 2)
        assert file.read() == expected(total - MB // 2, total)
    assert [headers["range"] for _, headers in site.asked] == [
        f"bytes=0-{MB // 2 - 1}",
        f"bytes={total - MB // 2}-{total - 1}",
    ]


@pytest.mark.parametrize("total", [10, MB // 2, MB // 2 + 1, MB])
def test_a_short_file_is_read_whole(site: Any, tmp_path: Path, total: int) -> None:
    peeked = peek(f"{site.url}/ranged/{total}", tmp_path / "x", policy(site), max_bytes=MB)
    assert peeked.complete and peeked.fetched_bytes == peeked.total_bytes == total
    assert (tmp_path / "x").read_bytes() == expected(0, total)


def test_a_server_without_ranges_gives_its_beginning(site: Any, tmp_path: Path) -> None:
    peeked = peek(f"{site.url}/media/a.mp4", tmp_path / "x", policy(site), max_bytes=1000)
    assert (peeked.total_bytes, peeked.fetched_bytes, peeked.complete) == (102_400, 1000, False)
    assert (tmp_path / "x").stat().st_size == 1000 and peeked.file_name == "a.mp4"


def test_never_more_than_asked_for(site: Any, tmp_path: Path) -> None:
    peeked = peek(f"{site.url}/endless", tmp_path / "x", policy(site), max_bytes=MB)
    assert (peeked.total_bytes, peeked.fetched_bytes, peeked.complete) == (None, MB, False)


def test_fails_as_fetch_does(site: Any, tmp_path: Path) -> None:
    cases = (("/status/404", ExceptionReason.SOURCE_NOT_FOUND), ("/page", ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED))
    for path, reason in cases:
        with pytest.raises(SourceFailure) as caught:
            peek(site.url + path, tmp_path / "x", policy(site))
        assert caught.value.reason is reason and not (tmp_path / "x").exists()
    with pytest.raises(SourceFailure) as caught:
        peek(f"{site.url}/ranged/{10 * MB}", tmp_path / "x", policy(site, max_bytes=MB))
    assert caught.value.reason is ExceptionReason.SOURCE_TOO_LARGE
