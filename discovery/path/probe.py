"""The path from this machine to the internet, measured with STUN servers: the one front of it all.

    probe = PathProbe(["stun:stun.example.org:3478"], device="eth0")
    behaviour, trail = await asyncio.gather(probe.behaviour(), probe.trail())

Whatever runs at the same time shares the servers' addresses and their pace.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import TypeVar

from discovery.egress import Egress
from discovery.observation import Address
from discovery.path import behaviour, hairpin, ownership, reach_tcp, reach_udp, scatter, trail
from discovery.path.alternate import choose
from discovery.path.filtering import Sifted, sift
from discovery.path.line import Line
from discovery.path.once import Once
from discovery.path.timing import PathTiming
from discovery.path.view import (
    Behaviour,
    Hairpin,
    Ownership,
    Reach,
    Scatter,
    Trail,
    Transport,
)
from discovery.stun_address import StunServer, parse_server
from discovery.stun_lookup import SrvLookup

T = TypeVar("T")

_TRANSACTION_ID = 12  # bytes (RFC 8489 §5)
_MOST_SOCKETS = 64  # in one scatter; beyond that a home router's NAT table would notice


def _random_id() -> bytes:
    return os.urandom(_TRANSACTION_ID)


class PathProbe:
    """Measures the path over IPv4.

    Every method takes `timing.limit` seconds at most, never raises for network trouble, and says in
    a sentence why something is unknown. Cancellation closes every socket and propagates.

    `servers` are written as in the configuration (`discovery.stun_address.parse_server`). One that
    cannot be used is left out; `skipped` has a sentence for each. `bind` and `device` choose the
    link (`discovery.egress`), past a VPN for example.
    """

    def __init__(
        self,
        servers: Sequence[str],
        *,
        bind: Address | None = None,
        device: str = "",
        srv: SrvLookup | None = None,
        timing: PathTiming | None = None,
        new_id: Callable[[], bytes] = _random_id,
    ) -> None:
        """Remember whom to ask; nothing is looked up or opened yet."""
        parsed = [_usable(server, srv) for server in servers]
        self.skipped = tuple(one for one in parsed if isinstance(one, str))
        self._timing = timing or PathTiming()
        self._line = Line(
            [one for one in parsed if isinstance(one, StunServer)],
            egress=Egress(bind=bind, device=device),
            timing=self._timing,
            new_id=new_id,
            srv=srv,
        )
        self._choice = Once(partial(choose, self._line))
        self._sifted = Once(self._sift)
        self._way_out = Once(partial(trail.walk, self._line))

    async def behaviour(self) -> Behaviour:
        """How the NATs map and filter UDP (RFC 5780 §4.3, §4.4)."""

        async def measure() -> Behaviour:
            return await behaviour.measure(self._line, await self._choice(), self._sifted)

        return await self._bounded(measure, lambda note: Behaviour(note=note))

    async def scatter(self, count: int = 8) -> Scatter:
        """As what the outside sees `count` fresh sockets."""
        measure = partial(scatter.measure, self._line, min(count, _MOST_SOCKETS))
        return await self._bounded(measure, lambda note: Scatter(note=note))

    async def hairpin(self, tcp_ports: Sequence[int] = ()) -> Hairpin:
        """Whether packets to our own public address come back in, and TCP to these ports of it."""
        measure = partial(hairpin.measure, self._line, tcp_ports)
        return await self._bounded(measure, lambda note: Hairpin(note=note))

    async def reach(self, transport: Transport, port: int) -> Reach:
        """Whether strangers reach this local port: proved for UDP, for TCP at best likely."""

        async def measure() -> Reach:
            if transport == "tcp":
                return await reach_tcp.measure(self._line, port)
            return await reach_udp.measure(self._line, await self._choice(), self._sifted, port)

        return await self._bounded(
            measure,
            lambda note: Reach(transport=transport, port=port, grade="unknown", because=note),
        )

    async def trail(self, most: int = 4) -> Trail:
        """The first routers on the way out, up to a distance of `most`."""

        async def measure() -> Trail:
            usual = most <= trail.USUAL
            way_out = await (self._way_out() if usual else trail.walk(self._line, most))
            return trail.read_trail(way_out, most)

        return await self._bounded(measure, lambda note: Trail(note=note))

    async def ownership(self, address: Address) -> Ownership:
        """Who has this address: the home's router, something beyond it, or this machine."""
        return await self._bounded(
            partial(ownership.measure, self._line, address, self._way_out),
            lambda note: Ownership(address=address, owner="unknown", because=note),
        )

    async def _sift(self) -> Sifted:
        server = (await self._choice()).server
        return await sift(self._line, server) if server else Sifted()

    async def _bounded(self, measure: Callable[[], Awaitable[T]], failed: Callable[[str], T]) -> T:
        try:
            from discovery import stun_codec as _  # noqa: F401, PLC0415 - heavy; is it there at all?
        except ImportError as fault:
            return failed(f"This cannot be measured: the library {fault.name} is missing.")
        try:
            async with asyncio.timeout(self._timing.limit):
                return await measure()
        except TimeoutError:
            return failed(f"This took longer than {self._timing.limit:g} s and was given up.")


def _usable(server: str, srv: SrvLookup | None) -> StunServer | str:
    parsed = parse_server(server)
    if isinstance(parsed, StunServer) and parsed.discover and srv is None:
        return f"{server!r} needs SRV records, and nothing here looks them up."
    return parsed
