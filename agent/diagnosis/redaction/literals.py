"""Addresses and numbers of devices in a text: where they stand, and which tell of a home. Pure.

Every pattern is for `re.IGNORECASE`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import NamedTuple

from discovery.address import Scope, scope
from discovery.hosts import literal
from discovery.observation import Address

_OCTET = r"(?:25[0-5]|2[0-4][0-9]|[01]?[0-9]?[0-9])"
IPV4 = rf"(?<![0-9]){_OCTET}(?:\.{_OCTET}){{3}}(?![0-9])"
IPV4_DASHED = rf"(?<![0-9]){_OCTET}(?:-{_OCTET}){{3}}(?![0-9])"
"""As it stands in host names that a provider made from the address."""

IPV6_RUN = r"(?<![0-9a-z_:.])(?=[0-9a-f.]*:[0-9a-f.]*:)[0-9a-f:.]++(?![0-9a-z_])"
"""A run of letters that may hold an IPv6 address; `addresses_in` finds it. CSS ("a::after"), clock
times and words that happen to be hexadecimal are no such run, or hold none."""

REVERSE = r"(?<![0-9a-z.])(?:[0-9a-f]{1,3}\.)+(?:in-addr|ip6)\.arpa\b"
UUID = r"(?<![0-9a-z])[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}(?![0-9a-z])"
MAC = (
    r"(?<![0-9a-f:-])[0-9a-f]{2}(?P<joint>[:-])(?:[0-9a-f]{2}(?P=joint)){4}[0-9a-f]{2}(?![0-9a-f:-])"
    r"|(?<![0-9a-f.])(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}(?![0-9a-f.])"
    r"|(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])"  # a Linux link may be named enx001122334455
)

IPV6_PART = re.compile(
    r"(?:[0-9a-f]{1,4}:){3,}[0-9a-f]{1,4}|[23][0-9a-f]{3}(?::[0-9a-f]{1,4}){2}", re.IGNORECASE
)
"""Half an address: a prefix, or a host part. Three groups may be a clock time, unless the first is
one with which public addresses begin."""

_GROUP = re.compile(r"(?<![0-9a-f])[0-9a-f]|::", re.IGNORECASE)  # where an address may begin
_EDGE = re.compile(r"[0-9a-f](?![0-9a-f])|::", re.IGNORECASE)  # and where it may end
_LONGEST = 45  # characters: eight groups of which two are written as an IPv4 address
_NAT64 = IPv6Network("64:ff9b::/96")
_ULA = IPv6Network("fc00::/7")
_BARE_NETWORK_BITS = 16
_WELL_KNOWN_GROUP = 0xFFFF
_TELLING4 = frozenset({Scope.PUBLIC, Scope.CGNAT})

# The resolvers that everybody uses: Cloudflare, Google, Quad9, OpenDNS.
PUBLIC_SERVERS = frozenset(
    map(
        ip_address,
        (
            *("1.1.1.1", "1.0.0.1", "2606:4700:4700::1111", "2606:4700:4700::1001"),
            *("8.8.8.8", "8.8.4.4", "2001:4860:4860::8888", "2001:4860:4860::8844"),
            *("9.9.9.9", "149.112.112.112", "2620:fe::fe", "2620:fe::9"),
            *("208.67.222.222", "208.67.220.220"),
        ),
    )
)


class Found(NamedTuple):
    """An address that stands in a text from `start` to `end`."""

    start: int
    end: int
    address: Address


def addresses_in(run: str) -> Iterator[Found]:
    """Every IPv6 address in a run of hexadecimal digits, colons and dots: the longest of them."""
    last = 0
    for group in _GROUP.finditer(run):
        if group.start() < last:
            continue
        edges = [one.end() for one in _EDGE.finditer(run, group.start(), group.start() + _LONGEST)]
        for end in reversed(edges):
            address = literal(run[group.start() : end])
            if isinstance(address, IPv6Address):
                yield Found(group.start(), end, address)
                last = end
                break


def read_ipv4(text: str) -> IPv4Address:
    """Read what `IPV4` or `IPV4_DASHED` matched, also with leading zeros (081.002.069.160)."""
    return IPv4Address(bytes(map(int, re.split(r"[.-]", text))))


def canonical(address: Address) -> Address:
    """The address itself; of an IPv4-mapped one (::ffff:192.0.2.1) the IPv4 address."""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def tells_of_a_home(address: Address) -> bool:
    """Whether an address is to be masked.

    =====================================  ==========================================
    masked                                 readable
    =====================================  ==========================================
    public addresses                       the resolvers that everybody uses
    100.64.0.0/10                          10/8, 172.16/12, 192.168/16: in every home
    every IPv6 address, private ones and   loopback, documentation, multicast groups
    link-local ones too: their host part   that have a name, bare networks (fe80::/10),
    may be made from a card's number       and IPv4 in ::ffff:0:0/96 and 64:ff9b::/96
                                           when it is readable itself
    =====================================  ==========================================
    """
    address = canonical(address)
    if address in PUBLIC_SERVERS:
        return False
    if isinstance(address, IPv4Address):
        return scope(address) in _TELLING4
    if address in _NAT64:
        return tells_of_a_home(IPv4Address(int(address) & 0xFFFFFFFF))
    if address.is_multicast:
        return int(address) & ((1 << 112) - 1) > _WELL_KNOWN_GROUP
    if scope(address) in (Scope.PUBLIC, Scope.DOCUMENTATION):
        return scope(address) is Scope.PUBLIC
    bare = int(address) & ((1 << (128 - _BARE_NETWORK_BITS)) - 1) == 0
    return not bare and not address.is_loopback


def kind_of(address: Address) -> str:
    """The kind of network that the mask of an address still names."""
    if isinstance(address, IPv4Address):
        return "CGNAT" if scope(address) is Scope.CGNAT else "IPv4"
    if address.is_link_local:
        return "link-local"
    return "ULA" if address in _ULA else "IPv6"
