"""Hetzner's own SDK at the same fake: it makes the same calls, and ends in the same zone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from hcloud import Client
from hcloud.zones import BoundZone, ZoneRecord

from providers.hetzner import HETZNER
from tests.support.provider_fakes.hetzner import Hetzner
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"
Act = Callable[[BoundZone], object]


def create(zone: BoundZone) -> object:
    return zone.create_rrset(name="home", type="A", ttl=300, records=[ZoneRecord(value=NEW)])


def change(zone: BoundZone) -> object:
    return zone.set_rrset_records(zone.get_rrset("home", "A"), [ZoneRecord(value=NEW)])


def change_ttl(zone: BoundZone) -> object:
    return zone.change_rrset_ttl(zone.get_rrset("home", "A"), ttl=600)


def delete(zone: BoundZone) -> object:
    return zone.delete_rrset(zone.get_rrset("home", "A"))


def writes(fake: Hetzner) -> list[tuple[str, str, bytes]]:
    """What was to be changed, and how; the SDK calls a zone by its id, upstun by its name."""
    return [
        (method, path.replace("/zones/71", f"/zones/{ZONE}"), body)
        for method, path, body in fake.heard
        if method != "GET"
    ]


@pytest.mark.oracle("hetzner", "hcloud, the vendor's SDK")
@pytest.mark.parametrize(
    ("act", "before", "wanted", "ttl"),
    [
        (create, (), (NEW,), 300),
        (change, (OLD,), (NEW,), None),
        (change_ttl, (OLD,), (OLD,), 600),
        (delete, (OLD,), (), None),
    ],
)
def test_the_vendors_sdk_does_the_same(
    act: Act, before: tuple[str, ...], wanted: tuple[str, ...], ttl: int | None
) -> None:
    def seed(fake: Hetzner) -> None:
        fake.seed(NAME, "A", *before, ttl=300)

    async def by_sdk() -> Hetzner:
        async with Hetzner(ZONE) as fake:
            seed(fake)
            zones = Client(fake.token, api_endpoint=fake.endpoint).zones
            await asyncio.to_thread(lambda: act(zones.get(ZONE)))
            return fake

    _, ours = brought(HETZNER, Hetzner, *wanted, before=seed, ttl=ttl)
    theirs = asyncio.run(by_sdk())
    assert theirs.violations == []
    assert writes(ours) == writes(theirs)
    assert [(held.content, held.ttl) for held in ours.at(NAME)] == [
        (held.content, held.ttl) for held in theirs.at(NAME)
    ]
