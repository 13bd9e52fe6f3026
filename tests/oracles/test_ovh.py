"""OVHcloud's own client at the same fake: it sends the same, and ends in the same zone.

The fake computes every signature by itself, and so judges both.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import ovh
import pytest

from providers.ovh import OVH
from tests.support.provider_fakes.ovh import Ovh
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW, TTL = "198.51.100.1", "198.51.100.2", 900
PATH = f"/domain/zone/{ZONE}"
Act = Callable[[ovh.Client], object]


def the_record(client: ovh.Client) -> int:
    (found,) = client.get(f"{PATH}/record", fieldType="A", subDomain="home")
    number: int = found
    return number


def create(client: ovh.Client) -> object:
    return client.post(f"{PATH}/record", fieldType="A", subDomain="home", target=NEW, ttl=TTL)


def change(client: ovh.Client) -> object:
    path = f"{PATH}/record/{the_record(client)}"
    return client.put(path, subDomain="home", target=NEW, ttl=TTL)


def delete(client: ovh.Client) -> object:
    return client.delete(f"{PATH}/record/{the_record(client)}")


@pytest.mark.oracle("ovh", "ovh, the vendor's client")
@pytest.mark.parametrize(
    ("act", "before", "values"),
    [(create, (), (NEW,)), (change, (OLD,), (NEW,)), (delete, (OLD,), ())],
)
def test_the_vendors_client_does_the_same(
    act: Act, before: tuple[str, ...], values: tuple[str, ...]
) -> None:
    def seed(fake: Ovh) -> None:
        fake.seed(f"next.{ZONE}", "A", OLD)
        fake.seed(NAME, "A", *before, ttl=TTL)

    def work(fake: Ovh) -> None:
        keys = (fake.app_key, fake.token, fake.consumer)
        client = ovh.Client("ovh-eu", *keys)
        client._endpoint = fake.endpoint
        assert client.get(PATH)["name"] == ZONE
        act(client)
        client.post(f"{PATH}/refresh")

    async def by_client() -> Ovh:
        async with Ovh(ZONE) as fake:
            seed(fake)
            await asyncio.to_thread(work, fake)
            return fake

    _, ours = brought(OVH, Ovh, *values, before=seed, ttl=TTL)
    theirs = asyncio.run(by_client())
    assert theirs.violations == []
    assert sent(ours) == sent(theirs)
    assert zone(ours) == zone(theirs)


def sent(fake: Ovh) -> list[Any]:
    """What was to be changed, how, and that it was published."""
    calls = [call for call in fake.heard if call[0] != "GET"]
    return [(method, path, json.loads(body or b"null")) for method, path, body in calls]


def zone(fake: Ovh) -> set[tuple[str, str, str, int]]:
    """What is served."""
    held = fake.published.values()
    return {(one.name, one.rtype, one.content, one.ttl) for one in held}
