"""What a fetch may do: its limits, and the setting `fetch_allow` that opens in-house media to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated

from pydantic import Field

from soundstage.domain.value import Value
from soundstage.errors import Misconfigured
from soundstage.media.addresses import Address, Network, canonical, is_metadata, why_not_public
from soundstage.media.drive_links import DRIVE_URL

PUBLIC_PORTS = frozenset({80, 443, 8080, 8443})

_PORT = re.compile(r"^:?(\d{1,5})$")
_BRACKETED = re.compile(r"^\[([^\]]+)\](?::(\d{1,5}))?$")
_NAME = re.compile(
    r"^(?P<name>\.?[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)(?::(?P<port>\d{1,5}))?$"
)


class FetchPolicy(Value):
    """`allow`: entries of the setting `fetch_allow` (see `AllowList`). Sizes in bytes, times in seconds.

    A transfer ends when it takes longer than `timeout_seconds` in all, or when within `stall_seconds` fewer than
    `min_bytes_per_second` arrive on average. `drive_url`: where Google Drive answers; tests have their own.
    """

    allow: tuple[str, ...] = ()
    max_bytes: Annotated[int, Field(gt=0)] = 4 * 1024**3
    timeout_seconds: Annotated[float, Field(gt=0)] = 3600.0
    max_redirects: Annotated[int, Field(ge=0)] = 5
    stall_seconds: Annotated[float, Field(gt=0)] = 30.0
    min_bytes_per_second: Annotated[int, Field(ge=0)] = 512
    drive_url: str = DRIVE_URL


@dataclass(frozen=True)
class _Rule:
    """One entry: a host name, a network or neither (any public host), and a port or None for every port."""

    name: str | None = None
    network: Network | None = None
    port: int | None = None

    def opens(self, host: str, address: Address, port: int) -> bool:
        if self.port is not None and self.port != port:
            return False
        if self.network is not None:
            return canonical(address) in self.network or address in self.network
        if self.name is not None:
            return self._named(host) and not is_metadata(address)
        return why_not_public(address) is None

    def names(self, host: str, port: int) -> bool:
        return self.name is not None and self._named(host) and self.port in (None, port)

    def _named(self, host: str) -> bool:
        assert self.name is not None
        return host.endswith(self.name) if self.name.startswith(".") else host == self.name


class AllowList:
    """The setting `fetch_allow`. Entries open what is otherwise refused:

    `media.lan` or `.lan` (a name, or all names below one; any port) · `media.lan:9000` · `10.0.0.0/8`, `10.0.0.5`,
    `fd12::/16` (networks and addresses; any port) · `10.0.0.5:9000`, `[fd12::1]:9000` · `9000` (a port of public hosts,
    beside 80, 443, 8080 and 8443). A name never opens link-local and metadata addresses; name those as addresses.
    """

    def __init__(self, entries: Iterable[str]) -> None:
        self._rules = tuple(_parse(entry) for entry in entries)

    def refusal(self, host: str, address: Address, port: int) -> str | None:
        """Why `address` (to which `host` resolved) must not be dialled on `port`, or None when it may."""
        if any(rule.opens(host, address, port) for rule in self._rules):
            return None
        what = why_not_public(address)
        if what is not None:
            return f"{host} is not on the public internet ({what})"
        if port not in PUBLIC_PORTS:
            return f"port {port} is not among those that media is fetched from"
        return None

    def names(self, host: str, port: int) -> bool:
        """Whether an entry allows this name and port, whatever it resolves to."""
        return any(rule.names(host, port) for rule in self._rules)


def _parse(entry: str) -> _Rule:
    text = entry.strip().lower()
    if match := _PORT.match(text):
        return _Rule(port=_port(match[1], entry))
    if match := _BRACKETED.match(text):
        return _Rule(network=_network(match[1], entry), port=_port(match[2], entry))
    if text.count(":") > 1 or ("/" in text and ":" not in text):
        return _Rule(network=_network(text, entry))
    if "/" in text or re.fullmatch(r"[\d.]+(:\d+)?", text):
        network, _, port = text.partition(":")
        return _Rule(network=_network(network, entry), port=_port(port or None, entry))
    if match := _NAME.match(text):
        return _Rule(name=match["name"], port=_port(match["port"], entry))
    raise _malformed(entry)


def _port(text: str | None, entry: str) -> int | None:
    if text is None:
        return None
    if not 0 < int(text) < 65536:
        raise _malformed(entry)
    return int(text)


def _network(text: str, entry: str) -> Network:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise _malformed(entry) from None


def _malformed(entry: str) -> Misconfigured:
    return Misconfigured(
        f"The setting fetch_allow holds {entry!r}. Write a host, host:port, a network such as 10.0.0.0/8, or a port."
    )
