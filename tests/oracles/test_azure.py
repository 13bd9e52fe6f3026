"""Microsoft's own SDK at the same fake: it makes the same calls, and ends in the same zone."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.mgmt.dns import DnsManagementClient
from azure.mgmt.dns.models import ARecord, RecordSet

from providers.azure import AZURE
from tests.support.provider_fakes.azure import GROUP, SUBSCRIPTION, Azure
from tests.support.redirected import redirected
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
Act = Callable[[Any, str], object]


class Granted:
    """A token that was asked for before."""

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        assert scopes == ("https://management.azure.com/.default",)
        return AccessToken(Azure.token, 4_000_000_000)


def put(*values: str, **guard: str) -> Act:
    wanted = RecordSet(ttl=300, a_records=[ARecord(ipv4_address=value) for value in values])

    def act(sets: Any, name: str) -> object:
        how = dict(guard)
        if "if_match" in how:
            how["if_match"] = sets.get(GROUP, ZONE, name, "A").etag
        return sets.create_or_update(GROUP, ZONE, name, "A", wanted, **how)

    return act


def delete(sets: Any, name: str) -> object:
    return sets.delete(GROUP, ZONE, name, "A", if_match=sets.get(GROUP, ZONE, name, "A").etag)


def by_sdk(seed: Callable[[Azure], object], act: Act, name: str) -> Azure:
    async def story() -> Azure:
        async with Azure(ZONE) as fake:
            seed(fake)
            await asyncio.to_thread(work, fake)
            return fake

    def work(fake: Azure) -> None:
        with (
            redirected(fake.port) as hosts,
            DnsManagementClient(Granted(), SUBSCRIPTION, api_version="2018-05-01") as client,
        ):
            act(client.record_sets, name)
        assert hosts == {"management.azure.com"}

    return asyncio.run(story())


def written(fake: Azure) -> list[tuple[str, str, object]]:
    """What was to be changed, and how; headers apart."""
    return [
        (method, path, json.loads(body) if body else None)
        for method, path, body in fake.heard
        if fake.is_write(method, path, body)
    ]


@pytest.mark.oracle("azure", "azure-mgmt-dns, the vendor's SDK")
@pytest.mark.parametrize(
    ("before", "wanted", "act", "name"),
    [
        ((), (NEW,), put(NEW, if_none_match="*"), "home"),
        ((OLD,), (NEW, OTHER), put(NEW, OTHER, if_match="its own"), "home"),
        ((OLD,), (), delete, "home"),
        ((), (NEW,), put(NEW, if_none_match="*"), "@"),
        ((OLD,), (NEW,), put(NEW, if_match="its own"), "*"),
    ],
    ids=["create", "change", "delete", "apex", "wildcard"],
)
def test_the_vendors_sdk_does_the_same(
    before: tuple[str, ...], wanted: tuple[str, ...], act: Act, name: str
) -> None:
    full = ZONE if name == "@" else f"{name}.{ZONE}"

    def seed(fake: Azure) -> None:
        fake.seed(full, "A", *before, ttl=300)

    _, ours = brought(AZURE, Azure, *wanted, before=seed, ttl=300, name=full)
    theirs = by_sdk(seed, act, name)
    assert theirs.violations == []
    assert written(ours) == written(theirs) != []
    assert ours.guards == theirs.guards != []
    assert ours.held(full, "A") == theirs.held(full, "A") == sorted(wanted)


@pytest.mark.oracle("azure", "azure-mgmt-dns, the vendor's SDK")
def test_the_vendors_sdk_reads_what_the_fake_answers() -> None:
    def seed(fake: Azure) -> None:
        fake.seed(NAME, "A", OLD, ttl=77)
        fake.tags = {"owner": "me"}

    def look(sets: Any, name: str) -> None:
        held = sets.get(GROUP, ZONE, name, "A")
        assert ([one.ipv4_address for one in held.a_records], held.ttl) == ([OLD], 77)
        assert held.metadata == {"owner": "me"}
        with pytest.raises(ResourceNotFoundError, match="does not exist"):
            sets.get(GROUP, ZONE, "gone", "A")
        with pytest.raises(HttpResponseError, match="PreconditionFailed"):
            sets.create_or_update(GROUP, ZONE, name, "A", RecordSet(ttl=300), if_match="stale")

    assert by_sdk(seed, look, "home").held(NAME, "A") == [OLD]
