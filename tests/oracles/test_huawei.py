"""Huawei Cloud's own SDK at the same fake: it makes the same calls, and ends in the same zone.

The fake computes every signature by itself, and so judges both.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkdns.v2 import (
    CreateRecordSetWithLineRequest,
    CreateRecordSetWithLineRequestBody,
    DeleteRecordSetsRequest,
    DnsClient,
    ListPublicZonesRequest,
    ShowRecordSetByZoneRequest,
    UpdateRecordSetsReq,
    UpdateRecordSetsRequest,
)

from providers.huawei import HUAWEI
from tests.support.provider_fakes.huawei import Huawei
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW, OTHER, TTL = "198.51.100.1", "198.51.100.2", "198.51.100.3", 900
Act = Callable[[DnsClient], object]
SET = {"name": f"{NAME}.", "type": "A", "ttl": TTL, "records": [NEW, OTHER]}


def the_zone(client: DnsClient) -> str:
    asked = ListPublicZonesRequest(type="public", name=f"{ZONE}.", search_mode="equal")
    (zone,) = client.list_public_zones(asked).zones
    return str(zone.id)


def the_set(client: DnsClient, zone: str) -> str:
    asked = ShowRecordSetByZoneRequest(
        zone_id=zone, name=f"{NAME}.", type="A", line_id="default_view", search_mode="equal"
    )
    found = client.show_record_set_by_zone(asked).recordsets
    return str(found[0].id) if found else ""


def create(client: DnsClient) -> object:
    zone = the_zone(client)
    assert the_set(client, zone) == ""
    body = CreateRecordSetWithLineRequestBody(**SET, line="default_view")
    asked = CreateRecordSetWithLineRequest(zone_id=zone, body=body)
    return client.create_record_set_with_line(asked)


def change(client: DnsClient) -> object:
    zone = the_zone(client)
    return client.update_record_sets(
        UpdateRecordSetsRequest(
            zone_id=zone, recordset_id=the_set(client, zone), body=UpdateRecordSetsReq(**SET)
        )
    )


def delete(client: DnsClient) -> object:
    zone = the_zone(client)
    found = the_set(client, zone)
    return client.delete_record_sets(DeleteRecordSetsRequest(zone_id=zone, recordset_id=found))


@pytest.mark.oracle("huawei", "huaweicloudsdkdns, the vendor's SDK")
@pytest.mark.parametrize(
    ("act", "before", "values"),
    [(create, (), (NEW, OTHER)), (change, (OLD,), (NEW, OTHER)), (delete, (OLD,), ())],
)
def test_the_vendors_sdk_does_the_same(
    act: Act, before: tuple[str, ...], values: tuple[str, ...]
) -> None:
    def seed(fake: Huawei) -> None:
        fake.seed(f"next.{ZONE}", "A", OLD)
        fake.seed(NAME, "A", OLD, line="Dianxin")
        for value in before:
            fake.insert(ZONE, NAME, "A", value, TTL)

    async def by_sdk() -> Huawei:
        async with Huawei(ZONE) as fake:
            seed(fake)
            keys = BasicCredentials(fake.key_id, fake.token, "project")
            made = DnsClient.new_builder().with_credentials(keys).with_endpoint(fake.endpoint)
            await asyncio.to_thread(lambda: act(made.build()))
            return fake

    _, ours = brought(HUAWEI, Huawei, *values, before=seed, ttl=TTL)
    theirs = asyncio.run(by_sdk())
    assert theirs.violations == []
    assert spoken(ours) == spoken(theirs)
    assert zone(ours) == zone(theirs)


def spoken(fake: Huawei) -> list[Any]:
    """Every call with its body; the order of parameters is nobody's business."""
    return [
        (method, path, sorted(query.split("&")), json.loads(body or b"null"))
        for method, target, body in fake.heard
        for path, _, query in [target.partition("?")]
    ]


def zone(fake: Huawei) -> set[tuple[str, str, str, int, object]]:
    held = fake.records.values()
    return {(one.name, one.rtype, one.content, one.ttl, one.more.get("line")) for one in held}
