"""macOS: this machine's IPv6 addresses and routes as its own commands print them.

Pure text in, values out; lines that are not understood are passed over. The words are those of
Apple's network_cmds (ifconfig.tproj/af_inet6.c, netstat.tproj/route.c). The readers have been
given output recorded by others; the commands have never been run on a Mac by these tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv6Address

from discovery.ipv6.routes import DefaultRoute
from discovery.ipv6.view import Held

_LINK = re.compile(r"(?P<device>[^\s:]+): flags=")

# macOS speaks to IPv4 through NAT64 by the first (RFC 6877), several machines may share the second,
# and the third belongs to a network that has been left.
_NOT_OURS = frozenset({"clat46", "anycast", "detached"})


def read_ifconfig(text: str) -> tuple[Held, ...]:
    """Read `ifconfig -L`, which unlike plain `ifconfig` also prints the lifetimes.

    An address that is neither made from a prefix (`autoconf`) nor handed out (`dynamic`) was set
    by hand.
    """

    def addresses() -> Iterator[Held]:
        device = ""
        for line in text.splitlines():
            if link := _LINK.match(line):
                device = link["device"]
                continue
            words = line.split()
            if words[:1] != ["inet6"] or _NOT_OURS.intersection(words):
                continue
            try:
                made = "autoconf" in words
                leased = "dynamic" in words
                yield Held(
                    address=IPv6Address(words[1].partition("%")[0]),
                    prefix=int(_after(words, "prefixlen")),
                    device=device,
                    temporary="temporary" in words,
                    deprecated="deprecated" in words,
                    tentative="tentative" in words or "optimistic" in words,
                    duplicated="duplicated" in words,
                    permanent=not made and not leased,
                    stable=(made or "secured" in words) and "temporary" not in words,
                    leased=leased,
                    preferred_s=_seconds(words, "pltime"),
                    valid_s=_seconds(words, "vltime"),
                )
            except (IndexError, ValueError):
                continue

    return tuple(addresses())


def _after(words: list[str], name: str) -> str:
    return words[words.index(name) + 1]


def _seconds(words: list[str], name: str) -> int | None:
    if name not in words:
        return None
    value = _after(words, name)
    return None if value == "infty" else int(value)


def read_netstat6(text: str) -> tuple[DefaultRoute, ...]:
    """Read the default routes out of `netstat -rn -f inet6`. The order stands for the metric.

    Every Mac has several defaults with the gateway `fe80::` through its `utun` links: they serve
    Apple's own services, and ordinary traffic does not take them.
    """

    def lines() -> Iterator[DefaultRoute]:
        column = 3
        for position, line in enumerate(text.splitlines()):
            words = line.split()
            if "Netif" in words:  # macOS before 10.15 has two more columns in front of it
                column = words.index("Netif")
                continue
            if words[:1] != ["default"] or len(words) <= column:
                continue
            gateway = words[1].partition("%")[0]
            if gateway == "fe80::":
                continue
            yield DefaultRoute(
                device=words[column],
                gateway="" if gateway.startswith("link#") else gateway,
                metric=position,
            )

    return tuple(lines())
