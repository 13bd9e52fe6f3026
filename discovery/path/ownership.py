"""Who has a public address: sending to it packets that may travel one, two and three hops."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address

from discovery.interface import facing
from discovery.observation import Address
from discovery.path import short_lived
from discovery.path.exchange import Peer, binding
from discovery.path.icmp_note import Word
from discovery.path.line import Line
from discovery.path.once import Once
from discovery.path.owner import Clues, judge
from discovery.path.short_lived import send_short_lived
from discovery.path.trail import follow
from discovery.path.view import Owner, Ownership

_HOPS = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward:
    """What became of questions to the STUN server `far` after one and two hops."""

    far: IPv4Address | None = None
    words: tuple[Word | None, ...] = (None, None)


async def look_outward(line: Line) -> Outward:
    """Send them; without a server there is nothing to compare with. Never raises for the network."""
    targets = await line.targets()
    if not targets:
        return Outward()
    far = targets[0].peer
    try:
        return Outward(far=far.address, words=tuple(await follow(line, far, 2)))
    except OSError:
        return Outward()


async def measure(line: Line, address: Address, outward: Once[Outward]) -> Ownership:
    """Find out who has `address`. Never raises for network trouble."""
    try:
        owner, because = await _find(line, address, outward)
    except OSError as error:
        owner, because = "unknown", line.refusal(error)
    return Ownership(address=address, owner=owner, because=because)


async def _find(line: Line, address: Address, outward: Once[Outward]) -> tuple[Owner, str]:
    if not isinstance(address, IPv4Address):
        return "unknown", "Only an IPv4 address can hide a router behind it."
    if facing(address) == address:
        return "machine", f"This machine itself has {address}."
    if not short_lived.SUPPORTED:
        return "unknown", short_lived.UNSUPPORTED
    return judge(address, await _look(line, address, outward))


async def _look(line: Line, address: IPv4Address, outward: Once[Outward]) -> Clues:
    """Send to a port that is closed there, and open here in case the packets come back.

    Raises OSError before anything is sent, when no socket can be opened.
    """
    packets = [binding(line.new_id()) for _ in _HOPS]
    async with AsyncExitStack() as stack:
        at_home = await stack.enter_async_context(line.open())
        sockets = [stack.enter_context(line.socket()) for _ in _HOPS]
        arrivals = [at_home.arrival(packet) for packet in packets]
        to = Peer(address, at_home.local_port)
        sending = asyncio.gather(
            *(
                send_short_lived(sock, to, packet, hops=hops, tries=line.timing.hops)
                for sock, packet, hops in zip(sockets, packets, _HOPS, strict=True)
            )
        )
        words, out = await asyncio.gather(sending, outward())
    returned = [hops for hops, one in zip(_HOPS, arrivals, strict=True) if one.done()]
    return Clues(words=words, outward=out.words, far=out.far, returned=returned)
