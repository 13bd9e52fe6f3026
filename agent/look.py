"""Asking live DNS: the only deadline and the only exception firewall around the look-up port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from agent.values import RRsetKey
from agent.world import World, fault_name
from discovery.live_dns.view import DnsView, RType

LOOK_LIMIT_S = 60.0
"""How long one look may take; by the adapter's own limits it ends far sooner."""

_AT_ONCE = 128  # looks side by side: more than the questions that the adapter lets on the wire


async def look_up(world: World, keys: Iterable[RRsetKey]) -> dict[RRsetKey, DnsView]:
    """Read all RRsets from their authorities, side by side as far as is sensible."""
    views: dict[RRsetKey, DnsView | None] = dict.fromkeys(keys)
    waiting = iter(tuple(views))

    async def take() -> None:
        for key in waiting:  # one iterator for all: each takes the next key that is left
            views[key] = await look(world, *key)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(len(views), _AT_ONCE)):
            group.create_task(take())
    return {key: view for key, view in views.items() if view is not None}


async def look(world: World, name: str, rtype: RType) -> DnsView:
    """Read one RRset. What fails inside is unknown, and holds up this record alone."""
    try:
        async with asyncio.timeout(LOOK_LIMIT_S):
            return await world.lookup.look(name, rtype)
    except TimeoutError:
        problem = f"looking up {name} did not end within {LOOK_LIMIT_S:g} s"
    except Exception as fault:
        if world.strict:
            raise
        problem = f"looking up {name} failed inside upstun ({fault_name(fault)})"
    return DnsView(name=name, rtype=rtype, zone="", problem=problem)
