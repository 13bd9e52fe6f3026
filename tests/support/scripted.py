"""A provider with a service that says what a test wants to hear, and one with a vendor's fake."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from ipaddress import ip_address
from typing import TypeVar

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Outcome
from providers.engine.sender import Sender
from providers.engine.spec import Provider
from providers.engine.wire import Call, Fault, Job, Reply, Response, RRset
from tests.support.provider_fakes.vendor import Settings, Vendor

ZONE, NAME = "example.test", "home.example.test"
F = TypeVar("F", bound=Vendor)
Answer = tuple[int, object]
"""A status, and a JSON document; a `str` is sent as it stands."""


def job(*addresses: str, settings: Settings, ttl: int | None = None, name: str = NAME) -> Job:
    """Bring the A records of `name` to these addresses."""
    values = frozenset(map(ip_address, addresses))
    wanted = RRset(name=name, rtype="A", values=values, ttl=ttl)
    return Job(zone=ZONE, rrsets=(wanted,), settings=settings)


def told(provider: Provider, settings: Settings, *answers: Answer) -> Outcome:
    """How an update ends when the service answers just this, call by call."""
    left = list(answers)

    async def answer(call: Call, *, limit: float) -> Reply | Fault:
        status, document = left.pop(0)
        body = document if isinstance(document, str) else json.dumps(document)
        return Response(status=status, body=body.encode())

    async def main() -> Outcome:
        work = job("198.51.100.2", settings=settings)
        return await drive(provider.update(work), answer, title=provider.title, pauses=())

    return asyncio.run(main())


def brought(
    provider: Provider,
    fake: type[F],
    *addresses: str,
    name: str = NAME,
    before: Callable[[F], object] = lambda _: None,
    ttl: int | None = None,
) -> tuple[Outcome, F]:
    """How an update ends at a new fake of the vendor, prepared by `before`; and that fake."""

    async def main() -> tuple[Outcome, F]:
        sender = Sender(moment=moment)
        try:
            async with fake(ZONE) as vendor:
                before(vendor)
                settings = {**vendor.settings(), **vendor.found_at(vendor.endpoint)}
                work = job(*addresses, settings=settings, ttl=ttl, name=name)
                end = await drive(
                    provider.update(work), sender, title=provider.title, pauses=(0.0,)
                )
                assert vendor.violations == []
                return end, vendor
        finally:
            await sender.aclose()

    return asyncio.run(main())
