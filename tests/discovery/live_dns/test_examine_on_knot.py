"""Examining RRsets against a real Knot DNS, named in the settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from discovery.live_dns.exam import DnsExam, NameServers, Port53
from discovery.live_dns.live import LiveDns
from discovery.live_dns.targets import Authority, Targets
from discovery.live_dns.view import RType
from tests.support.knot import Knot
from tests.support.tools import free_port

_RECORDS = """
    nas 60 A 192.0.2.1
    *.wild 60 A 192.0.2.5
"""


@pytest.fixture(scope="module")
def knot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Knot]:
    with Knot(tmp_path_factory.mktemp("knot")) as server:
        yield server.start("example.test", _RECORDS)


def examine(knot: Knot, name: str, rtype: RType = "A") -> DnsExam:
    dns = LiveDns(authority=[knot.endpoint], system=[f"127.0.0.1:{free_port()}"])
    return asyncio.run(dns.examine(name, rtype))


def test_the_zones_own_word_is_heard(knot: Knot) -> None:
    exam = examine(knot, "nas.example.test")
    assert exam.view.zone == "example.test"
    assert exam.name_servers == NameServers(child=("ns1.example.test",))
    assert (exam.wildcard, exam.negative_ttl, exam.dnssec) == (False, 15, "unknown")
    (system,) = exam.resolvers
    assert system.error.endswith("cannot be reached (Connection refused)")


def test_a_wildcard_is_told_from_a_record(knot: Knot) -> None:
    exam = examine(knot, "any.wild.example.test")
    assert exam.wildcard
    assert exam.sibling == frozenset({ip_address("192.0.2.5")})
    assert exam.from_wildcard


@pytest.mark.parametrize(
    ("name", "rtype"), [("new.example.test", "A"), ("nas.example.test", "AAAA")]
)
def test_no_resolver_is_asked_about_what_it_denies(knot: Knot, name: str, rtype: RType) -> None:
    (system,) = examine(knot, name, rtype).resolvers
    assert system.error == (
        "not asked: 127.0.0.1 denies the record, and a resolver would remember that"
    )


def test_a_real_authority_is_no_resolver(knot: Knot) -> None:
    async def main() -> Port53:
        dead = f"127.0.0.1:{free_port()}"
        targets = Targets(
            authorities=(Authority(server=knot.endpoint, operator="Knot", zone="example.test"),),
            nobody=(dead,),
            namers=(),
            resolver=(dead,),
            doh=f"https://{dead}/",
        )
        return await LiveDns().port53(ours=frozenset(), targets=targets)

    trials = {trial.name: trial for trial in asyncio.run(main()).trials}
    assert trials["recursion"].intercepted is False
    assert trials["nobody"].intercepted is False
    assert trials["identity"].intercepted is None
