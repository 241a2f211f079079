"""Who calls: a key in `x-api-key`, or the Studio pages' session cookie. And what they may do."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection

from soundstage.api.services import ApiServices
from soundstage.api.settings import ApiSettings
from soundstage.domain.account import Scope
from soundstage.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from soundstage.services.actor import Actor

KEY_HEADER = "x-api-key"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def scope_of(method: str) -> Scope:
    """`read` for methods that change nothing, `write` for the others."""
    return Scope.READ if method in SAFE_METHODS else Scope.WRITE


def authenticate(connection: HTTPConnection, services: ApiServices, settings: ApiSettings) -> Actor:
    """The actor of a request. Reads the database: call it in a thread. Raises Unauthenticated or Forbidden."""
    secret = connection.headers.get(KEY_HEADER)
    if secret:
        return services.keys.authenticate(secret)
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
