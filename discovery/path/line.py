"""The line out, as all measurements of the path share it: servers, link, times, pace."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.egress import Egress, reason
from discovery.observation import Family, Flaw
from discovery.path.exchange import Exchange, Peer, Reply
from discovery.path.once import Once
from discovery.path.timing import PathTiming
from discovery.stun_address import StunServer
from discovery.stun_lookup import SrvLookup, look_up

NO_ANSWER = "No STUN server answered over UDP."
NOT_PUBLIC = "The STUN server names an address that is not public, so nothing was sent there."


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A STUN server as configured, and the address that it was found at."""

    name: str
    peer: Peer


class Line:
    """What every measurement asks over."""

    def __init__(
        self,
        servers: Sequence[StunServer],
        *,
        egress: Egress,
        timing: PathTiming,
        new_id: Callable[[], bytes],
        srv: SrvLookup | None,
    ) -> None:
        """Remember whom to ask and how; nothing is looked up or opened yet."""
        self.timing = timing
        self.new_id = new_id
        self.targets = Once(self._look_up)
        self._servers = servers
        self.egress = egress
        self._srv = srv
        self._next_turn: dict[IPv4Address, float] = {}

    def open(self, port: int = 0) -> Exchange:
        """A new socket on this link, from a fresh port or from `port`. Raises OSError."""
        return Exchange(self.socket(port), self.new_id)

    def socket(self, port: int = 0) -> socket.socket:
        """A bare UDP socket on this link. Raises OSError."""
        return self.egress.open(Family.V4, socket.SOCK_DGRAM, port=port)

    def refusal(self, error: OSError) -> str:
        """Say in one sentence why `open` raised."""
        through = self.egress.device or self.egress.bind
        link = f" through {through}" if through else ""
        return f"This machine cannot send anything out{link}: {reason(error)}."

    def own_address(self, peer: Peer) -> IPv4Address | None:
        """Our own address on the way to `peer`; None without a way. Sends nothing."""
        with suppress(OSError), self.socket() as probe:
            probe.connect((str(peer.address), peer.port))
            return IPv4Address(probe.getsockname()[0])
        return None

    def translated(self, exchange: Exchange, peer: Peer, mapped: Peer) -> bool | None:
        """Whether `peer` sees another address or port than this socket has; None if unknown."""
        own = self.own_address(peer)
        return None if own is None else mapped != Peer(own, exchange.local_port)

    async def ask(self, exchange: Exchange, target: Target) -> Reply | Flaw:
        """One plain Binding transaction, when it is its turn."""
        await self.turn(target)
        return await exchange.ask(target.peer, self.timing.answer)

    async def turn(self, target: Target) -> None:
        """Wait until this server may be sent the next transaction (RFC 5780 §5)."""
        now = asyncio.get_running_loop().time()
        start = max(now, self._next_turn.get(target.peer.address, now))
        self._next_turn[target.peer.address] = start + self.timing.spacing
        await asyncio.sleep(start - now)

    async def replies(
        self, exchange: Exchange, enough: Callable[[Target, Reply], bool] = lambda *_: True
    ) -> list[tuple[Target, Reply]]:
        """Ask every server side by side; gives the replies up to the first that is `enough`.

        They are in the order of the configuration, and that matters more than who is fastest: from
        run to run the same server is used, and so a NAT meets no stranger whom it knows already.
        """
        targets = await self.targets()
        asked = [asyncio.create_task(self.ask(exchange, target)) for target in targets]
        found = []
        try:
            for target, task in zip(targets, asked, strict=True):
                reply = await task
                if isinstance(reply, Reply):
                    found.append((target, reply))
                    if enough(target, reply):
                        break
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        return found

    async def _look_up(self) -> tuple[Target, ...]:
        """Look all servers up at the same time; one that cannot be found in time is left out."""
        found = await asyncio.gather(*(self._find(server) for server in self._servers))
        targets = {target.peer: target for target in reversed(found) if target is not None}
        return tuple(reversed(targets.values()))

    async def _find(self, server: StunServer) -> Target | None:
        try:
            async with asyncio.timeout(self.timing.lookup):
                places = await look_up(server, Family.V4, self._srv)
        except TimeoutError:
            return None
        if isinstance(places, Flaw):
            return None
        for place in places:
            if place.transport == "udp":
                return Target(name=str(server), peer=Peer(IPv4Address(place.address), place.port))
        return None
