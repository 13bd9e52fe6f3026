"""Every exchange with these fakes is held against the vendor's own description of its API."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from ipaddress import ip_address

import pytest

from agent.wiring import moment
from providers.engine.drive import drive
from providers.engine.outcome import Changed, Unchanged
from providers.engine.sender import Sender
from providers.engine.wire import Job, RRset, RType
from tests.conformance.vendor_bench import VendorBench
from tests.conformance.vendors import VENDORS
from tests.support.tools import need_vendor

DESCRIBED = [bench for bench in VENDORS if isinstance(bench, VendorBench) and bench.fake.described]
each = pytest.mark.parametrize(
    "described",
    [
        pytest.param(
            bench, marks=pytest.mark.oracle(bench.provider.id, "the vendor's API description")
        )
        for bench in DESCRIBED
    ],
    ids=[bench.name for bench in DESCRIBED],
)
NAME = "home.example.test"


def wanted(value: str, rtype: RType, name: str) -> RRset:
    return RRset(name=name, rtype=rtype, values=frozenset({ip_address(value)}), ttl=3600)


@each
@pytest.mark.parametrize("name", [NAME, "example.test", f"*.{NAME}"], ids=["name", "apex", "*"])
def test_a_new_record_a_change_and_a_clearing_up_are_what_the_vendor_describes(
    described: VendorBench, name: str
) -> None:
    assert described.fake.described
    need_vendor(described.fake.described[0])

    async def story() -> None:
        async with described.fake("example.test") as fake:
            settings = {**fake.settings(), **fake.found_at(fake.endpoint)}
            sender = Sender(moment=moment)

            async def told(*rrsets: RRset) -> object:
                job = Job(zone="example.test", rrsets=rrsets, settings=settings)
                return await drive(described.provider.update(job), sender, pauses=())

            try:
                first = wanted("198.51.100.1", "A", name), wanted("2001:db8::1", "AAAA", name)
                assert await told(*first) == Changed()
                assert await told(*first) == Unchanged()
                fake.seed(name, "A", "198.51.100.1", "198.51.100.7", "198.51.100.8", ttl=3600)
                assert await told(wanted("198.51.100.2", "A", name)) == Changed()
                assert fake.held(name, "A") == ["198.51.100.2"]
                assert fake.violations == []
            finally:
                await sender.aclose()

    asyncio.run(story())


@each
def test_the_description_objects_to_what_the_vendor_would_not_take(described: VendorBench) -> None:
    assert described.fake.described
    need_vendor(described.fake.described[0])

    async def story() -> None:
        async with described.fake("example.test") as fake:
            settings = {**fake.settings(), **fake.found_at(fake.endpoint)}
            sender = Sender(moment=moment)
            try:
                record = (wanted("198.51.100.1", "A", NAME),)
                job = Job(zone="example.test", rrsets=record, settings=settings)
                await drive(described.provider.update(job), sender, pauses=())
            finally:
                await sender.aclose()
            assert fake.description
            (*_, write) = (one for one in fake.exchanges if b"3600" in one.body)
            assert fake.description.violations(write) == []
            for old, new in ((b"3600", b'"an hour"'), (b'"198.51.100.1"', b"{}")):
                spoilt = replace(write, body=write.body.replace(old, new))
                assert fake.description.violations(spoilt) != []

    asyncio.run(story())
