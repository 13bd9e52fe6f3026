"""Tencent Cloud's own SDK at the same fake: it sends the same documents, and ends in the same zone.

The fake computes every signature by itself, and so judges both.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.dnspod.v20210323 import errorcodes, models
from tencentcloud.dnspod.v20210323.dnspod_client import DnspodClient

from providers.engine.tencent_api import API
from providers.tencent import TENCENT
from tests.support.provider_fakes.tencent import Tencent
from tests.support.scripted import NAME, ZONE, brought

OLD, NEW, TTL = "198.51.100.1", "198.51.100.2", 900
Act = Callable[[DnspodClient], object]


def asked(kind: Any, **members: object) -> Any:
    request = kind()
    request.from_json_string(json.dumps({"Domain": ZONE, **members}))
    return request


def the_record(client: DnspodClient) -> int:
    listed = client.DescribeRecordList(asked(models.DescribeRecordListRequest, Subdomain="home"))
    (found,) = listed.RecordList
    number: int = found.RecordId
    return number


def wanted(value: str) -> dict[str, object]:
    line = {"RecordLine": "默认", "RecordLineId": "0"}
    return {"SubDomain": "home", "RecordType": "A", **line, "Value": value, "TTL": TTL}


def create(client: DnspodClient) -> object:
    return client.CreateRecord(asked(models.CreateRecordRequest, **wanted(NEW)))


def change(client: DnspodClient) -> object:
    number = the_record(client)
    return client.ModifyRecord(asked(models.ModifyRecordRequest, RecordId=number, **wanted(NEW)))


def delete(client: DnspodClient) -> object:
    return client.DeleteRecord(asked(models.DeleteRecordRequest, RecordId=the_record(client)))


@pytest.mark.oracle("tencent", "tencentcloud-sdk-python-dnspod, the vendor's SDK")
@pytest.mark.filterwarnings("ignore:datetime.datetime.utcfromtimestamp:DeprecationWarning")
@pytest.mark.parametrize(
    ("act", "before", "values"),
    [(create, (), (NEW,)), (change, (OLD,), (NEW,)), (delete, (OLD,), ())],
)
def test_the_vendors_sdk_does_the_same(
    act: Act, before: tuple[str, ...], values: tuple[str, ...]
) -> None:
    def seed(fake: Tencent) -> None:
        fake.seed(f"next.{ZONE}", "A", OLD)
        fake.seed(NAME, "A", *before, ttl=TTL)

    async def by_sdk() -> Tencent:
        async with Tencent(ZONE) as fake:
            seed(fake)
            at = HttpProfile(protocol="http", endpoint=f"127.0.0.1:{fake.port}")
            client = DnspodClient(
                Credential(fake.key_id, fake.token),
                "",
                ClientProfile(httpProfile=at, language="en-US"),
            )
            await asyncio.to_thread(act, client)
            return fake

    _, ours = brought(TENCENT, Tencent, *values, before=seed, ttl=TTL)
    theirs = asyncio.run(by_sdk())
    assert theirs.violations == []
    assert documents(ours) == documents(theirs)
    assert zone(ours) == zone(theirs)


@pytest.mark.oracle("tencent", "tencentcloud-sdk-python-dnspod, the vendor's SDK")
def test_every_code_that_is_told_apart_is_one_of_the_vendors() -> None:
    known = [code for name, code in vars(errorcodes).items() if name.isupper()]
    said = [(row[0],) if isinstance(row[0], str) else row[0] for row in API.meanings]
    for pattern in chain(*said):
        everywhere = pattern.startswith(("AuthFailure", "InternalError"))  # of all its services
        assert everywhere or any(fnmatchcase(code, pattern) for code in known), pattern


def documents(fake: Tencent) -> list[Any]:
    """What was to be changed, and how."""
    return [json.loads(body) for call in fake.heard if fake.is_write(*call) for body in call[2:]]


def zone(fake: Tencent) -> set[tuple[str, str, str, int]]:
    held = fake.records.values()
    return {(record.name, record.rtype, record.content, record.ttl) for record in held}
