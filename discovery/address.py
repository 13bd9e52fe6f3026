"""Publishable address space: one table of our own.

`ipaddress.is_global` changed its mind between patch releases and calls multicast global
(cpython gh-113171, gh-119812), so what may be published is decided here and nowhere else.
Sources: the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890, RFC 8190),
RFC 6598 (shared space), RFC 7335 (192.0.0.0/29), RFC 7526 and RFC 7534/7535 (anycast relays
and AS112), RFC 9602 (5f00::/16), RFC 9637 (3fff::/20).
"""

from __future__ import annotations

from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network


class Scope(Enum):
    """What kind of address it is; only `PUBLIC` may ever be published."""

    PUBLIC = ("public", "a public address")
    UNSPECIFIED = ("unspecified", "which stands for having no address")
    PRIVATE = ("private", "a private address (RFC 1918 or ULA)")
    CGNAT = ("cgnat", "an address inside the provider's own NAT (100.64.0.0/10, RFC 6598)")
    LOOPBACK = ("loopback", "the machine's own loopback address")
    LINK_LOCAL = ("link_local", "a link-local address")
    DS_LITE = ("ds_lite", "an address for IPv4-over-IPv6 tunnels (192.0.0.0/24)")
    DOCUMENTATION = ("documentation", "an address reserved for documentation")
    BENCHMARK = (
        "benchmark",
        "an address reserved for benchmarks (used as fake IP by some proxies)",
    )
    MULTICAST = ("multicast", "a multicast address")
    TUNNEL = ("tunnel", "an address of an automatic tunnel or translator")
    RESERVED = ("reserved", "a reserved address")

    def __init__(self, word: str, sentence: str) -> None:
        """`word` is the stable name in JSON; `sentence` completes "it is …" for people."""
        self.word = word
        self.sentence = sentence


_V4: tuple[tuple[IPv4Network, Scope], ...] = tuple(
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/32", Scope.UNSPECIFIED),
        ("0.0.0.0/8", Scope.RESERVED),
        ("10.0.0.0/8", Scope.PRIVATE),
        ("100.64.0.0/10", Scope.CGNAT),
        ("127.0.0.0/8", Scope.LOOPBACK),
        ("169.254.0.0/16", Scope.LINK_LOCAL),
        ("172.16.0.0/12", Scope.PRIVATE),
        ("192.0.0.0/24", Scope.DS_LITE),
        ("192.0.2.0/24", Scope.DOCUMENTATION),
        ("192.31.196.0/24", Scope.RESERVED),
        ("192.52.193.0/24", Scope.RESERVED),
        ("192.88.99.0/24", Scope.TUNNEL),
        ("192.168.0.0/16", Scope.PRIVATE),
        ("192.175.48.0/24", Scope.RESERVED),
        ("198.18.0.0/15", Scope.BENCHMARK),
        ("198.51.100.0/24", Scope.DOCUMENTATION),
        ("203.0.113.0/24", Scope.DOCUMENTATION),
        ("224.0.0.0/4", Scope.MULTICAST),
        ("240.0.0.0/4", Scope.RESERVED),
    )
)

_V6: tuple[tuple[IPv6Network, Scope], ...] = tuple(
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/128", Scope.UNSPECIFIED),
        ("::1/128", Scope.LOOPBACK),
        ("fc00::/7", Scope.PRIVATE),
        ("fe80::/10", Scope.LINK_LOCAL),
        ("ff00::/8", Scope.MULTICAST),
        ("64:ff9b::/96", Scope.TUNNEL),
        ("64:ff9b:1::/48", Scope.TUNNEL),
        ("2001::/23", Scope.TUNNEL),
        ("2001:db8::/32", Scope.DOCUMENTATION),
        ("2002::/16", Scope.TUNNEL),
        ("2620:4f:8000::/48", Scope.RESERVED),
        ("3ffe::/16", Scope.RESERVED),
        ("3fff::/20", Scope.DOCUMENTATION),
    )
)
_V6_UNICAST = IPv6Network("2000::/3")


def scope(address: IPv4Address | IPv6Address) -> Scope:
    """Say what kind of address this is. An IPv4-mapped IPv6 address is judged as its IPv4 part."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return scope(address.ipv4_mapped)
        for network6, kind in _V6:
            if address in network6:
                return kind
        return Scope.PUBLIC if address in _V6_UNICAST else Scope.RESERVED
    for network4, kind in _V4:
        if address in network4:
            return kind
    return Scope.PUBLIC


def publishable(address: IPv4Address | IPv6Address) -> bool:
    """Whether this address may ever reach a DNS provider.

    An IPv4-mapped IPv6 address may not, whatever its IPv4 part: as an AAAA record it leads nowhere.
    """
    mapped = isinstance(address, IPv6Address) and address.ipv4_mapped is not None
    return scope(address) is Scope.PUBLIC and not mapped
