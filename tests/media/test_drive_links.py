"""Google Drive share links, in all their forms."""

from __future__ import annotations

import pytest

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.drive_links import DRIVE_URL, DriveLink, drive_link, is_drive

ID = "1AbC_dEf-GhIjKlMnOpQrStUvWxYz0123"


@pytest.mark.parametrize(
    "url",
    [
        f"https://drive.google.com/file/d/{ID}/view?usp=sharing",
        f"https://drive.google.com/file/d/{ID}/view?usp=drive_link&t=12",
        f"https://drive.google.com/file/d/{ID}/edit",
        f"https://drive.google.com/file/d/{ID}",
        f"https://drive.google.com/file/u/1/d/{ID}/preview",
        f"https://drive.google.com/a/example.com/file/d/{ID}/view",
        f"https://drive.google.com/open?id={ID}",
        f"https://drive.google.com/uc?export=download&id={ID}",
        f"http://drive.google.com/u/0/uc?id={ID}&export=download",
        f"https://docs.google.com/uc?id={ID}",
        f"https://drive.usercontent.google.com/download?id={ID}&export=download&authuser=0",
        f"  https://DRIVE.google.com/open?id={ID} ",
    ],
)
def test_files(url: str) -> None:
    assert drive_link(url) == DriveLink(ID)


def test_old_links_need_their_key() -> None:
    link = drive_link(f"https://drive.google.com/file/d/{ID}/view?usp=sharing&resourcekey=0-aB_c")
    assert link is not None
    assert link.download_url(DRIVE_URL) == f"{DRIVE_URL}/uc?export=download&id={ID}&resourcekey=0-aB_c"


@pytest.mark.parametrize(
    ("url", "reason", "says"),
    [
        (f"https://drive.google.com/drive/folders/{ID}?usp=sharing", "SOURCE_TYPE_NOT_SUPPORTED", "shares a folder"),
        (f"https://drive.google.com/drive/u/0/folders/{ID}", "SOURCE_TYPE_NOT_SUPPORTED", "shares a folder"),
        (f"https://drive.google.com/folderview?id={ID}", "SOURCE_TYPE_NOT_SUPPORTED", "shares a folder"),
        (f"https://docs.google.com/document/d/{ID}/edit", "SOURCE_TYPE_NOT_SUPPORTED", "document, not media"),
        ("https://drive.google.com/drive/my-drive", "SOURCE_NOT_FOUND", "names no file"),
        ("https://drive.google.com/open", "SOURCE_NOT_FOUND", "names no file"),
        ("https://drive.google.com/file/d/short/view", "SOURCE_NOT_FOUND", "names no file"),
        ("https://drive.google.com/uc?id=../../etc/passwd", "SOURCE_NOT_FOUND", "names no file"),
    ],
)
def test_what_is_no_file(url: str, reason: str, says: str) -> None:
    with pytest.raises(SourceFailure, match=says) as caught:
        drive_link(url)
    assert caught.value.reason is ExceptionReason(reason)


@pytest.mark.parametrize(
    "url",
    [
        f"https://drive.google.com.example.org/file/d/{ID}/view",
        f"https://example.org/?u=https://drive.google.com/file/d/{ID}",
        "https://photos.google.com/x",
        "ftp://drive.google.com/x",
        "upload://abc",
        "https://[",
    ],
)
def test_what_is_elsewhere(url: str) -> None:
    assert not is_drive(url)
    assert drive_link(url) is None
