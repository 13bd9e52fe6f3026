"""The vendor's own SDK at the same fake: it makes the same writes, and ends in the same zone."""

from __future__ import annotations

from typing import Any

import pytest
from linode_api4 import Domain, LinodeClient  # type: ignore[import-untyped]  # of the vendor

from providers.linode import LINODE
from tests.support.provider_fakes.linode import Linode
from tests.support.redirected import redirected
from tests.support.second_opinion import ZONE, end_of, threaded, upstun

pytestmark = pytest.mark.oracle("linode", "linode_api4, the vendor's SDK")
NAME = f"home.{ZONE}"
OLD, NEW, OTHER = "198.51.100.1", "198.51.100.2", "198.51.100.3"
TTL = 3600


def nothing(_: Linode) -> None:
    pass


def one(fake: Linode) -> None:
    fake.seed(NAME, "A", OLD, ttl=300)


def two_at_the_apex(fake: Linode) -> None:
    fake.seed(ZONE, "A", OLD, OTHER, ttl=TTL)


def create(domain: Any) -> None:
    domain.record_create("A", name="home", target=NEW, ttl_sec=TTL)


def change(domain: Any) -> None:
    (record,) = (record for record in domain.records if record.name == "home")
    record.target, record.ttl_sec = NEW, TTL
    record.save()


def change_and_delete(domain: Any) -> None:
    first, second = (record for record in domain.records if record.name == "")
    first.target = NEW
    first.save()
    second.delete()


@pytest.mark.parametrize(
    ("before", "name", "work"),
    [
        (nothing, NAME, create),
        (one, NAME, change),
        (two_at_the_apex, ZONE, change_and_delete),
    ],
)
def test_the_sdk_ends_in_the_same_zone_by_the_same_writes(
    before: Any, name: str, work: Any
) -> None:
    def sdk(fake: Linode) -> None:
        with redirected(fake.port) as hosts:
            client = LinodeClient(fake.token)
            (domain,) = client.domains(Domain.domain == ZONE)
            work(domain)
        assert hosts == {"api.linode.com"}

    theirs = end_of(Linode, before, threaded(sdk))
    assert theirs == end_of(Linode, before, upstun(LINODE, name, NEW, ttl=TTL))
    assert theirs.violations == []
    assert (name, "A", NEW, TTL) in theirs.zone
