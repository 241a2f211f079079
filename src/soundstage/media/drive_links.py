"""Google Drive share links, told by their text alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from soundstage.errors import ExceptionReason, SourceFailure

DRIVE_URL = "https://drive.google.com"
_HOSTS = frozenset({"drive.google.com", "docs.google.com", "drive.usercontent.google.com"})
_ID = re.compile(r"[A-Za-z0-9_-]{10,200}")
# `/u/1` names which of the reader's own accounts is meant.
_FILE = re.compile(r"/(?:a/[^/]+/)?file/(?:u/\d+/)?d/([^/]+)(?:/|$)")
_BY_QUERY = re.compile(r"/(?:a/[^/]+/)?(?:u/\d+/)?(?:uc|open|download)/?$")
_FOLDER = re.compile(r"/(?:drive/(?:u/\d+/)?(?:mobile/)?folders/|folderview)")
_DOCUMENT = re.compile(r"/(?:a/[^/]+/)?(document|spreadsheets|presentation|forms|drawings)/")


@dataclass(frozen=True)
class DriveLink:
    """A file on Google Drive. `resource_key`: what links made before 2021 need beside the id."""

    drive_id: str
    resource_key: str | None = None

    def download_url(self, drive_url: str) -> str:
        """Where its bytes are asked for."""
        query = {"export": "download", "id": self.drive_id}
        query |= {"resourcekey": self.resource_key} if self.resource_key else {}
        return f"{drive_url}/uc?{urlencode(query)}"


def is_drive(url: str) -> bool:
    """Whether the link leads to Google Drive, to a file or to anything else there."""
    try:
        parts = urlsplit(url.strip())
        return parts.scheme in ("http", "https") and (parts.hostname or "").rstrip(".") in _HOSTS
    except ValueError:
        return False


def drive_link(url: str) -> DriveLink | None:
    """The file that a Google Drive link shares; None for a link to elsewhere.

    Raises SourceFailure where it leads to Drive but to no file of media: a folder, a document, no id.
    """
    if not is_drive(url):
        return None
    parts = urlsplit(url.strip())
    query = parse_qs(parts.query)
    if _FOLDER.match(parts.path):
        raise SourceFailure(
            "This Google Drive link shares a folder. Open the folder and share the link of the one file to set up.",
            ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
        )
    if document := _DOCUMENT.match(parts.path):
        raise SourceFailure(
            f"This Google link shares something of {document[1]}, not media. Share the link of a video or audio file.",
            ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
        )
    in_path = _FILE.match(parts.path)
    given = in_path[1] if in_path else query.get("id", [""])[0] if _BY_QUERY.match(parts.path) else ""
    if not _ID.fullmatch(given):
        raise SourceFailure(
            "This Google Drive link names no file. Use the link that Drive gives under Share, Copy link.",
            ExceptionReason.SOURCE_NOT_FOUND,
        )
    return DriveLink(given, query.get("resourcekey", [None])[0])
