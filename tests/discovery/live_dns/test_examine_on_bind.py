"""Examining RRsets against real BIND: signed and unsigned zones, and a resolver that validates.

.             127.0.54.1, signed
test          127.0.54.1, signed, and the resolver trusts the root's key
example.test  127.0.54.2 (primary), 127.0.54.3 (secondary, never told of changes)
drifted.test  127.0.54.2; its parent names the secondary too, which does not serve it
own.example.test  127.0.54.2 and .3, a zone of its own on its parent's servers
signed.test, bogus.test  127.0.54.2; in the latter a signature does not hold
127.0.54.4    the resolver that validates, 127.0.54.5 one that does not
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import pytest

from discovery.live_dns.exam import DnsExam, NameServers, ResolverAnswer
from discovery.live_dns.live import LiveDns
from discovery.live_dns.view import RType
from discovery.observation import Address
from tests.support.doh_server import doh_serving, relayed
from tests.support.named import Named, Zone, shared_port
from tests.support.private_ca import PrivateCa
from tests.support.signed import sign

ROOT, FIRST, SECOND, VALIDATING, PLAIN, NOBODY = (f"127.0.54.{n}" for n in range(1, 7))
PAIR = (("ns1", FIRST), ("ns2", SECOND))
LABEL = "made-up-for-this-test"

_EXAMPLE = """
    nas 60 A 192.0.2.1
    kept 300 A 192.0.2.2
    lag 60 A 192.0.2.4
    alias 60 CNAME nas
    *.wild 60 A 192.0.2.5
    nas.wild 60 A 192.0.2.6
    *.away 60 CNAME nas
    own 3600 NS ns1
    own 3600 NS ns2
"""
_DELEGATIONS = f"""
    example 3600 NS ns1.example
    example 3600 NS ns2.example
    ns1.example 3600 A {FIRST}
    ns2.example 3600 A {SECOND}
    drifted 3600 NS ns1.example
    drifted 3600 NS NS2.Example
    lame 3600 NS ns1.example
    lame 3600 NS ns2.example
    silent 3600 NS nobody
    nobody 3600 A {NOBODY}
    signed 3600 NS ns1.signed
    ns1.signed 3600 A {FIRST}
    bogus 3600 NS ns1.bogus
    ns1.bogus 3600 A {FIRST}
