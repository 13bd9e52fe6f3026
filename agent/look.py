"""Asking live DNS: the only deadline and the only exception firewall around the look-up port."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from agent.hurry import Hurry
from agent.values import RRsetKey
from agent.world import World, fault_name
from discovery.live_dns.view import DnsView, RType

LOOK_LIMIT_S = 60.0
"""How long one look may take; by the adapter's own limits it ends far sooner."""

_AT_ONCE = 128  # looks side by side: more than the questions that the adapter lets on the wire


class Looks:
    """RRsets that are being read side by side. Whoever needs them waits as long as suits him.

    Name servers that are silent hold up those who must know what they serve, and nobody else.
    """

    def __init__(self, world: World, keys: Iterable[RRsetKey]) -> None:
        """Prepare; `read` does it."""
        self._world = world
        self._views: dict[RRsetKey, DnsView | None] = dict.fromkeys(keys)
        self._ended: dict[RRsetKey, float] = {}
        self._all = asyncio.Event()

    async def read(self) -> None:
        """Read all of them from their authorities, as many at once as is sensible."""
        waiting = iter(tuple(self._views))

        async def take() -> None:
            for key in waiting:  # one iterator for all: each takes the next key that is left
                self._views[key] = await look(self._world, *key)
                self._ended[key] = asyncio.get_running_loop().time()

        async with asyncio.TaskGroup() as group:
            for _ in range(min(len(self._views), _AT_ONCE)):
                group.create_task(take())
        self._all.set()

    @property
    def views(self) -> dict[RRsetKey, DnsView]:
        """What has been read so far, in the order that was asked for."""
        return {key: view for key, view in self._views.items() if view is not None}

    def age(self, keys: Iterable[RRsetKey]) -> float:
        """How many seconds ago the oldest of these was read."""
        now = asyncio.get_running_loop().time()
        return max((now - self._ended.get(key, now) for key in keys), default=0.0)

    async def complete(self, patience: float | None = None) -> bool:
        """Wait until everything has been read, for `patience` seconds at most; whether it has."""
        try:
            async with asyncio.timeout(patience):
                await self._all.wait()
        except TimeoutError:
            return False
        return True

    async def complete_unless(self, hurry: Hurry) -> Mapping[RRsetKey, DnsView]:
        """Wait for all; what is not there when something newer came up is unknown."""
        waiting = asyncio.create_task(self._all.wait())
        called = asyncio.create_task(hurry.called())
        try:
            await asyncio.wait((waiting, called), return_when=asyncio.FIRST_COMPLETED)
        finally:
            waiting.cancel()
            called.cancel()
        return {key: view or _unread(key) for key, view in self._views.items()}


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


def _unread(key: RRsetKey) -> DnsView:
    name, rtype = key
    problem = f"the name servers of {name} had not answered when something newer came up"
    return DnsView(name=name, rtype=rtype, zone="", problem=problem)
