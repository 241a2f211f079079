"""What Google Drive says instead of sending a file: pages made for people, read for what they mean.

Drive has no other way to be asked without an account. A file too large for its virus scan is sent once the form of a
page is sent back; all other pages are refusals.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.guard import download_failure

_QUOTA = re.compile(r"quota exceeded|too many users have viewed or downloaded|exceeded the .{0,20}quota")
_SIGN_IN = re.compile(r"sign[ -]?in|accounts\.google|you need access|request access|access denied|permission")
_GONE = re.compile(r"does not exist|not found|no longer (?:exists|available)|in your owner's trash")
_BANNED = re.compile(r"violat\w+ .{0,80}terms|terms of service")
_SIGN_IN_PATH = re.compile(r"/(?:ServiceLogin|signin|v3/signin|InteractiveLogin|AccountChooser)")
_SHARE = 'In Drive, set the file\'s access under Share to "Anyone with the link", then try again.'


@dataclass
class _Form:
    action: str
    name: str
    fields: dict[str, str] = field(default_factory=dict)


class _Page(HTMLParser):
    """Title, visible text, forms and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.title, self.text = "", ""
        self.forms: list[_Form] = []
        self.links: list[str] = []
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._inside = tag if tag in ("title", "script", "style") else self._inside
        if tag == "form":
            self.forms.append(_Form(given.get("action", ""), given.get("id", "")))
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "a":
            self.links.append(given.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = "" if tag == self._inside else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title += data
        elif not self._inside:
            self.text += data


def step_after(page: bytes, url: str, status: int) -> str:
    """The URL that a virus-scan page leads on to. Raises SourceFailure with what any other page means.

    page: its HTML, or the beginning of it. url: where it came from.
    """
    read = _Page()
    read.feed(page.decode("utf-8", "replace"))
    onward = _confirmation(read, url)
    if onward is not None:
        return onward
    raise refusal(f"{read.title} {read.text}", url, status, read.title)


def refusal(said: str, url: str, status: int, title: str = "") -> SourceFailure:
    """What a page without a way on, or a status, means."""
    text = " ".join(said.split()).lower()
    if status == 429 or _QUOTA.search(text):
        return SourceFailure(
            "Google Drive lets nobody download this file for now: too many have done so within a day. Try again "
            "tomorrow, or copy the file in Drive and share the copy.",
            ExceptionReason.TOO_MANY_GDRIVE_REQUESTS,
        )
    if status in (404, 410) or _GONE.search(text):
        return SourceFailure(
            "There is no file at this Google Drive link: it was deleted, or the link is incomplete.",
            ExceptionReason.SOURCE_NOT_FOUND,
        )
    if _BANNED.search(text):
        return SourceFailure(
            "Google Drive has blocked this file for breaking its terms. Upload the media instead.",
            ExceptionReason.FORBIDDEN,
        )
    if status in (401, 403) or _SIGN_IN_PATH.search(urlsplit(url).path) or _SIGN_IN.search(text):
        return SourceFailure(f"This Google Drive file is not shared. {_SHARE}", ExceptionReason.FORBIDDEN)
    shown = " ".join(title.split())[:100] or f"HTTP {status}"
    return download_failure(f"Google Drive sent a page instead of the file: {shown}.", retryable=status >= 500)


def _confirmation(page: _Page, url: str) -> str | None:
    """Where "Download anyway" leads: the form's target, or in older pages a link."""
    for form in page.forms:
        if form.name == "download-form" or "confirm" in form.fields:
            target = urlsplit(urljoin(url, form.action))
            fields = dict(parse_qsl(target.query)) | form.fields
            return target._replace(query=urlencode(fields), fragment="").geturl()
    for link in page.links:
        if "export=download" in link and re.search(r"[?&]confirm=[\w-]+", link):
            return urljoin(url, link)
    return None
