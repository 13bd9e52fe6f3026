"""Asking live DNS: the only deadline and the only exception firewall around the look-up port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from agent.values import RRsetKey
from agent.world import World, fault_name
from discovery.live_dns.view import DnsView, RType

LOOK_LIMIT_S = 60.0
"""How long one look may take; by the adapter's own limits it ends far sooner."""


async def look_up(world: World, keys: Iterable[RRsetKey]) -> dict[RRsetKey, DnsView]:
    """Read all RRsets from their authorities side by side."""
    async with asyncio.TaskGroup() as group:
        tasks = {key: group.create_task(look(world, *key)) for key in keys}
    return {key: task.result() for key, task in tasks.items()}


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
