"""Two clients, each at its own copy of the same fake: what they call, and what they leave."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Changed
from providers.engine.sender import Sender
from providers.engine.spec import Provider
from providers.engine.wire import Job, RRset
from tests.support.provider_fakes.vendor import Vendor

ZONE = "example.test"
Act = Callable[[Any], Awaitable[None]]


@dataclass(frozen=True)
class End:
    """What is left of a client's work. `zone` has no ids, `writes` no bodies."""

    zone: set[tuple[str, str, str, int]]
    writes: list[str]
    violations: list[str]


def end_of(fake: type[Vendor], before: Callable[[Any], object], act: Act) -> End:
    """Serve a new fake, as `before` leaves it, to one client."""

    async def story() -> End:
        async with fake(ZONE) as vendor:
            before(vendor)
            await act(vendor)
            held = vendor.records.values()
            zone = {(record.name, record.rtype, record.content, record.ttl) for record in held}
            return End(zone, vendor.writes, vendor.violations)

    return asyncio.run(story())


def upstun(provider: Provider, name: str, *values: str, ttl: int) -> Act:
    """upstun as the client, with a change to make."""

    async def act(fake: Vendor) -> None:
        rrset = RRset(name=name, rtype="A", values=frozenset(map(ip_address, values)), ttl=ttl)
        settings = {**fake.settings(), "endpoint": fake.endpoint}
        sender = Sender(moment=moment)
        try:
            steps = provider.update(Job(zone=ZONE, rrsets=(rrset,), settings=settings))
            assert await drive(steps, sender, pauses=()) == Changed()
        finally:
            await sender.aclose()

    return act


def threaded(work: Callable[[Any], object]) -> Act:
    """A client that blocks."""

    async def act(fake: Vendor) -> None:
        await asyncio.to_thread(work, fake)

    return act
