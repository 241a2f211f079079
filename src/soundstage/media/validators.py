"""What a web server says of the state of a file, by which it can be asked later whether it has changed.

Only strong validators count (RFC 9110, 8.8): of the same bytes, not of the same meaning.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from soundstage.domain.artifact import Sha256
from soundstage.domain.value import Value

_MOST_CHARACTERS = 1000
_STRONG_TAG = re.compile(r'"[\x21\x23-\x7e\x80-\xff]*"')
_SETTLED_SECONDS = 60.0  # a file changed just before it was sent may have been changed once more in the same second


class Validators(Value):
    """Of the file at one URL, which is kept as a digest only: it may hold secrets. One of the other two is there."""

    url_sha256: Sha256
    etag: str | None = None
    last_modified: str | None = None

    def headers(self, url: str) -> dict[str, str]:
        """Request headers that ask for the file unless it is as it was; none for another URL."""
        if digest(url) != self.url_sha256:
            return {}
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in told.items() if value is not None}


class Unchanged(Value):
    """The server says that the file is as it was; nothing was downloaded. URLs as in `fetch.Fetched`."""

    final_url: str
    redirects: tuple[str, ...]


def validators_of(url: str, headers: Mapping[str, str]) -> Validators | None:
    """By the headers (names in small letters) of the answer from `url`; None where they vouch for nothing."""
    etag, modified = headers.get("etag", "").strip(), headers.get("last-modified", "").strip()
    strong = etag if _STRONG_TAG.fullmatch(etag) and len(etag) <= _MOST_CHARACTERS else None
    settled = modified if _is_settled(modified, headers.get("date", "")) else None
    if strong is None and settled is None:
        return None
    return Validators(url_sha256=digest(url), etag=strong, last_modified=settled)


def digest(url: str) -> str:
    return hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest()


def _is_settled(modified: str, sent: str) -> bool:
    """Whether the file had been left alone for a minute when it was sent."""
    if len(modified) > _MOST_CHARACTERS or not modified.isascii() or not modified.isprintable():
        return False
    try:
        return (parsedate_to_datetime(sent) - parsedate_to_datetime(modified)).total_seconds() >= _SETTLED_SECONDS
    except (ValueError, TypeError):
        return False
