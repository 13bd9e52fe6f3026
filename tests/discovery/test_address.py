"""Publishable space: every edge of every network in the IANA special-purpose registries."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from discovery.address import Scope, publishable, scope

# Written from the registries (RFC 6890 and its updates), not from the table under test. Where two
# rows overlap, the narrower one stands first.
SPECIAL = [
    ("0.0.0.0/32", "unspecified"),
    ("0.0.0.0/8", "reserved"),
    ("10.0.0.0/8", "private"),
    ("100.64.0.0/10", "cgnat"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link_local"),
    ("172.16.0.0/12", "private"),
    ("192.0.0.0/24", "ds_lite"),
    ("192.0.2.0/24", "documentation"),
    ("192.31.196.0/24", "reserved"),
    ("192.52.193.0/24", "reserved"),
    ("192.88.99.0/24", "tunnel"),
    ("192.168.0.0/16", "private"),
    ("192.175.48.0/24", "reserved"),
    ("198.18.0.0/15", "benchmark"),
    ("198.51.100.0/24", "documentation"),
    ("203.0.113.0/24", "documentation"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
    ("::/128", "unspecified"),
    ("::1/128", "loopback"),
    ("64:ff9b::/96", "tunnel"),
    ("64:ff9b:1::/48", "tunnel"),
    ("2001::/23", "tunnel"),
    ("2001:db8::/32", "documentation"),
    ("2002::/16", "tunnel"),
    ("2620:4f:8000::/48", "reserved"),
    ("3ffe::/16", "reserved"),
    ("3fff::/20", "documentation"),
    ("fc00::/7", "private"),
    ("fe80::/10", "link_local"),
    ("ff00::/8", "multicast"),
    # What remains of IPv6 outside 2000::/3, which alone is handed out.
    ("::/3", "reserved"),
    ("4000::/2", "reserved"),
    ("8000::/1", "reserved"),
]
NETWORKS = [(ip_network(text), word) for text, word in SPECIAL]


def expected(address: IPv4Address | IPv6Address) -> str:
    return next((word for network, word in NETWORKS if address in network), "public")


def edges() -> list[str]:
    """The first and last address of each network, and the neighbours outside."""
    found: list[str] = []
    for network, _ in NETWORKS:
        first, last = network.network_address, network.broadcast_address
        top = 2**first.max_prefixlen
        inside = [first, last]
        around = [int(first) - 1, int(last) + 1]
        found += [str(a) for a in inside]
        found += [str(type(first)(n)) for n in around if 0 <= n < top]
    return sorted(set(found))


@pytest.mark.parametrize("text", edges())
def test_every_edge_of_every_network_has_its_scope(text: str) -> None:
    address = ip_address(text)
    assert scope(address).word == expected(address)
    assert publishable(address) is (expected(address) == "public")


HANDED_OUT = [
    "1.1.1.1",
    "81.2.69.142",
    "100.63.255.255",
    "100.128.0.0",
    "172.32.0.0",
    "223.255.255.255",
    "2000::",
    "2001:200::",
    "2003:e2:1::1",
    "2a02:8071::1",
    "3ffd::1",
    "3fff:1000::",
]

# Addresses for which `is_global` was or is true in some release of Python 3.11 to 3.13
# (cpython gh-113171, gh-119812), and their neighbours in kind.
TREACHEROUS = [
    "192.0.0.1",
    "192.0.0.2",
    "192.0.0.8",
    "192.0.0.9",
    "192.0.0.10",
    "192.0.0.170",
    "192.88.99.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.175.48.1",
    "224.0.0.1",
    "239.1.1.1",
    "255.255.255.255",
    "100.64.0.1",
    "ff0e::1",
    "2002:a00:1::1",
    "2002:808:808::1",
    "64:ff9b:1::1",
    "64:ff9b::a00:1",
    "fec0::1",
    "5f00::1",
    "3fff::1",
    "100::1",
    "100:0:0:1::1",
    "4000::1",
    "2001:20::1",
    "2001:4:112::1",
    "::ffff:10.0.0.1",
    "::ffff:81.2.69.142",
]


@pytest.mark.parametrize("text", HANDED_OUT)
def test_what_providers_hand_out_is_public(text: str) -> None:
    assert scope(ip_address(text)) is Scope.PUBLIC


@pytest.mark.parametrize("text", TREACHEROUS)
def test_what_python_has_called_global_is_still_refused(text: str) -> None:
    assert not publishable(ip_address(text))


def test_an_ipv4_mapped_address_is_judged_as_its_ipv4_part() -> None:
    assert scope(ip_address("::ffff:81.2.69.142")) is Scope.PUBLIC
    assert scope(ip_address("::ffff:100.64.0.5")) is Scope.CGNAT
    assert scope(ip_address("::ffff:0.0.0.0")) is Scope.UNSPECIFIED


@given(st.ip_addresses())
def test_every_address_has_the_scope_of_the_registries(address: IPv4Address | IPv6Address) -> None:
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    assert scope(address).word == expected(mapped or address)


@given(st.ip_addresses())
def test_nothing_is_publishable_that_python_calls_special(
    address: IPv4Address | IPv6Address,
) -> None:
    special = address.is_private or address.is_multicast or address.is_loopback
    assert not (publishable(address) and (special or not address.is_global))


def test_every_scope_completes_a_sentence_and_has_a_word_of_its_own() -> None:
    assert len({kind.word for kind in Scope}) == len(Scope)
    for kind in Scope:
        assert kind.sentence
        assert not kind.sentence.endswith(".")
