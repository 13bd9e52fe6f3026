"""Who has a public address: sending to it packets that may travel one, two and three hops."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Coroutine, Sequence
from contextlib import AsyncExitStack
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
from discovery.path.timing import Tries
from discovery.path.trail import WayOut
from discovery.path.view import Owner, Ownership

_PACKETS = 3  # for one, two and three hops


async def measure(line: Line, address: Address, way_out: Once[WayOut]) -> Ownership:
    """Find out who has `address`, compared with the way out. Never raises for network trouble."""
    try:
        owner, because = await _find(line, address, way_out)
    except OSError as error:
        owner, because = "unknown", line.refusal(error)
    return Ownership(address=address, owner=owner, because=because)


async def _find(line: Line, address: Address, way_out: Once[WayOut]) -> tuple[Owner, str]:
    if not isinstance(address, IPv4Address):
        return "unknown", "Only an IPv4 address can hide a router behind it."
    if facing(address) == address:
        return "machine", f"This machine itself has {address}."
    if not short_lived.SUPPORTED:
        return "unknown", short_lived.UNSUPPORTED
    # A port that is closed there, and open here in case the packets come back.
    async with AsyncExitStack() as stack:
        at_home = await stack.enter_async_context(line.open())
        sockets = [stack.enter_context(line.socket()) for _ in range(_PACKETS)]
        to = Peer(address, at_home.local_port)
        packets = [binding(line.new_id()) for _ in sockets]
        arrivals = [at_home.arrival(packet) for packet in packets]
        words, out = await asyncio.gather(_send(sockets, to, packets, line.timing.near), way_out())
    returned = [hops for hops, arrival in enumerate(arrivals, 1) if arrival.done()]
    return judge(address, Clues(words=words, outward=out.words, far=out.far, returned=returned))


async def _send(
    sockets: Sequence[socket.socket], to: Peer, packets: Sequence[bytes], tries: Tries
) -> list[Word | None]:
    """Send the first packet with one hop to live; the others only if that leaves it open.

    Routers complain rarely: Linux six times at once, and then once a second (icmp(7)).
    """

    def send(hops: int) -> Coroutine[None, None, Word | None]:
        return send_short_lived(sockets[hops - 1], to, packets[hops - 1], hops=hops, tries=tries)

    first = await send(1)
    if first is not None and first.sender == to.address:
        return [first, None, None]
    return [first, *await asyncio.gather(send(2), send(3))]
