"""Which IP addresses a fetch may dial: only those that the public internet routes to a stranger.

Source: IANA's special-purpose address registries (RFC 6890 and successors). The lists are written out rather than
taken from `ipaddress.is_global`, whose answers differ between Python versions.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_V4 = tuple(
    (IPv4Network(network), what)
    for network, what in (
        ("0.0.0.0/8", "this host"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local, where cloud metadata services live"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "benchmarking"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
        ("168.63.129.16/32", "a cloud provider's internal service"),
    )
)
# Only 2000::/3 is given out as global unicast; within it these are special.
_V6_GLOBAL = IPv6Network("2000::/3")
_V6 = tuple(
    (IPv6Network(network), what)
    for network, what in (
        ("2001::/23", "protocol assignments, Teredo among them"),
        ("2001:db8::/32", "documentation"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)  # bits 32–63 of the interface identifier (RFC 5214); the last 32 are an IPv4

# Never opened by allowing a *name*: a name may come to point here; only an address or network entry can.
_METADATA = (
    IPv4Network("169.254.0.0/16"),
    IPv4Network("168.63.129.16/32"),
    IPv4Network("100.100.100.200/32"),
    IPv4Network("192.0.0.192/32"),
    IPv6Network("fe80::/10"),
    IPv6Network("fd00:ec2::/32"),
)


def canonical(address: Address) -> Address:
    """The IPv4 address inside an IPv4-mapped or NAT64 form, else the address itself, without its zone."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return IPv6Address(int(address))


def why_not_public(address: Address) -> str | None:
    """What kind of non-public address this is (`loopback`, `private` …), or None when anybody may be dialled there."""
    address = canonical(address)
    if isinstance(address, IPv4Address):
        return next((what for network, what in _V4 if address in network), None)
    if address == IPv6Address("::1"):
        return "loopback"
    if address not in _V6_GLOBAL:
        return "not a public IPv6 address"
    if (int(address) >> 32) & 0xFFFF_FFFF in _ISATAP:
        return why_not_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return next((what for network, what in _V6 if address in network), None)


def is_metadata(address: Address) -> bool:
    """Whether cloud metadata services answer at such an address."""
    address = canonical(address)
    return any(address in network for network in _METADATA)
