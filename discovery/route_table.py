"""Reading IPv4 routing tables as Linux, macOS and Windows print them. Pure text in, values out.

Lines that are not understood are passed over: a table is evidence, not input from a user.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Literal

_RTF_UP, _RTF_REJECT = 0x1, 0x200  # linux/route.h
_ANY = IPv4Address(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One line of the table. Without a gateway the network lies on the link itself."""

    network: IPv4Network
    device: str
    gateway: IPv4Address | None = None
    metric: int = 0

    @property
    def is_link(self) -> bool:
        """Whether it describes neighbours: reached directly, and more than one address."""
        return self.gateway is None and 0 < self.network.prefixlen < self.network.max_prefixlen


def read_proc_net_route(
    text: str, byteorder: Literal["little", "big"] = sys.byteorder
) -> tuple[Route, ...]:
    """Read Linux's /proc/net/route (main table), whose numbers stand in the machine's byte order.

    Routes that are down or that reject (`ip route add unreachable`) lead nowhere and are left out.
    """

    def number(word: str) -> IPv4Address:
        return IPv4Address(int(word, 16).to_bytes(4, byteorder))

    def lines() -> Iterator[Route]:
        for line in text.splitlines()[1:]:
            words = line.split()
            try:
                device, to, by, flags, metric, mask = (words[n] for n in (0, 1, 2, 3, 6, 7))
                if int(flags, 16) & (_RTF_UP | _RTF_REJECT) != _RTF_UP:
                    continue
                network, gateway = IPv4Network(f"{number(to)}/{number(mask)}"), number(by)
                yield Route(
                    network=network,
                    device=device,
                    gateway=None if gateway == _ANY else gateway,
                    metric=int(metric),
                )
            except (IndexError, ValueError, OverflowError):
                continue

    return tuple(lines())


def read_netstat(text: str) -> tuple[Route, ...]:
    """Read `netstat -rn -f inet` of macOS and the BSDs.

    Unlike `route -n get default` it also shows the physical default that a VPN has pushed aside
    (flag I, scoped to its interface). The order of the lines stands for the metric, and trailing
    zeros are left out of networks: `192.168.1` is 192.168.1.0/24.
    """

    def lines() -> Iterator[Route]:
        column = 3
        for position, line in enumerate(text.splitlines()):
            words = line.split()
            if "Netif" in words:  # macOS before 10.15 has two more columns in front of it
                column = words.index("Netif")
                continue
            try:
                to, by, device = words[0], words[1], words[column]
                yield Route(
                    network=_short_network(to),
                    device=device,
                    gateway=None if by.startswith("link#") or ":" in by else IPv4Address(by),
                    metric=position,
                )
            except (IndexError, ValueError):
                continue

    return tuple(lines())


def _short_network(text: str) -> IPv4Network:
    """A BSD destination: `default`, `10.0/16`, `192.168.1`, `192.168.1.7`."""
    if text == "default":
        return IPv4Network("0.0.0.0/0")
    short, _, prefix = text.partition("/")
    octets = short.split(".")
    whole = ".".join([*octets, "0", "0", "0"][:4])
    return IPv4Network(f"{whole}/{prefix or 8 * len(octets)}")


def read_route_print(text: str) -> tuple[Route, ...]:
    """Read `route print -4` of Windows by its shape: four addresses and a metric on one line.

    Column headings and `On-link` are translated on localized systems, so any word may stand where
    a gateway's address is missing. Persistent routes have no interface column and are passed over.
    The device is our own address on that link.
    """

    def lines() -> Iterator[Route]:
        for line in text.splitlines():
            words = line.split()
            try:
                to, mask, own, metric = words[0], words[1], words[-2], words[-1]
                by = words[2:-2]
                if not by:
                    continue
                yield Route(
                    network=IPv4Network(f"{to}/{mask}"),
                    device=str(IPv4Address(own)),
                    gateway=_address_or_none(by[0]),
                    metric=int(metric),
                )
            except (IndexError, ValueError):
                continue

    return tuple(lines())


def _address_or_none(text: str) -> IPv4Address | None:
    try:
        return IPv4Address(text)
    except ValueError:
        return None
