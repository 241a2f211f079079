"""What yt-dlp's failures mean: a reason of the API and a sentence that says what to do."""

from __future__ import annotations

import re
from typing import Any

from soundstage.errors import ExceptionReason, SourceFailure
from soundstage.media.guard import download_failure
from soundstage.media.redact import redact_url

# In this order: a site asks people to sign in for many reasons, and says which.
_MEANINGS: tuple[tuple[str, ExceptionReason, str], ...] = (
    (
        r"not a bot|captcha|unusual traffic|impersonat|HTTP Error 429",
        ExceptionReason.ERROR_DOWNLOADING_SOURCE,
        "{site} does not give its videos to this server (it takes it for a robot). Download the video and upload it.",
    ),
    (
        r"confirm your age|age[- ]?(?:restrict|gate|limit|verif)|inappropriate for some users|18\+|adults? only",
        ExceptionReason.SOURCE_IS_AGE_RESTRICTED,
        "{site} shows this video only to people whose age it knows. Download it with your account and upload it.",
    ),
    (
        r"geo.?restrict|not (?:made .{0,40})?available .{0,30}(?:your|this) (?:country|location|region|territory)"
        r"|blocked .{0,40}(?:country|countries|region)|HTTP Error 451",
        ExceptionReason.SOURCE_BLOCKED_IN_REGION,
        "{site} does not show this video in the country where this server stands. Upload the media instead.",
    ),
    (
        r"\bDRM\b|encrypted media",
        ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
        "The video is protected against copying (DRM). Ask its owner for the file and upload it.",
    ),
    (
        r"\blive (?:event|stream)|is (?:offline|not (?:currently )?live)|premieres? (?:in|will)|will begin in",
        ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
        "The link is a live stream. Set it up once it is over and its recording stands on the site.",
    ),
    (
        r"private|members?[- ]only|log(?:ged)?[ -]?in|sign(?:ed)? in|subscri(?:ber|ption)|payment|purchase|rent"
        r"|password|credentials|cookies|HTTP Error 40[13]|premium",
        ExceptionReason.FORBIDDEN,
        "{site} shows this video only to those who are signed in or invited. Make it public, or upload the media.",
    ),
    (
        r"unavailable|not available|removed|deleted|does(?:n't| not) exist|not (?:be )?found|no longer|terminated"
        r"|HTTP Error 4(?:04|10)|invalid (?:video )?id|incomplete .{0,20}id",
        ExceptionReason.SOURCE_NOT_FOUND,
        "There is no such video on {site}: it was removed, or the link is incomplete.",
    ),
    (
        r"requested format is not available|no video formats",
        ExceptionReason.SOURCE_TYPE_NOT_SUPPORTED,
        "{site} offers this video in no form that this server can take within its limits. Upload the media instead.",
    ),
)


def meaning_of(error: BaseException, site: str, url: str, met: SourceFailure | None = None) -> SourceFailure:
    """The failure to tell for what yt-dlp raised; `met`: the refusal of our own that its last request met, if any."""
    from yt_dlp.networking.exceptions import TransportError  # noqa: PLC0415 - an extra
    from yt_dlp.utils import GeoRestrictedError, UnsupportedError, UserNotLive  # noqa: PLC0415

    causes = list(_causes(error))
    ours = next((cause for cause in causes if isinstance(cause, SourceFailure)), met)
    if ours is not None:
        return ours
    said = _said(causes)
    kinds: tuple[tuple[type[BaseException], str], ...] = (
        (GeoRestrictedError, "geo-restricted"),
        (UserNotLive, "live stream"),
        (UnsupportedError, "does not exist"),
    )
    said += "".join(f" {word}" for kind, word in kinds if any(isinstance(cause, kind) for cause in causes))
    for pattern, reason, sentence in _MEANINGS:
        if re.search(pattern, said, re.IGNORECASE):
            return SourceFailure(sentence.format(site=site), reason)
    again = any(isinstance(cause, TransportError) for cause in causes) or "HTTP Error 5" in said
    if again:
        return download_failure(f"The connection to {site} broke off at {redact_url(url)}.", retryable=True)
    return download_failure(f"{site} did not give the video: {_clean(said)}. Upload the media instead.")


def _causes(error: BaseException | None) -> Any:
    """The error and what it came from; yt-dlp keeps the first in `exc_info`."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = getattr(one, "exc_info", None)
        cause = getattr(one, "cause", None)
        waiting += [inner[1] if inner else None, cause if isinstance(cause, BaseException) else None, one.__cause__]


def _said(causes: list[BaseException]) -> str:
    return " ".join(dict.fromkeys(str(getattr(cause, "orig_msg", None) or cause) for cause in causes))


def _clean(said: str) -> str:
    """The first sentence, without colours, addresses and the request to report a bug."""
    text = re.sub(r"\x1b\[[0-9;]*m|https?://\S+", "", said.partition("; please report")[0])
    text = re.sub(r"^(?:ERROR: )?(?:\[[^\]]+\] )?", "", " ".join(text.split()))
    return text[:200].rstrip(" .") or "it did not say why"
