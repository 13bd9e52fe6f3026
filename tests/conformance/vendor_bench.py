"""Benches for the vendors' APIs whose fakes are made with the kit: one line for each."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from providers.engine.spec import Provider
from tests.conformance.bench import Bench, Service, Traits
from tests.support.gremlin import Gremlin
from tests.support.provider_fakes.vendor import Vendor

ZONE = "example.test"


class VendorService(Service):
    """A fake of the kit behind its gremlin."""

    def __init__(self, fake: Vendor, wire: Gremlin) -> None:
        self._fake, self.wire = fake, wire
        endpoint = f"http://127.0.0.1:{wire.port}{fake.base}"
        self.settings = {**fake.settings(), **fake.found_at(endpoint)}
        self.wrong_key = fake.wrong_key()

    def seed(self, name: str, rtype: str, *values: str) -> None:
        self._fake.seed(name, rtype, *values)

    def held(self, name: str, rtype: str) -> list[str]:
        return self._fake.held(name, rtype)

    def is_write(self, request: bytes) -> bool:
        head, _, body = request.partition(b"\r\n\r\n")
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        return self._fake.is_write(method, path.removeprefix(self._fake.base), body)

    def violations(self) -> list[str]:
        return self._fake.violations


class VendorBench(Bench):
    """One provider against the fake of its vendor; `traits` are those that differ from the usual.

    The usual ones: records with ids, each of which takes a write of its own.
    """

    zone = ZONE

    def __init__(self, provider: Provider, fake: type[Vendor], **traits: Any) -> None:
        self.name, self.provider, self.fake = provider.id, provider, fake
        usual = Traits(atomic=False, both_families=provider.both_families_one_call)
        self.traits = replace(usual, **traits)

    @asynccontextmanager
    async def serve(self) -> AsyncIterator[Service]:
        async with (
            self.fake(ZONE) as fake,
            Gremlin(("127.0.0.1", fake.port)) as wire,
        ):
            yield VendorService(fake, wire)
