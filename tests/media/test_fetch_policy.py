from __future__ import annotations

from ipaddress import ip_address

import pytest

from soundstage.errors import Misconfigured
from soundstage.media.fetch_policy import AllowList, FetchPolicy


def refusal(entries: str, host: str, address: str, port: int) -> str | None:
    return AllowList(entries.split()).refusal(host, ip_address(address), port)


@pytest.mark.parametrize(
    ("entries", "host", "address", "port"),
    [
        ("", "example.org", "8.8.8.8", 443),
        ("", "example.org", "8.8.8.8", 8080),
        ("media.lan", "media.lan", "10.0.0.5", 9000),
        (".lan", "media.lan", "10.0.0.5", 80),
        ("media.lan:9000", "media.lan", "10.0.0.5", 9000),
        ("MEDIA.lan", "media.lan", "::1", 1234),
        ("10.0.0.0/8", "anything.example", "10.9.9.9", 80),
        ("10.0.0.5", "10.0.0.5", "10.0.0.5", 5000),
        ("10.0.0.5:5000", "10.0.0.5", "10.0.0.5", 5000),
        ("10.0.0.0/8:5000", "x.example", "10.1.1.1", 5000),
        ("fd12::/16", "x.example", "fd12::1", 80),
        ("[fd12::1]:9000", "x.example", "fd12::1", 9000),
        ("::1", "localhost", "::1", 80),
        ("127.0.0.0/8", "x.example", "::ffff:127.0.0.1", 80),
        ("9000", "example.org", "8.8.8.8", 9000),
        (":9000", "example.org", "8.8.8.8", 9000),
        ("169.254.169.254", "169.254.169.254", "169.254.169.254", 80),
    ],
)
def test_opens(entries: str, host: str, address: str, port: int) -> None:
    assert refusal(entries, host, address, port) is None


@pytest.mark.parametrize(
    ("entries", "host", "address", "port", "says"),
    [
        ("", "example.org", "8.8.8.8", 22, "port 22"),
        ("", "example.org", "10.0.0.1", 80, "private"),
        ("9000", "example.org", "10.0.0.1", 9000, "private"),
        ("media.lan:9000", "media.lan", "10.0.0.5", 9001, "private"),
        ("media.lan", "evil.media.lan.example", "10.0.0.5", 80, "private"),
        (".lan", "lan", "10.0.0.5", 80, "private"),
        ("10.0.0.0/8", "x.example", "11.0.0.1", 22, "port 22"),
        ("10.0.0.5:5000", "x", "10.0.0.5", 5001, "private"),
        ("media.lan", "media.lan", "169.254.169.254", 80, "metadata"),
    ],
)
def test_refuses(entries: str, host: str, address: str, port: int, says: str) -> None:
    assert says in (refusal(entries, host, address, port) or "")


@pytest.mark.parametrize("entry", ["", "10.0.0.0/99", "a b", "host:99999", "0", "http://x", "10.0.0", "[::1", "*.lan"])
def test_a_wrong_entry_names_the_setting(entry: str) -> None:
    with pytest.raises(Misconfigured, match="fetch_allow"):
        AllowList([entry])


def test_policy_travels_as_json() -> None:
    policy = FetchPolicy(allow=("10.0.0.0/8", "media.lan:9000"), max_bytes=5, timeout_seconds=1.5)
    assert FetchPolicy.model_validate_json(policy.model_dump_json()) == policy
