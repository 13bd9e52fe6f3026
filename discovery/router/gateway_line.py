"""Opening a conversation with the gateway's port 5351, and a short PCP mapping over it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from discovery.interface import Surroundings
from discovery.observation import Family, Method, Observation, Why, missed
from discovery.router import pcp, pmp_codec
from discovery.router.datagrams import Datagrams
from discovery.router.pmp_answer import Reply

PORT: Final = 5351

# Long enough to arrive, short enough to be gone soon if the packet that deletes it is lost.
# Gateways may make it 120 s, the least that RFC 6887 §15 recommends.
_MAPPING_S = 60


async def with_gateway(
    method: Method,
    look: Callable[[], Surroundings],
    port: int,
    converse: Callable[[Datagrams, str], Awaitable[Observation]],
    *,
    protocols: str,
) -> Observation:
    """Open a line to the gateway that `look` finds and give it to `converse`.

    A line that cannot be opened, or breaks, is a miss in the name of `method`: REFUSED where the
    port is closed, NO_ROUTE where there is no gateway or no way to it.
    """

    def miss(why: Why, sentence: str) -> Observation:
        return missed(method, Family.V4, why, sentence)

    around = await asyncio.to_thread(look)
    if around.gateway is None:
        return miss(
            Why.NO_ROUTE, "no home router was found to ask: there is no physical default route"
        )
    gateway = str(around.gateway)
    try:
        async with Datagrams(around.gateway, port) as line:
            return await converse(line, gateway)
    except ConnectionError:  # refused on Unix, reset on Windows
        return miss(Why.REFUSED, f"{method.witness} at {gateway} has {protocols} switched off")
    except OSError as fault:
        reason = fault.strerror or fault
        return miss(Why.NO_ROUTE, f"{method.witness} at {gateway} cannot be reached ({reason})")


def waits(first: float, tries: int) -> list[float]:
    """Seconds to wait after each try, doubling (RFC 6886 §3.1)."""
    return [first * 2**attempt for attempt in range(tries)]


async def map_briefly(line: Datagrams, nonce: bytes, pauses: list[float]) -> Reply | None:
    """Make a short mapping of our own port for the address in its answer, and delete it.

    However this ends, the deletion is sent; a socket needs no waiting for that. A NAT-PMP answer
    to an earlier question that comes only now is as good, and taken.
    """
    mapping = partial(pcp.map_udp, line.local, line.local_port, nonce=nonce)

    def read(data: bytes) -> Reply | None:
        late = pmp_codec.read_reply(data)
        if late is not None and late.result == pmp_codec.SUCCESS:
            return late
        reply = pcp.read_reply(data)
        return reply if reply and reply.opcode == pcp.MAP and reply.nonce == nonce else None

    try:
        return await line.ask(lambda _: line.send(mapping(lifetime_s=_MAPPING_S)), read, pauses)
    finally:
        line.send(mapping(lifetime_s=0))
