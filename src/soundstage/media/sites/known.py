"""Which links lead to video sites: those that yt-dlp has an extractor for. It comes with the extra `links`."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from soundstage.media.drive_links import is_drive
from soundstage.media.media_types import MEDIA_ENDINGS

INSTALL = "pip install 'soundstage[links]'"
_NO_PROGRAMS = "/nonexistent"


def installed() -> bool:
    """Whether yt-dlp is there; looks without importing it."""
    return find_spec("yt_dlp") is not None


def may_be_site(url: str) -> bool:
    """Whether it is worth asking `site_of`: the link is no upload, no Drive link and not plainly a media file's."""
    if not installed() or not url.strip().lower().startswith(("http://", "https://")) or is_drive(url):
        return False
    try:
        ending = PurePosixPath(urlsplit(url.strip()).path).suffix.lower().lstrip(".")
    except ValueError:
        return False
    return ending not in MEDIA_ENDINGS


def site_of(url: str) -> str | None:
    """The key of the extractor that knows this link (`Youtube`), or None. Dials nothing; needs the extra `links`."""
    with alone():
        return next((kind.ie_key() for kind in extractors() if kind.suitable(url)), None)


def extractors() -> tuple[Any, ...]:
    """Every extractor of a site. The generic one, which tries to make sense of any page, is none."""
    from yt_dlp.extractor import gen_extractor_classes  # noqa: PLC0415 - an extra

    return tuple(kind for kind in gen_extractor_classes() if kind.ie_key() != "Generic")


@contextmanager
def alone() -> Iterator[None]:
    """Within the block yt-dlp finds neither programs to start nor plugins of whoever runs this process.

    A program (ffmpeg, phantomjs, a JavaScript runtime) would fetch by itself, past the guard of every address.
    """
    ours = {"PATH": _NO_PROGRAMS, "YTDLP_NO_PLUGINS": "1"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
