from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from soundstage.media.addresses import canonical, is_metadata, why_not_public

REFUSED = """
    0.0.0.0 10.1.2.3 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.255 169.254.169.254 172.16.0.1 172.31.255.255
    192.0.0.192 192.0.2.1 192.88.99.1 192.168.1.1 198.18.0.1 198.51.100.7 203.0.113.9 224.0.0.1 239.1.1.1 240.0.0.1
    255.255.255.255 168.63.129.16 :: ::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1
    64:ff9b::7f00:1 64:ff9b::a9fe:a9fe 64:ff9b:1::1
    2002:7f00:1:: 2002:808:808:: 2001:0:4136:e378:8000:63bf:3fff:fdd2 2001:db8::1 3fff::1 5f00::1 fc00::1 fd00:ec2::254
    fe80::1 fec0::1 ff02::1 100::1 2600::5efe:10.0.0.1 2600::200:5efe:127.0.0.1
"""
PUBLIC = """
    1.1.1.1 8.8.8.8 93.184.216.34 100.63.255.255 100.128.0.1 172.15.0.1 172.32.0.1 192.0.1.1 2606:4700:4700::1111
    2a00:1450:4001:82a::200e ::ffff:8.8.8.8 64:ff9b::808:808 2600::5efe:8.8.8.8
"""


@pytest.mark.parametrize("text", REFUSED.split())
def test_refuses_what_is_not_public(text: str) -> None:
    assert why_not_public(ip_address(text)) is not None


@pytest.mark.parametrize("text", PUBLIC.split())
def test_takes_what_is_public(text: str) -> None:
    assert why_not_public(ip_address(text)) is None


@given(st.ip_addresses(v=4))
def test_a_mapped_or_nat64_address_is_judged_as_what_it_holds(address: IPv4Address) -> None:
    mapped = IPv6Address(0xFFFF_0000_0000 | int(address))
    nat64 = IPv6Address((0x0064_FF9B << 96) | int(address))
    assert canonical(mapped) == canonical(nat64) == address
    assert why_not_public(mapped) == why_not_public(nat64) == why_not_public(address)


@given(st.ip_addresses(v=4))
def test_never_more_open_than_the_standard_library(address: IPv4Address) -> None:
    if not address.is_global or address.is_multicast:
        assert why_not_public(address) is not None or address in (IPv4Address("192.0.0.9"), IPv4Address("192.0.0.10"))


@given(st.ip_addresses(v=6))
def test_only_global_unicast_ipv6_is_public(address: IPv6Address) -> None:
    if why_not_public(address) is None and canonical(address) == address:
        assert address.is_global and not address.is_multicast


@pytest.mark.parametrize(
    "text", ["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "fe80::a9fe:a9fe", "100.100.100.200"]
)
def test_knows_metadata_addresses(text: str) -> None:
    assert is_metadata(ip_address(text))
