"""DNSimple's own SDK and its own recorded answers, against the fake."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
from dnsimple import Client  # type: ignore[import-untyped]  # of the vendor
from dnsimple.struct import (  # type: ignore[import-untyped]  # of the vendor
    ZoneRecordInput,
    ZoneRecordUpdateInput,
)

from providers.dnsimple import DNSIMPLE
from tests.support.provider_fakes.dnsimple import DnSimple
from tests.support.redirected import redirected
from tests.support.second_opinion import ZONE, end_of, threaded, upstun
from tests.support.tools import need_vendor

pytestmark = pytest.mark.oracle("dnsimple", "dnsimple, the vendor's SDK, and its recorded answers")
NAME = f"home.{ZONE}"
OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
TTL = 3600
FIXTURES = "tests/fixtures/v2/api/"


def create(zones: Any, account: int) -> None:
    zones.create_record(account, ZONE, ZoneRecordInput("home", "A", NEW, ttl=TTL))


def change(zones: Any, account: int) -> None:
    (held,) = zones.list_records(account, ZONE, filter={"name": "home", "type": "A"}).data
    assert held.content == OLD
    zones.update_record(account, ZONE, held.id, ZoneRecordUpdateInput(content=NEW, ttl=TTL))


def at_the_apex(zones: Any, account: int) -> None:
    for held in zones.list_records(account, ZONE, filter={"name": ""}).data:
        zones.update_record(account, ZONE, held.id, ZoneRecordUpdateInput(content=NEW, ttl=TTL))


@pytest.mark.parametrize(
    ("before", "name", "work"),
    [
        (lambda _: None, NAME, create),
        (lambda fake: fake.seed(NAME, "A", OLD), NAME, change),
        (lambda fake: fake.seed(ZONE, "A", OLD), ZONE, at_the_apex),
    ],
)
def test_the_sdk_ends_in_the_same_zone_by_the_same_writes(
    before: Any, name: str, work: Any
) -> None:
    def sdk(fake: DnSimple) -> None:
        with redirected(fake.port) as hosts:
            client = Client(access_token=fake.token)
            work(client.zones, client.identity.whoami().data.account.id)
        assert hosts == {"api.dnsimple.com"}

    theirs = end_of(DnSimple, before, threaded(sdk))
    assert theirs == end_of(DnSimple, before, upstun(DNSIMPLE, name, NEW, ttl=TTL))
    assert theirs.violations == []
    assert (name, "A", NEW, TTL) in theirs.zone


RECORD = {"name": "ab", "type": "A", "content": OLD, "ttl": 600}
ZONES = f"/1010/zones/{ZONE}"
BATCH = {"creates": [RECORD], "updates": [{"id": 1000, "content": NEW}], "deletes": [{"id": 1001}]}


@pytest.mark.parametrize(
    ("fixture", "method", "path", "body"),
    [
        ("getZone/success.http", "GET", ZONES, None),
        ("notfound-zone.http", "GET", "/1010/zones/stranger.test", None),
        ("listZoneRecords/success.http", "GET", f"{ZONES}/records", None),
        ("createZoneRecord/created.http", "POST", f"{ZONES}/records", RECORD),
        ("updateZoneRecord/success.http", "PATCH", f"{ZONES}/records/1000", {"content": NEW}),
        ("notfound-record.http", "PATCH", f"{ZONES}/records/77", {"content": NEW}),
        ("deleteZoneRecord/success.http", "DELETE", f"{ZONES}/records/1000", None),
        ("batchChangeZoneRecords/success.http", "POST", f"{ZONES}/batch", BATCH),
    ],
)
def test_the_fake_answers_in_the_shape_of_the_vendors_recordings(
    fixture: str, method: str, path: str, body: Any
) -> None:
    recorded = json.loads(need_vendor("dnsimple_responses.json").read_text("utf-8"))
    (real,) = (entry for entry in recorded if entry["fixture"] == FIXTURES + fixture)
    answers: list[requests.Response] = []

    def ask(fake: DnSimple) -> None:
        headers = {"Authorization": f"Bearer {fake.token}"}
        url = fake.endpoint + path
        answers.append(requests.request(method, url, headers=headers, json=body, timeout=10))

    def before(fake: DnSimple) -> None:
        fake.seed(NAME, "A", OLD, OTHER)

    end_of(DnSimple, before, threaded(ask))
    (answer,) = answers
    assert answer.status_code == real["status"]
    assert shape(answer.json() if answer.content else None) == shape(real["body"])


def shape(document: Any) -> Any:
    """Which members a document has, at every depth; of a list its first element alone."""
    match document:
        case dict():
            return {key: shape(value) for key, value in document.items()}
        case list():
            return [shape(value) for value in document[:1]]
        case _:
            return None
