"""A file shared on Google Drive, asked for until Drive sends it or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from soundstage.media.drive_links import DriveLink
from soundstage.media.drive_pages import refusal, step_after
from soundstage.media.fetch_http import Answer, Client, refuse_content
from soundstage.media.guard import download_failure

_PAGE_BYTES = 512 * 1024
_STEPS = 3  # the link, its confirmation, and one more


@contextmanager
def open_drive(client: Client, link: DriveLink, drive_url: str, byte_range: str | None = None) -> Iterator[Answer]:
    """The answer that holds the file; a page that warns of the virus scan's limit is confirmed.

    Raises SourceFailure: TOO_MANY_GDRIVE_REQUESTS (its quota), SOURCE_NOT_FOUND, FORBIDDEN (not shared),
    ERROR_DOWNLOADING_SOURCE.
    """
    url = link.download_url(drive_url)
    for _ in range(_STEPS):
        with client.get(url, byte_range, judged=False) as answer:
            if not answer.is_page:
                if answer.status not in (200, 206):
                    raise refusal("", answer.url, answer.status)
                refuse_content(answer)
                yield answer
                return
            url = step_after(_beginning(answer), answer.url, answer.status)
    raise download_failure("Google Drive asks to confirm the download again and again. Upload the media instead.")


def _beginning(answer: Answer) -> bytes:
    page = b""
    for block in answer.blocks():
        page += block
        if len(page) >= _PAGE_BYTES:
            break
    return page[:_PAGE_BYTES]
