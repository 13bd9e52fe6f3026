"""Whether packets to our own public address come back in (RFC 4787 §6, RFC 5780 §3.4)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from discovery.address import Scope, scope
from discovery.path.connect import accepts
from discovery.path.exchange import Exchange, Peer, binding
from discovery.path.line import NO_ANSWER, NOT_PUBLIC, Line
from discovery.path.view import Hairpin

_NO_NAT = "This machine has its public address itself, so no packet to it has to turn around."


async def measure(line: Line, tcp_ports: Sequence[int]) -> Hairpin:
    """Send packets to our own public address, and connect to `tcp_ports` of it.

    Never raises for network trouble.
    """
    try:
        async with line.open() as one, line.open() as two:
            return await _measure(line, one, two, tcp_ports)
    except OSError as error:
        return Hairpin(note=line.refusal(error))


async def _measure(line: Line, one: Exchange, two: Exchange, tcp_ports: Sequence[int]) -> Hairpin:
    first, second = await asyncio.gather(line.replies(one), line.replies(two))
    if not first or not second:
        return Hairpin(note=NO_ANSWER)
    (target, here), (_, there) = first[-1], second[-1]
    if line.translated(one, target.peer, here.mapped) is False:
        return Hairpin(note=_NO_NAT)
    if {scope(here.mapped.address), scope(there.mapped.address)} != {Scope.PUBLIC}:
        return Hairpin(note=NOT_PUBLIC)
    doors = [Peer(here.mapped.address, port) for port in tcp_ports]
    udp, *tcp = await asyncio.gather(
        _turns_around(line, (one, here.mapped), (two, there.mapped)),
        *(accepts(line.egress, door, line.timing.connect) for door in doors),
    )
    return Hairpin(udp=udp, tcp=tuple(zip(tcp_ports, tcp, strict=True)))


async def _turns_around(line: Line, one: tuple[Exchange, Peer], two: tuple[Exchange, Peer]) -> bool:
    """Let two sockets write to each other's public port; whether any of it arrives.

    Both write, because a NAT that filters lets in only who has been written to, and then the
    silence would be the filter's.
    """
    (left, left_outside), (right, right_outside) = one, two
    from_left, from_right = binding(line.new_id()), binding(line.new_id())
    arrivals = {right.arrival(from_left), left.arrival(from_right)}
    loop = asyncio.get_running_loop()
    sends = [
        loop.call_later(delay, exchange.send, packet, to)
        for delay in line.timing.near.sends
        for exchange, packet, to in (
            (left, from_left, right_outside),
            (right, from_right, left_outside),
        )
    ]
    try:
        arrived, _ = await asyncio.wait(
            arrivals, timeout=line.timing.near.wait, return_when=asyncio.FIRST_COMPLETED
        )
    finally:
        for send in sends:
            send.cancel()
    return bool(arrived)
