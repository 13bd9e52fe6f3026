"""Examining the path: every measurement of it, in an order in which none spoils another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from agent.diagnosis.deadline import Deadline
from agent.diagnosis.instruments import Path
from discovery.observation import Address
from discovery.path.view import Hairpin, Ownership, PathView, Reach, Transport

SIGHTINGS_S = 2.0
"""Until when a part waits for what others found that would help it, seconds from the start."""

_MOST_OWNED = 3  # addresses whose owner is looked for; a home has one, a dispute two

Owners = tuple[Ownership, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PathExam:
    """The path of one examination. `port` is a port to prove."""

    path: Path
    port: tuple[Transport, int] | None
    deadline: Deadline

    async def owners(self, named: Iterable[Address]) -> Owners:
        """Who has the addresses that were named."""
        addresses = list(dict.fromkeys(named))[:_MOST_OWNED]
        return tuple(await asyncio.gather(*map(self.path.ownership, addresses)))

    async def measure(self, owned: asyncio.Task[Owners | None]) -> PathView:
        """Everything but the owners; what fails leaves the others standing."""
        bound, bare = partial(self.deadline.bound, inside=True), PathView()
        behaviour, scatter, hairpin, trail, reaches = await asyncio.gather(
            bound("the NAT's behaviour", self.path.behaviour),
            bound("ports outside", self.path.scatter),
            bound("the way back in", partial(self._hairpin, owned)),
            bound("the routers on the way", self.path.trail),
            bound("the port", self._reaches),
        )
        return PathView(
            behaviour=behaviour or bare.behaviour,
            scatter=scatter or bare.scatter,
            hairpin=hairpin or bare.hairpin,
            trail=trail or bare.trail,
            reaches=reaches or bare.reaches,
        )

    async def _hairpin(self, owned: asyncio.Task[Owners | None]) -> Hairpin:
        """Packets to our own address come after the question whose it is.

        Linux routers complain six times in a row and then once a second (`icmp_ratelimit`): the
        complaints about these packets would use up those that tell the owner.
        """
        await self.deadline.soon(owned, SIGHTINGS_S)
        tcp = (self.port[1],) if self.port and self.port[0] == "tcp" else ()
        return await self.path.hairpin(tcp)

    async def _reaches(self) -> tuple[Reach, ...]:
        return () if self.port is None else (await self.path.reach(*self.port),)
