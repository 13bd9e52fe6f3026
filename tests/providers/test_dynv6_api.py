"""dynv6's REST API: the zone itself, records that hold the host's part alone, refusals."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from providers.dynv6_api import DYNV6_API
from providers.engine.outcome import Changed, Outcome, Refused, Unchanged
from providers.engine.wire import Secret
from tests.support.provider_fakes.dynv6 import Dynv6
from tests.support.provider_fakes.errand import errand, job, kind

ZONE = "home.dynv6.net"
V6 = "2001:db8::7"


def talk(fake: Dynv6, name: str, *addresses: str, token: str = "") -> Outcome:
    async def main() -> Outcome:
        async with fake:
            key = Secret(token or fake.token)
            work = job(name, *addresses, token=key, endpoint=fake.endpoint)
            return await errand(DYNV6_API, replace(work, zone=ZONE))

    return asyncio.run(main())


def test_the_host_s_part_of_an_address_counts_as_what_is_served() -> None:
    fake = Dynv6(ZONE)
    fake.seed(f"nas.{ZONE}", "AAAA", V6, data="::7")
    assert talk(fake, f"nas.{ZONE}", V6) == Unchanged()
    assert talk(fake, f"nas.{ZONE}", "2001:db8:1::7") == Changed()
    assert fake.held(f"nas.{ZONE}", "AAAA") == ["2001:db8:1::7"]
    assert fake.violations == []


def test_the_zone_itself_belongs_to_another_provider_of_ours() -> None:
    fake = Dynv6(ZONE)
    end = talk(fake, ZONE, "198.51.100.7")
    assert kind(end) == "rejected"
    assert "use provider dynv6" in repr(end)
    assert fake.writes == []


def test_a_cname_in_the_way_is_named() -> None:
    fake = Dynv6(ZONE)
    fake.seed(f"www.{ZONE}", "CNAME", "elsewhere.example.")
    assert "alias" in repr(talk(fake, f"www.{ZONE}", "198.51.100.7"))


@pytest.mark.parametrize("token", ["wrong-t0ken"])
def test_a_wrong_token_says_where_a_new_one_is_made(token: str) -> None:
    end = talk(Dynv6(ZONE), f"nas.{ZONE}", "198.51.100.7", token=token)
    assert isinstance(end, Refused)
    assert (kind(end), "under Keys" in end.text, token in end.text) == ("credentials", True, False)
