"""Who calls: a key in `x-api-key`, or the Studio pages' session cookie. And what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection
from starlette.types import Scope as HttpScope

from soundstage.api.limits import RateLimiter
from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.domain.account import Scope
from soundstage.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from soundstage.services.actor import Actor

KEY_HEADER = "x-api-key"
OTHER_KEY_HEADER = "xi-api-key"  # what clients of ElevenLabs send
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def scope_of(method: str) -> Scope:
    """`read` for methods that change nothing, `write` for the others."""
    return Scope.READ if method in SAFE_METHODS else Scope.WRITE


class KeyCheck:
    """Who holds a key. An address that keeps trying wrong ones is told to wait; a right key is let in all the same, so
    that nobody behind one proxy locks the others out."""

    def __init__(self, services: ApiServices, wrong_per_minute: int) -> None:
        self._services = services
        self._wrong = RateLimiter(
            wrong_per_minute,
            refusal="Too many wrong keys came from this address ({} a minute are let pass); check the key.",
        )

    def holder(self, secret: str, scope: HttpScope) -> Actor:
        """Raises Unauthenticated or LimitReached."""
        try:
            return self._services.keys.authenticate(secret)
        except Unauthenticated:
            self._wrong.check((scope.get("client") or ("",))[0])
            raise


def authenticate(connection: HTTPConnection, services: ApiServices, settings: ApiSettings, keys: KeyCheck) -> Actor:
    """The actor of a request. Reads the database: call it in a thread.

    Raises Unauthenticated, Forbidden, or LimitReached (see `KeyCheck`).
    """
    secret = connection.headers.get(KEY_HEADER) or connection.headers.get(OTHER_KEY_HEADER)
    if secret:
        return keys.holder(secret, connection.scope)
    actor = session_actor(connection, services, settings)
    if actor is None:
        raise Unauthenticated("A key is needed: send it in the x-api-key header (`soundstage keys create` makes one).")
    if connection.scope["method"] not in SAFE_METHODS and not same_origin(connection, settings):
        raise Forbidden("A browser session may only change things from this server's own pages.")
    return actor


def session_actor(connection: HTTPConnection, services: ApiServices, settings: ApiSettings) -> Actor | None:
    """The actor of the Studio session in the cookie, or None."""
    session = connection.cookies.get(settings.session_cookie)
    return services.sessions.team_of(session) if session else None


def same_origin(connection: HTTPConnection, settings: ApiSettings) -> bool:
    """Whether a browser says that one of our own pages sent this; a request that says nothing does not count."""
    site = connection.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = connection.headers.get("origin")
    if origin is None:
        return False
    ours = {connection.headers.get("host", "")}
    if settings.public_url:
        ours.add(urlsplit(settings.public_url).netloc)
    return urlsplit(origin).netloc in ours - {""}
