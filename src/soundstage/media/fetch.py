"""Guarded download of media from an http(s) URL: all of it (`fetch`), or just enough to probe it (`peek`).

A share link of Google Drive stands for the file that it shares.

Only public addresses are dialled, checked anew after each redirect; the setting `fetch_allow` opens in-house hosts.
Proxies of the environment are not used: through one, the address that is dialled could not be checked.
"""

from __future__ import annotations

import errno
import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from soundstage.domain.artifact import Sha256
from soundstage.domain.value import Value
from soundstage.errors import ExceptionReason, SourceFailure, StorageFull
from soundstage.media.drive_download import open_drive
from soundstage.media.drive_links import drive_link
from soundstage.media.fetch_http import NOT_MODIFIED, Answer, Client, looks_like_page, page_failure
from soundstage.media.fetch_policy import FetchPolicy
from soundstage.media.progress import Report, silent
from soundstage.media.redact import redact_url
from soundstage.media.validators import Unchanged, Validators, validators_of

PEEK_BYTES = 16 * 1024**2
PEEK_SECONDS = 20.0
_SNIFFED_BYTES = 512


class Fetched(Value):
    """What was downloaded. URLs are redacted; `redirects` are those that led on to `final_url`, in order.

    `validators`: by which the server can be asked whether it has changed, where it vouches for that.
    """

    final_url: str
    redirects: tuple[str, ...]
    bytes: int
    sha256: Sha256
    content_type: str | None
    file_name: str
    validators: Validators | None = None


class Peeked(Value):
    """What a look at the media brought: `total_bytes` is its whole size or None when the server does not tell;
    `complete` when all of it was read."""

    final_url: str
    total_bytes: int | None
    fetched_bytes: int
    complete: bool
    content_type: str | None
    file_name: str


def fetch(url: str, output: Path, policy: FetchPolicy, report: Report = silent) -> Fetched:
    """Download `url` into the file `output`, which exists only on success.

    Raises SourceFailure: SOURCE_NOT_FOUND (404, 410), SOURCE_TOO_LARGE (declared or while streaming),
    SOURCE_TYPE_NOT_SUPPORTED (a web page), ERROR_DOWNLOADING_SOURCE (refused address, time, anything else; retryable
    after server errors and broken connections); StorageFull.
    """
    with _opened(Client(policy), url, policy) as answer:
        return _downloaded(answer, output, policy, report)


def fetch_again(
    url: str, output: Path, policy: FetchPolicy, known: Validators, report: Report = silent
) -> Fetched | Unchanged:
    """As `fetch`, unless its server says that the file is what `known` was told of: then `output` is left alone."""
    with _opened(Client(policy), url, policy, known=known) as answer:
        if answer.status == NOT_MODIFIED:
            return Unchanged(final_url=redact_url(answer.url), redirects=answer.redirects)
        return _downloaded(answer, output, policy, report)


def peek(url: str, output: Path, policy: FetchPolicy, max_bytes: int = PEEK_BYTES) -> Peeked:
    """Read at most `max_bytes` of `url`, its beginning and its end by ranges, into `output`, within 20 seconds.

    Where the size is known, `output` is as long as the media, with a hole in between that takes no disk, so that a
    probe finds an index at either end. A server without ranges gives the beginning only. Raises as `fetch` does.
    """
    client = Client(policy.model_copy(update={"timeout_seconds": min(PEEK_SECONDS, policy.timeout_seconds)}))
    head = max_bytes // 2
    with _written(output) as file:
        with _opened(client, url, policy, f"bytes=0-{head - 1}") as answer:
            ranged = answer.status == 206
            total = _total_bytes(answer.headers.get("content-range", "")) if ranged else answer.content_length
            _refuse_size(total, policy)
            count = _write_at_most(file, _body(answer), head if ranged else max_bytes)
        if total is not None and total > count and ranged:
            tail = max(count, total - (max_bytes - count))
            with _opened(client, url, policy, f"bytes={tail}-{total - 1}") as rest:
                if rest.status == 206:
                    file.seek(tail)
                    count += _write_at_most(file, rest.blocks(), total - tail)
            file.truncate(total)
        elif total is None and not ranged and count < max_bytes:
            total = count  # the body ended by itself
        return Peeked(
            final_url=redact_url(answer.url),
            total_bytes=total,
            fetched_bytes=count,
            complete=total is not None and count >= total,
            content_type=answer.content_type,
            file_name=answer.file_name,
        )


def _downloaded(answer: Answer, output: Path, policy: FetchPolicy, report: Report) -> Fetched:
    digest = hashlib.sha256()
    count = 0
    with _written(output) as file:
        expected = answer.content_length
        _refuse_size(expected, policy)
        for block in _body(answer):
            count += len(block)
            _refuse_size(count, policy)
            digest.update(block)
            file.write(block)
            if expected:
                report(min(1.0, count / expected))
        return Fetched(
            final_url=redact_url(answer.url),
            redirects=answer.redirects,
            bytes=count,
            sha256=digest.hexdigest(),
            content_type=answer.content_type,
            file_name=answer.file_name,
            validators=validators_of(answer.url, answer.headers),
        )


@contextmanager
def _opened(
    client: Client, url: str, policy: FetchPolicy, byte_range: str | None = None, known: Validators | None = None
) -> Iterator[Answer]:
    """The answer that holds the media behind a URL or a share link. Raises SourceFailure."""
    shared = drive_link(url)
    if shared is None:
        way = client.get(url, byte_range, known)
    else:
        way = open_drive(client, shared, policy.drive_url, byte_range)
    with way as answer:
        yield answer


@contextmanager
def _written(output: Path) -> Iterator[BinaryIO]:
    """Open `output` for writing; on any failure it is gone again, and a full disk is told as such."""
    try:
        with output.open("wb") as file:
            yield file
    except BaseException as error:
        output.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull("The disk is full; the media could not be downloaded. Free some space.") from None
        raise


def _body(answer: Answer) -> Iterator[bytes]:
    """The body's blocks; raises SourceFailure when it begins as a web page."""
    beginning = b""
    judged = False
    for block in answer.blocks():
        if not judged:
            beginning += block[:_SNIFFED_BYTES]
            judged = len(beginning) >= _SNIFFED_BYTES
            if looks_like_page(beginning):
                raise page_failure(answer.url)
        yield block


def _refuse_size(count: int | None, policy: FetchPolicy) -> None:
    if count is not None and count > policy.max_bytes:
        raise SourceFailure(
            f"The media is larger than the {policy.max_bytes / 1e6:,.0f} MB that this server takes (max_media_bytes).",
            ExceptionReason.SOURCE_TOO_LARGE,
        )


def _write_at_most(file: BinaryIO, blocks: Iterator[bytes], limit: int) -> int:
    count = 0
    for block in blocks:
        file.write(block[: limit - count])
        count += min(len(block), limit - count)
        if count >= limit:
            break
    return count


def _total_bytes(content_range: str) -> int | None:
    match = re.fullmatch(r"bytes \d+-\d+/(\d{1,19})", content_range.strip())
    return int(match[1]) if match else None
