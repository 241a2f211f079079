from __future__ import annotations

import hashlib
import time
from pathlib import Path
from typing import Any

import pytest

from soundstage.errors import ExceptionReason, SourceFailure, StorageFull
from soundstage.media.fetch import Fetched, fetch
from soundstage.media.fetch_policy import FetchPolicy

BODY = bytes(range(256)) * 400


def policy(site: Any, **more: Any) -> FetchPolicy:
    return FetchPolicy(allow=site.allow, **{"timeout_seconds": 60.0, **more})


def failure(site: Any, path: str, output: Path, **more: Any) -> SourceFailure:
    with pytest.raises(SourceFailure) as caught:
        fetch(site.url + path, output, policy(site, **more))
    assert not output.exists(), "nothing half-made is left"
    return caught.value


def test_downloads(site: Any, tmp_path: Path) -> None:
    seen: list[float] = []
    fetched = fetch(f"{site.url}/media/my%20talk.mp4?token=s3cret", tmp_path / "x", policy(site), seen.append)
    assert (tmp_path / "x").read_bytes() == BODY
    assert fetched == Fetched(
        final_url=f"{site.url}/media/my%20talk.mp4",
        redirects=(),
        bytes=len(BODY),
        sha256=hashlib.sha256(BODY).hexdigest(),
        content_type="video/mp4",
        file_name="my talk.mp4",
    )
    assert seen == sorted(seen) and seen[-1] == 1.0
    path, headers = site.asked[0]
    assert path == "/media/my%20talk.mp4?token=s3cret" and headers["host"] == f"127.0.0.1:{site.port}"
    assert headers["accept-encoding"] == "identity" and headers["user-agent"].startswith("soundstage/")


@pytest.mark.parametrize(
    ("path", "name"), [("/named/star", "€ talk.mp4"), ("/named/plain", "talk.mp4"), ("/media", "media")]
)
def test_file_names_come_from_the_server_without_folders(site: Any, tmp_path: Path, path: str, name: str) -> None:
    assert fetch(site.url + path, tmp_path / "x", policy(site)).file_name == name


def test_user_info_is_sent_and_never_shown(site: Any, tmp_path: Path) -> None:
    fetched = fetch(f"http://me:pa%40ss@127.0.0.1:{site.port}/redirect/media", tmp_path / "x", policy(site))
    assert [headers["authorization"] for _, headers in site.asked] == ["Basic bWU6cGFAc3M="] * 2
    assert "pa" not in fetched.model_dump_json()


def test_user_info_stays_with_its_origin(server: Any, other_server: Any, tmp_path: Path) -> None:
    server.destination = f"{other_server.site.url}/media"
    allow = server.site.allow + other_server.site.allow
    url = f"http://me:secret@127.0.0.1:{server.site.port}/redirect"
    fetched = fetch(url, tmp_path / "x", FetchPolicy(allow=allow))
    assert "authorization" not in other_server.site.asked[0][1]
    assert fetched.redirects == (f"{server.site.url}/redirect",)


def test_redirects_are_followed_and_redacted(site: Any, tmp_path: Path) -> None:
    fetched = fetch(f"{site.url}/redirect/redirect/media/x.mp4?k=1", tmp_path / "x", policy(site))
    assert fetched.final_url == f"{site.url}/media/x.mp4"
    assert fetched.redirects == (f"{site.url}/redirect/redirect/media/x.mp4", f"{site.url}/redirect/media/x.mp4")


@pytest.mark.parametrize(
    ("status", "reason", "retryable"),
    [
        (404, ExceptionReason.SOURCE_NOT_FOUND, False),
        (410, ExceptionReason.SOURCE_NOT_FOUND, False),
        (401, ExceptionReason.ERROR_DOWNLOADING_SOURCE, False),
        (403, ExceptionReason.ERROR_DOWNLOADING_SOURCE, False),
        (451, ExceptionReason.SOURCE_BLOCKED_IN_REGION, False),
        (418, ExceptionReason.ERROR_DOWNLOADING_SOURCE, False),
        (429, ExceptionReason.ERROR_DOWNLOADING_SOURCE, True),
        (500, ExceptionReason.ERROR_DOWNLOADING_SOURCE, True),
        (503, ExceptionReason.ERROR_DOWNLOADING_SOURCE, True),
    ],
)
def test_statuses(site: Any, tmp_path: Path, status: int, reason: ExceptionReason, retryable: bool) -> None:
    error = failure(site, f"/status/{status}?token=s3cret", tmp_path / "x")
    assert (error.reason, error.retryable) == (reason, retryable)
    assert str(status) in error.message and "s3cret" not in error.message


