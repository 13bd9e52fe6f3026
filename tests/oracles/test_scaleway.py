"""Scaleway's own SDK at the same fake: it says the same, and ends in the same zone."""

from __future__ import annotations

import asyncio
import json

import pytest
from scaleway import Client
from scaleway.domain.v2beta1 import DomainV2Beta1API, Record, RecordChange, RecordIdentifier
from scaleway.domain.v2beta1.types import RecordChangeAdd, RecordChangeDelete, RecordChangeSet

from providers.scaleway import SCALEWAY
from tests.support.provider_fakes.scaleway import Scaleway
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW = "198.51.100.1", "198.51.100.2"
WHICH = RecordIdentifier(name="home", type_="A")
RECORD = Record(data=NEW, name="home", priority=0, ttl=300, type_="A", id="")


@pytest.mark.oracle("scaleway", "scaleway, the vendor's SDK")
@pytest.mark.parametrize(
    ("before", "change", "wanted"),
    [
        ((), RecordChange(add=RecordChangeAdd(records=[RECORD])), (NEW,)),
        ((OLD,), RecordChange(set_=RecordChangeSet(records=[RECORD], id_fields=WHICH)), (NEW,)),
        ((OLD,), RecordChange(delete=RecordChangeDelete(id_fields=WHICH)), ()),
    ],
    ids=["add", "set", "delete"],
)
def test_the_vendors_sdk_does_the_same(
    before: tuple[str, ...], change: RecordChange, wanted: tuple[str, ...]
) -> None:
    def seed(fake: Scaleway) -> None:
        fake.seed(NAME, "A", *before, ttl=300)

    def by_hand(fake: Scaleway) -> None:
        url = fake.endpoint.removesuffix(fake.base)
        client = Client(access_key="SCWXXXXXXXXXXXXXXXXX", secret_key=fake.token, api_url=url)
        api = DomainV2Beta1API(client)
        assert [zone.domain for zone in api.list_dns_zones_all(domain="", dns_zone=ZONE)] == [ZONE]
        api.update_dns_zone_records(
            dns_zone=ZONE,
            changes=[change],
            disallow_new_zone_creation=True,
            return_all_records=False,
        )
        left = api.list_dns_zone_records_all(dns_zone=ZONE, name="home")
        assert tuple(record.data for record in left) == wanted

    async def by_sdk() -> Scaleway:
        async with Scaleway(ZONE) as fake:
            seed(fake)
            await asyncio.to_thread(by_hand, fake)
            return fake

    _, ours = brought(SCALEWAY, Scaleway, *wanted, before=seed)
    theirs = asyncio.run(by_sdk())
    assert said(ours) == said(theirs)
    assert [(held.content, held.ttl) for held in ours.at(NAME)] == [
        (held.content, held.ttl) for held in theirs.at(NAME)
    ]


def said(fake: Scaleway) -> object:
    """The one write; without the empty id and priority that the SDK sends along."""
    ((path, body),) = [(path, body) for method, path, body in fake.heard if method == "PATCH"]
    document = json.loads(body)
    for change in document["changes"]:
        for part in change.values():
            for record in part.get("records", ()):
                assert record.pop("id", "") == ""
                assert record.pop("priority", 0) == 0
    return path, document
