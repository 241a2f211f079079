"""What a media URL alone shows to be wrong, before anything is dialled. Light: services call it on every create."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote, unquote, urlsplit

from soundstage.media.addresses import Address
from soundstage.media.fetch_policy import AllowList

MAX_URL_CHARACTERS = 8192
_DEFAULT_PORTS = {"http": 80, "https": 443}
_UNSAFE = re.compile(r"[\x00-\x20\x7f\\]")
# A host whose last label is a number is an address to some resolver (`127.1`, `0x7f.1`, `2130706433`; WHATWG URL, 3.5).
_NUMERIC = re.compile(r"(^|\.)(0x[0-9a-f]*|[0-9]+)$")
_LABEL = re.compile(r"^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$")


@dataclass(frozen=True)
class Target:
    """A URL taken apart. `host` is lower-case ASCII (IDNA), an IPv6 address without brackets; `path` has the query."""

    scheme: str
    host: str
    port: int
    path: str
    credentials: tuple[str, str] | None = None

    @property
    def origin(self) -> tuple[str, str, int]:
        return self.scheme, self.host, self.port

    @property
    def address(self) -> Address | None:
        """The address, when the host is one and not a name."""
        try:
            return IPv6Address(self.host) if ":" in self.host else IPv4Address(self.host)
        except ValueError:
            return None


def check_url(url: str, allow: Iterable[str] = ()) -> str | None:
    """Why this http(s) URL cannot be fetched, as a sentence for a person, or None when nothing speaks against it.

    Judges only the text: length, scheme, host, port, a literal address that is not public and that `allow` (entries of
    the setting `fetch_allow`) does not open. Nothing is resolved.
    """
    target = parse_url(url)
    if isinstance(target, str):
        return target
    rules = AllowList(allow)
    address = target.address
    if address is None and (target.host == "localhost" or target.host.endswith(".localhost")):
        address = IPv4Address("127.0.0.1")
    if address is not None:
        refusal = rules.refusal(target.host, address, target.port)
    else:
        # Stands for any public address: a wrong port shows without resolving the name.
        known = rules.names(target.host, target.port)
        refusal = None if known else _port_refusal(rules, target)
    return None if refusal is None else refused(refusal)


def refused(refusal: str) -> str:
    """The sentence for a refused host or port: names the setting that opens it."""
    return f"The media URL was refused: {refusal}. An operator can open it with the setting fetch_allow."


def parse_url(url: str) -> Target | str:
    """The URL taken apart, or why it cannot be."""
    url = url.strip()
    if len(url) > MAX_URL_CHARACTERS:
        return f"The media URL is longer than {MAX_URL_CHARACTERS} characters."
    if _UNSAFE.search(url):
        return "The media URL holds spaces, control characters or backslashes; write them percent-encoded."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        return f"The media URL cannot be read: {error}."
    if parts.scheme not in _DEFAULT_PORTS:
        scheme = f"not {parts.scheme}://" if parts.scheme else "which it lacks"
        return f"The media URL must begin with http:// or https://, {scheme}."
    host = _ascii_host(parts.hostname or "")
    if host is None or port == 0:
        return "The media URL names no host or port that can be read. Write addresses as four decimal numbers."
    path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
    if parts.query:
        path += "?" + quote(parts.query, safe="/%:@!$&'()*+,;=~-._?[]{}|^`\"<>")
    credentials = (unquote(parts.username or ""), unquote(parts.password or "")) if "@" in parts.netloc else None
    return Target(parts.scheme, host, port or _DEFAULT_PORTS[parts.scheme], path, credentials)


def _ascii_host(host: str) -> str | None:
    """Lower-case ASCII form of a host, or None: empty, not a name, or an address in an unusual notation."""
    if ":" in host:
        try:
            return None if "%" in host else str(IPv6Address(host))
        except ValueError:
            return None
    try:
        # IDNA also folds full-width digits and ideographic full stops, which resolvers would read as an address.
        host = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        return None
    if _NUMERIC.search(host):
        try:
            return str(IPv4Address(host))
        except ValueError:
            return None
    labels = host.split(".")
    return host if len(host) <= 253 and all(_LABEL.match(label) for label in labels) else None


def _port_refusal(rules: AllowList, target: Target) -> str | None:
    example_of_public = IPv4Address("1.1.1.1")
    return rules.refusal(target.host, example_of_public, target.port)