@pytest.mark.parametrize("path", ["/page/talk.mp4", "/page/untold"])
def test_a_web_page_is_no_media(site: Any, tmp_path: Path, path: str) -> None:
    error = failure(site, path, tmp_path / "x")
    assert error.reason is ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED and "web page" in error.message


def test_too_large_as_declared(site: Any, tmp_path: Path) -> None:
    error = failure(site, "/large", tmp_path / "x", max_bytes=10_000_000)
    assert error.reason is ExceptionReason.SOURCE_TOO_LARGE and "10 MB" in error.message


def test_too_large_while_streaming(site: Any, tmp_path: Path) -> None:
    error = failure(site, "/endless", tmp_path / "x", max_bytes=1_000_000)
    assert error.reason is ExceptionReason.SOURCE_TOO_LARGE


@pytest.mark.parametrize(
    ("path", "more", "says"),
    [
        ("/endless", {"timeout_seconds": 0.5, "max_bytes": 10**12}, "longer than 0.5 seconds"),
        ("/drip", {"stall_seconds": 0.4}, "too slowly"),
        ("/drip", {"timeout_seconds": 1.0}, "longer than 1 seconds"),
        ("/drip-headers", {"timeout_seconds": 1.0}, "longer than 1 seconds"),
        ("/drip-headers", {"stall_seconds": 0.4}, "too slowly"),
        ("/silence", {"stall_seconds": 0.3}, "did not answer in time"),
        ("/silence", {"timeout_seconds": 1.0}, "longer than 1 seconds"),
    ],
)
def test_time_is_limited(site: Any, tmp_path: Path, path: str, more: dict[str, Any], says: str) -> None:
    began = time.monotonic()
    error = failure(site, path, tmp_path / "x", **more)
    assert error.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE and says in error.message
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("path", ["/short", "/reset", "/nonsense"])
def test_broken_connections_may_be_tried_again(site: Any, tmp_path: Path, path: str) -> None:
    error = failure(site, path, tmp_path / "x")
    assert error.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE and error.retryable


def test_a_closed_port_may_be_tried_again(tmp_path: Path) -> None:
    with pytest.raises(SourceFailure, match="cannot be reached") as caught:
        fetch("http://127.0.0.1:1/x", tmp_path / "x", FetchPolicy(allow=("127.0.0.1",)))
    assert caught.value.retryable


def test_tls_to_a_server_that_speaks_none(site: Any, tmp_path: Path) -> None:
    with pytest.raises(SourceFailure) as caught:
        fetch(f"https://127.0.0.1:{site.port}/media", tmp_path / "x", policy(site))
    assert caught.value.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE


def test_a_compressed_answer_is_refused(site: Any, tmp_path: Path) -> None:
    assert "compressed (gzip)" in failure(site, "/zipped", tmp_path / "x").message


def test_redirect_loops_end(site: Any, tmp_path: Path) -> None:
    assert "more than 5 times" in failure(site, "/loop", tmp_path / "x").message
    assert len(site.asked) == 6


@pytest.mark.parametrize(
    "destination",
    [
        "http://127.0.0.1:{other}/media",
        "http://localhost:{other}/media",
        "http://[::1]:{other}/media",
        "http://[::ffff:127.0.0.1]:{other}/media",
        "http://2130706433:{other}/media",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://example.org/x",
        "//10.0.0.1/x",
    ],
)
def test_redirects_are_checked_like_the_first_url(
    server: Any, other_server: Any, tmp_path: Path, destination: str
) -> None:
    server.destination = destination.format(other=other_server.site.port)
    error = failure(server.site, "/redirect", tmp_path / "x")
    assert error.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE and not error.retryable
    assert other_server.site.asked == []


def test_loopback_is_refused_without_allow_and_names_the_setting(site: Any, tmp_path: Path) -> None:
    for url in (site.url, f"http://localhost:{site.port}"):
        with pytest.raises(SourceFailure, match="fetch_allow") as caught:
            fetch(f"{url}/media", tmp_path / "x", FetchPolicy())
        assert caught.value.reason is ExceptionReason.ERROR_DOWNLOADING_SOURCE and "loopback" in caught.value.message
    assert site.asked == []


def test_environment_proxies_are_not_used(site: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert fetch(f"{site.url}/media", tmp_path / "x", policy(site)).bytes == len(BODY)


def test_a_full_disk_is_told(site: Any) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")

    with pytest.raises(StorageFull, match="disk is full"):
        fetch(f"{site.url}/media", _Undeletable(full), policy(site))


class _Undeletable(type(Path())):  # type: ignore[misc]
    """/dev/full, which the clean-up must not remove from the machine."""

    def unlink(self, missing_ok: bool = False) -> None:
        pass
