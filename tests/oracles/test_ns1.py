"""NS1's own SDK at the same fake: it says the same, and ends in the same zone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable

import ns1
import pytest

from providers.ns1 import NS1
from tests.support.provider_fakes.ns1 import Ns1
from tests.support.redirected import redirected
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"
Act = Callable[[ns1.NS1], object]


def create(sdk: ns1.NS1) -> object:
    return sdk.records().create(ZONE, NAME, "A", answers=[NEW], ttl=300)


def change(sdk: ns1.NS1) -> object:
    return sdk.records().update(ZONE, NAME, "A", answers=[NEW], ttl=300)


def delete(sdk: ns1.NS1) -> object:
    return sdk.records().delete(ZONE, NAME, "A")


@pytest.mark.oracle("ns1", "ns1-python, the vendor's SDK")
@pytest.mark.parametrize(
    ("act", "before", "wanted"),
    [(create, (), (NEW,)), (change, (OLD,), (NEW,)), (delete, (OLD,), ())],
)
def test_the_vendors_sdk_does_the_same(
    act: Act, before: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    def seed(fake: Ns1) -> None:
        fake.seed(NAME, "A", *before, ttl=300)

    def by_hand(fake: Ns1) -> None:
        with redirected(fake.port) as hosts:
            act(ns1.NS1(apiKey=fake.token))
        assert hosts == {"api.nsone.net"}

    async def by_sdk() -> Ns1:
        async with Ns1(ZONE) as fake:
            seed(fake)
            await asyncio.to_thread(by_hand, fake)
            return fake

    _, ours = brought(NS1, Ns1, *wanted, before=seed)
    theirs = asyncio.run(by_sdk())
    # The SDK says nowhere that its bodies are JSON, and the vendor is used to that.
    assert [strange for strange in theirs.violations if "not declared" not in strange] == []
    assert said(ours) == said(theirs)
    assert [(held.content, held.ttl) for held in ours.at(NAME)] == [
        (held.content, held.ttl) for held in theirs.at(NAME)
    ]


def said(fake: Ns1) -> object:
    """The one write; where there is nothing to say, the SDK may say nothing or `{}`."""
    ((method, path, body),) = [heard for heard in fake.heard if heard[0] != "GET"]
    return method, path, json.loads(body or b"{}")
