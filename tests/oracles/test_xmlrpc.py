"""Python's own XML-RPC client, at the same fake: what goes over the wire means the same to both.

It knows nothing of any vendor. What it witnesses is the form of the calls: their types, their
nesting, their encoding, as a client makes them that follows the signatures of the vendor's wiki.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from ipaddress import ip_address
from typing import Any
from xmlrpc.client import ServerProxy, loads

import pytest

from providers.engine.drive import drive
from providers.engine.outcome import Changed
from providers.engine.sender import Sender
from providers.engine.wire import Job, RRset
from providers.loopia import LOOPIA
from tests.support.provider_fakes.loopia import Loopia

ZONE, NAME = "example.test", "home.example.test"
OLD, OTHER, NEW = "198.51.100.1", "198.51.100.3", "198.51.100.2"
# It knows XML-RPC and nothing of Loopia, and so is no witness of the page (docs/proofs.md).
WHO = (Loopia.user, Loopia.token)


def by_hand(proxy: Any) -> None:
    """What the vendor's example does: look, change one record, delete the others."""
    (domain,) = proxy.getDomains(*WHO)
    first, *others = proxy.getZoneRecords(*WHO, domain["domain"], "home")
    changed = {**first, "rdata": NEW, "ttl": 600}
    assert proxy.updateZoneRecord(*WHO, ZONE, "home", changed).strip() == "OK"
    for record in others:
        assert proxy.removeZoneRecord(*WHO, ZONE, "home", record["record_id"]).strip() == "OK"


def by_hand_anew(proxy: Any) -> None:
    (domain,) = proxy.getDomains(*WHO)
    assert proxy.getZoneRecords(*WHO, domain["domain"], "home") == []
    record = {"type": "A", "ttl": 600, "priority": 0, "rdata": NEW, "record_id": 0}
    assert proxy.addZoneRecord(*WHO, ZONE, "home", record).strip() == "OK"


@pytest.mark.parametrize(
    ("before", "by_client"),
    [((OLD, OTHER), by_hand), ((), by_hand_anew)],
    ids=["changed", "made anew"],
)
def test_both_make_the_same_calls(
    before: tuple[str, ...], by_client: Callable[[Any], None]
) -> None:
    async def client(fake: Loopia) -> None:
        with ServerProxy(fake.endpoint) as proxy:
            await asyncio.to_thread(by_client, proxy)

    assert calls(before, upstun) == calls(before, client)


async def upstun(fake: Loopia) -> None:
    wanted = RRset(name=NAME, rtype="A", values=frozenset({ip_address(NEW)}), ttl=600)
    settings = {**fake.settings(), "endpoint": fake.endpoint}
    sender = Sender()
    try:
        steps = LOOPIA.update(Job(zone=ZONE, rrsets=(wanted,), settings=settings))
        assert await drive(steps, sender, pauses=()) == Changed()
    finally:
        await sender.aclose()


def calls(before: tuple[str, ...], act: Callable[[Loopia], Any]) -> list[Any]:
    """Every call as the fake understood it, after both have ended with the same record."""

    async def main() -> list[Any]:
        async with Loopia(ZONE) as fake:
            fake.seed(NAME, "A", *before)
            await act(fake)
            assert fake.held(NAME, "A") == [NEW]
            assert fake.violations == []
            return [loads(body) for _, _, body in fake.heard]

    return asyncio.run(main())
