"""The ways out over IPv6: the default routes, as Linux lists them, and the one that counts.

Pure text in, values out. Lines that are not understood are passed over: a table is evidence, not
input from a user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address

_RTF_UP, _RTF_REJECT = 0x1, 0x200  # linux/route.h
_ANY = "0" * 32


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultRoute:
    """One default route. `gateway` is empty where the link itself is the way out.

    `tunnel` is true where the system itself calls the link a tunnel (Windows alone does).
    """

    device: str
    gateway: str = ""
    metric: int = 0
    tunnel: bool = False


def way_out(
    routes: Iterable[DefaultRoute], *, interface: str, is_tunnel: Callable[[str], bool]
) -> DefaultRoute | None:
    """Give the default route that faces the home's own line: the lowest metric outside tunnels.

    With `interface` it is the one through that link, even if that is a tunnel.
    """
    wanted = [
        route
        for route in routes
        if (route.device == interface if interface else not _leads_away(route, is_tunnel))
    ]
    return min(wanted, key=lambda route: route.metric, default=None)


def _leads_away(route: DefaultRoute, is_tunnel: Callable[[str], bool]) -> bool:
    return route.tunnel or is_tunnel(route.device)


def read_proc_ipv6_route(text: str) -> tuple[DefaultRoute, ...]:
    """Read the default routes out of Linux's /proc/net/ipv6_route, which lists all tables.

    A kernel without any default route lists one that rejects, through `lo`; it leads nowhere.
    Routes over several next hops stand there as one line for each.
    """

    def lines() -> Iterator[DefaultRoute]:
        for line in text.splitlines():
            words = line.split()
            try:
                length, by, metric, flags, device = (words[n] for n in (1, 4, 5, 8, 9))
                # A default for some source prefixes only (words 2 and 3) is a way out too: that
                # is how OpenWrt routes with several lines (RFC 8043).
                if int(length, 16):
                    continue
                if int(flags, 16) & (_RTF_UP | _RTF_REJECT) != _RTF_UP:
                    continue
                yield DefaultRoute(
                    device=device,
                    gateway="" if by == _ANY else str(IPv6Address(bytes.fromhex(by))),
                    metric=int(metric, 16),
                )
            except (IndexError, ValueError):
                continue

    return tuple(lines())
