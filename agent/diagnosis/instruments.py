"""Everything that an examination can measure with, in one frozen bundle. Tests build their own."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Protocol

from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import DnsExam, Port53
from discovery.live_dns.view import RType
from discovery.observation import Address, Method, Observation
from discovery.path.view import Behaviour, Hairpin, Ownership, Reach, Scatter, Trail, Transport
from discovery.router.view import RouterView
from discovery.signals.view import Signal
from discovery.webrtc.view import IceView

Words = tuple[Observation, ...]
"""What several witnesses said."""


class Path(Protocol):
    """What can be measured of the path (`discovery.path.probe.PathProbe`)."""

    async def behaviour(self) -> Behaviour:
        """How the NATs map and filter."""
        ...

    async def scatter(self) -> Scatter:
        """As what fresh sockets are seen outside."""
        ...

    async def hairpin(self, tcp_ports: Sequence[int] = ()) -> Hairpin:
        """Whether our own public address leads back in."""
        ...

    async def reach(self, transport: Transport, port: int) -> Reach:
        """Whether a stranger can reach a port of this machine."""
        ...

    async def trail(self) -> Trail:
        """The first routers on the way out."""
        ...

    async def ownership(self, address: Address) -> Ownership:
        """Who has a public address."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruments:
    """Each is asked once, and bounds itself; none raises for network trouble.

    `outside` are asked through the link that faces the router; `through_vpn` the way of ordinary
    traffic, where a VPN has that. `outside6` are asked from the stable IPv6 address, where there is
    one. `stun` are the STUN servers that may be asked over IPv4; `ice` takes such servers, the one
    that is known to answer first. `port53` takes the home's
    public addresses.
    """

    outside: tuple[Method, ...]
    through_vpn: tuple[Method, ...]
    outside6: Callable[[IPv6Address | None], tuple[Method, ...]]
    router: Callable[[], Awaitable[RouterView]] | None
    path: Path
    ipv6: Callable[[], Awaitable[Ipv6View]]
    stun: Sequence[str]
    ice: Callable[[Sequence[str]], Awaitable[IceView]]
    signals: Callable[[RouterView | None, Words], Awaitable[tuple[Signal, ...]]]
    examine: Callable[[str, RType], Awaitable[DnsExam]]
    port53: Callable[[frozenset[Address]], Awaitable[Port53]]
    differs: Callable[[IceView, Sequence[Observation]], str]
