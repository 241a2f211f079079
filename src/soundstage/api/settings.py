"""What the API is told by `bootstrap`: limits, words, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FailureWord = Literal["page", "ERROR", "FAILED"]


@dataclass(frozen=True)
class ApiSettings:
    """Everything the API may be told. Sizes in bytes, times in seconds.

    public_url: scheme, host and port (and path prefix) under which clients reach this server; None: the address the
        request came in on. The `Host` header is never used.
    failure_word: `page`: each kind's documented word (`ERROR` for set-up, `FAILED` for sounds); else this one always.
    rate_limit_per_minute: requests a key may make in a minute, per API process; None or 0: no limit.
    wrong_keys_per_minute: how many unknown keys an address may try in a minute before it is answered 429.
    fern_list_replies: answer the list that some generated clients insist on (see `api.compat`).
    status_on_loop: read plain status polls on the event loop, without a thread; for SQLite only.
    fetch_allow: addresses that media may be fetched from although they are not public (see `media.fetch_policy`).
    trusted_hosts: values of `Host` that are answered (`example.com`, `*.example.com`); empty: any.
    """

    public_url: str | None = None
    failure_word: FailureWord = "page"
    max_prompt_characters: int = 10_000
    max_sound_seconds: float = 10.0
    default_sound_seconds: float = 8.0
    max_upload_bytes: int = 8 * 1024**3
    max_dictionary_bytes: int = 10 * 1024**2
    max_body_bytes: int = 2 * 1024**2
    max_document_bytes: int = 16 * 1024**2  # a day of speech
    fern_list_replies: bool = True
    rate_limit_per_minute: int | None = None
    wrong_keys_per_minute: int = 60
    status_on_loop: bool = False
    fetch_allow: tuple[str, ...] = ()
    trusted_hosts: tuple[str, ...] = ()
    session_cookie: str = "soundstage_session"
    session_seconds: int = 12 * 3600
    max_wait_seconds: float = 60.0
    heartbeat_seconds: float = 15.0