"""


@dataclass(frozen=True)
class Internet:
    port: int
    first: Named
    second: Named
    validating: Named
    plain: Named

    def dns(self, **options: object) -> LiveDns:
        chosen = {
            "resolvers": [self.validating.endpoint],
            "system": [self.plain.endpoint],
            "port": self.port,
            "limit": 1.5,
            "new_label": lambda: LABEL,
            **options,
        }
        return LiveDns(**chosen)  # type: ignore[arg-type]  # the test names real options

    def examine(self, name: str, rtype: RType = "A") -> DnsExam:
        return asyncio.run(self.dns().examine(name, rtype))


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    folder = tmp_path_factory.mktemp("internet")
    port = shared_port(ROOT, FIRST, SECOND, VALIDATING, PLAIN, NOBODY)
    signed = sign("signed.test", "nas 60 A 192.0.2.11", server=FIRST)
    bogus = sign("bogus.test", "nas 60 A 192.0.2.12", server=FIRST, forged="nas")
    test = sign("test", f"{_DELEGATIONS}\n{signed.ds}\n{bogus.ds}", server=ROOT)
    root = sign(".", f"test 3600 NS ns1\n{test.ds}", server=ROOT)

    def named(address: str) -> Named:
        return Named(folder, address=address, port=port)

    top, first, second = named(ROOT), named(FIRST), named(SECOND)
    validating, plain = named(VALIDATING), named(PLAIN)
    with top, first, second, validating, plain:
        top.start(Zone(".", master=root.master), Zone("test", master=test.master))
        first.start(
            Zone("example.test", _EXAMPLE, PAIR),
            Zone("own.example.test", "nas 60 A 192.0.2.21", PAIR),
            Zone("drifted.test", "nas 60 A 192.0.2.30", (("ns1.example.test.", ""),)),
            Zone("lame.test", "nas 60 A 192.0.2.31", (("ns1.example.test.", ""),)),
            Zone("signed.test", master=signed.master),
            Zone("bogus.test", master=bogus.master),
        )
        second.start(
            Zone("example.test", transfer_from=first),
            Zone("own.example.test", transfer_from=first),
        )
        validating.start(recursion=True, root=ROOT, anchor=root.anchor)
        plain.start(recursion=True, root=ROOT)
        yield Internet(port=port, first=first, second=second, validating=validating, plain=plain)


def addresses(*values: str) -> frozenset[Address]:
    return frozenset(map(ip_address, values))


def by_whose(exam: DnsExam) -> dict[str, ResolverAnswer]:
    return {answer.whose: answer for answer in exam.resolvers}


# --- the zone


def test_the_same_name_servers_at_parent_and_child(internet: Internet) -> None:
    exam = internet.examine("nas.example.test")
    both = ("ns1.example.test", "ns2.example.test")
    assert exam.name_servers == NameServers(parent=both, child=both)
    assert not exam.name_servers.differ


def test_name_servers_that_differ_between_parent_and_child(internet: Internet) -> None:
    exam = internet.examine("nas.drifted.test")
    assert exam.name_servers == NameServers(
        parent=("ns1.example.test", "ns2.example.test"), child=("ns1.example.test",)
    )
    assert exam.name_servers.differ


def test_a_server_of_both_zones_has_no_parents_copy(internet: Internet) -> None:
    exam = internet.examine("nas.own.example.test")
    assert exam.name_servers.parent is None
    assert exam.name_servers.child == ("ns1.own.example.test", "ns2.own.example.test")
    assert not exam.name_servers.differ


def test_with_given_authorities_the_tree_above_is_left_alone(internet: Internet) -> None:
    before = len(internet.validating.query_log())
    dns = internet.dns(authority=[internet.first.endpoint], system=[])
    exam = asyncio.run(dns.examine("nas.example.test", "A", public=[internet.plain.endpoint]))
    assert exam.name_servers.parent is None
    assert exam.name_servers.child == ("ns1.example.test", "ns2.example.test")
    fresh = {query.name for query in internet.validating.query_log()[before:]}
    assert fresh == {".", "example.test", "nas.example.test"}
    # An internal name is nobody else's business.
    (public,) = [answer for answer in exam.resolvers if answer.whose == "public"]
    assert public.error.startswith("not asked: the settings name this zone's servers")


def test_how_long_a_denial_is_remembered_is_the_soas_word(internet: Internet) -> None:
    assert internet.examine("nas.example.test").negative_ttl == 15
    assert internet.examine("new.example.test").negative_ttl == 15


@pytest.mark.parametrize(
    ("name", "wildcard", "sibling", "from_wildcard"),
    [
        ("nas.example.test", False, None, False),
        ("any.wild.example.test", True, "192.0.2.5", True),
        ("nas.wild.example.test", True, "192.0.2.5", False),
        ("any.away.example.test", True, None, False),
        ("example.test", False, None, False),
    ],
)
def test_a_wildcard_is_found_by_a_name_that_nobody_made(
    internet: Internet, name: str, wildcard: bool, sibling: str | None, from_wildcard: bool
) -> None:
    before = [server.query_log() for server in (internet.validating, internet.plain)]
    exam = internet.examine(name)
    assert exam.wildcard is wildcard
    assert exam.sibling == (None if sibling is None else addresses(sibling))
    assert exam.from_wildcard is from_wildcard
    after = [server.query_log() for server in (internet.validating, internet.plain)]
    for old, new in zip(before, after, strict=True):
        assert LABEL not in "".join(query.name for query in new[len(old) :])


# --- resolvers


def test_every_resolver_is_heard_side_by_side(internet: Internet, tmp_path: Path) -> None:
    ca = PrivateCa.make(tmp_path)

    async def main() -> None:
        async with doh_serving(relayed(internet.validating.endpoint), ca.server()) as doh:
            dead = f"{NOBODY}:{internet.port}"
            exam = await internet.dns(tls=ca.client()).examine(
                "nas.example.test", "A", public=[dead, internet.plain.endpoint], doh=[doh.url]
            )
            told = [(one.resolver, one.whose, one.values, one.error) for one in exam.resolvers]
            live = addresses("192.0.2.1")
            assert told == [
                (internet.plain.endpoint, "system", live, ""),
                (internet.validating.endpoint, "configured", live, ""),
                (dead, "public", None, f"{dead} cannot be reached (Connection refused)"),
                (doh.url, "public", live, ""),
            ]
            assert {query.id for query in doh.queries} == {0}

    asyncio.run(main())


def test_a_resolver_goes_on_with_what_it_remembers(internet: Internet) -> None:
    internet.examine("kept.example.test")
    internet.first.edit("example.test", "kept", "A", "192.0.2.22", ttl=300)
    remembered = by_whose(internet.examine("kept.example.test"))["system"]
    assert remembered.values == addresses("192.0.2.2")
    assert remembered.left_s is not None
    assert 0 < remembered.left_s <= 300


@pytest.mark.parametrize(
    ("name", "rtype", "words"),
    [
        ("unborn.example.test", "A", "denies the record, and a resolver would remember that"),
        ("nas.example.test", "AAAA", "denies the record, and a resolver would remember that"),
        ("alias.example.test", "A", "the name is an alias"),
        ("nas.silent.test", "A", "no name server said that the record exists"),
        ("nas.nowhere", "A", "no name server said that the record exists"),
        ("a..b", "A", "no name server said that the record exists"),
    ],
)
def test_no_resolver_hears_of_a_record_that_is_not_there(
    internet: Internet, name: str, rtype: RType, words: str
) -> None:
    before = [server.query_log() for server in (internet.validating, internet.plain)]
    exam = internet.examine(name, rtype)
    for answer in exam.resolvers:
        assert answer.values is None
        assert answer.error.startswith("not asked: ")
        assert words in answer.error
    assert exam.dnssec == "unknown"
    after = [server.query_log() for server in (internet.validating, internet.plain)]
    for old, new in zip(before, after, strict=True):
        assert (name, rtype) not in {(query.name, query.rtype) for query in new[len(old) :]}


def test_a_record_that_a_lagging_secondary_still_denies_is_no_resolvers_business(
    internet: Internet,
) -> None:
    internet.first.edit("example.test", "young", "A", "192.0.2.40")
    exam = internet.examine("young.example.test")
    assert {answer.error for answer in exam.resolvers} == {
        "not asked: ns2.example.test denies the record, and a resolver would remember that"
    }
    heard = {query.name for query in internet.plain.query_log()}
    assert "young.example.test" not in heard


def test_a_lame_server_beside_a_right_one_keeps_nobody_from_asking(internet: Internet) -> None:
    exam = internet.examine("nas.lame.test")
    assert by_whose(exam)["system"].values == addresses("192.0.2.31")


def test_a_machine_without_resolvers_says_so(
    internet: Internet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discovery.live_dns.resolvers.named_by_system", list)
    exam = asyncio.run(internet.dns(system=None).examine("nas.example.test", "A"))
    assert by_whose(exam)["system"].error.startswith("this machine names no DNS resolver")
    assert by_whose(exam)["configured"].values == addresses("192.0.2.1")


# --- signatures


@pytest.mark.parametrize(
    ("name", "state", "authenticated", "values"),
    [
        ("nas.signed.test", "secure", True, {"192.0.2.11"}),
        ("nas.example.test", "insecure", False, {"192.0.2.1"}),
        ("nas.bogus.test", "bogus", False, None),
    ],
)
def test_what_a_validating_resolver_says_of_signatures(
    internet: Internet, name: str, state: str, authenticated: bool, values: set[str] | None
) -> None:
    exam = internet.examine(name)
    assert exam.dnssec == state
    answer = by_whose(exam)["configured"]
    assert answer.authenticated is authenticated
    assert answer.values == (None if values is None else addresses(*values))
    if state == "bogus":
        assert answer.error == f"{internet.validating.endpoint} answers SERVFAIL"


@pytest.mark.parametrize("name", ["nas.signed.test", "nas.example.test", "nas.bogus.test"])
def test_a_resolver_that_does_not_validate_tells_nothing_of_signatures(
    internet: Internet, name: str
) -> None:
    dns = internet.dns(resolvers=[internet.plain.endpoint])
    exam = asyncio.run(dns.examine(name, "A"))
    assert exam.dnssec == "unknown"
    assert not any(answer.authenticated for answer in exam.resolvers)


# --- mistakes


@pytest.mark.parametrize(
    ("public", "doh", "sentence"),
    [
        (["nine.nine:x"], [], "is not a DNS server"),
        ([], ["http://dns.example.net/"], "is cleartext http"),
        ([], ["dns.example.net"], "the URL of a DoH server is wrong"),
    ],
)
def test_what_is_no_resolver_is_refused_with_a_sentence(
    internet: Internet, public: list[str], doh: list[str], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        asyncio.run(internet.dns().examine("nas.example.test", "A", public=public, doh=doh))


def test_addresses_of_a_name_by_the_resolvers(internet: Internet) -> None:
    dns = internet.dns()
    assert asyncio.run(dns.addresses("nas.example.test", "A")) == ("192.0.2.1",)
    assert asyncio.run(dns.addresses("nas.example.test", "AAAA")) == ()
    assert asyncio.run(dns.addresses("a..b", "A")) == ()
    dead = LiveDns(resolvers=[f"{NOBODY}:{internet.port}"])
    assert asyncio.run(dead.addresses("nas.example.test", "A")) is None
