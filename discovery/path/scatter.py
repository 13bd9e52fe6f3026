"""Many fresh sockets at once, and as what the outside sees each: lines, ports, rewriters."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import NamedTuple

from discovery.address import Scope, scope
from discovery.path.exchange import Exchange, Reply
from discovery.path.line import NO_ANSWER, Line, Target
from discovery.path.view import Mapped, Scatter

_SERVERS_EACH = 2  # a socket whose server is silent asks one other


class Sighting(NamedTuple):
    """One socket's local port, and who saw it as what."""

    local_port: int
    target: Target
    reply: Reply


async def measure(line: Line, count: int) -> Scatter:
    """Show `count` fresh sockets to the servers in turn. Never raises for network trouble.

    All sockets stay open to the end, for a port that is given back might be handed out again.
    """
    targets = await line.targets()
    if not targets:
        return Scatter(note=NO_ANSWER)
    try:
        async with AsyncExitStack() as stack:
            sockets = [await stack.enter_async_context(line.open()) for _ in range(count)]
            seen = await asyncio.gather(
                *(_show(line, one, targets, number) for number, one in enumerate(sockets))
            )
    except OSError as error:
        return Scatter(note=line.refusal(error))
    return read_sightings([sighting for sighting in seen if sighting is not None])


def read_sightings(seen: Sequence[Sighting]) -> Scatter:
    """Put sightings together, in the order in which the sockets were shown.

    One of an address that is not public is left out and told: a server lies, or something in
    between answers for the whole internet.
    """
    public = [one for one in seen if scope(one.reply.mapped.address) is Scope.PUBLIC]
    strange = {
        f"{one.target.name} names {one.reply.mapped.address}, which is not a public address."
        for one in seen
        if one not in public
    }
    return Scatter(
        mapped=tuple(
            Mapped(
                local_port=one.local_port,
                address=one.reply.mapped.address,
                port=one.reply.mapped.port,
                server=one.target.name,
            )
            for one in public
        ),
        rewritten=tuple(dict.fromkeys(one.reply.rewritten for one in seen if one.reply.rewritten)),
        note=" ".join(sorted(strange)) if seen else NO_ANSWER,
    )


async def _show(
    line: Line, exchange: Exchange, targets: tuple[Target, ...], number: int
) -> Sighting | None:
    rounds, first = divmod(number, len(targets))
    # Every second turn at a server is left to whatever else is measured at the same time.
    await asyncio.sleep(rounds * 2 * line.timing.spacing)
    for target in (targets[first:] + targets[:first])[:_SERVERS_EACH]:
        reply = await line.ask(exchange, target)
        if isinstance(reply, Reply):
            return Sighting(exchange.local_port, target, reply)
    return None
