"""URLs as they may be shown: without what may be a secret."""

from __future__ import annotations

from urllib.parse import urlsplit


def redact_url(url: str) -> str:
    """`url` without user info, query string and fragment; a text that is no URL becomes `(unreadable URL)`.

    Share links carry their secret in the query, private feeds in the user info. The path stays: people know their
    media by it.
    """
    try:
        parts = urlsplit(url.strip())
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "(unreadable URL)"
    if not parts.scheme or not host:
        return "(unreadable URL)"
    return f"{parts.scheme}://{host}{parts.path}"
