"""Looking at live DNS against real BIND: a root, two authorities, a lame server, a resolver.

.             127.0.53.1
test          127.0.53.1
example.test  127.0.53.2 (primary), 127.0.53.3 (secondary, never told of changes)
sub.example.test   127.0.53.4, delegated
own.example.test   127.0.53.2 and .3, a zone of its own on its parent's servers
127.0.53.5    the resolver that knows this root
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address

import pytest

from discovery.live_dns.live import LiveDns
from discovery.live_dns.view import (
    Absent,
    Answer,
    DnsView,
    Lame,
    NoAnswer,
    Opaque,
    Present,
    Resolver,
    RType,
)
from tests.support.doorway import Doorway
from tests.support.named import Named, Zone, shared_port

ROOT, FIRST, SECOND, CHILD, ASKED, NOBODY = (f"127.0.53.{n}" for n in range(1, 7))
PAIR = (("ns1", FIRST), ("ns2", SECOND))

_MANY = "\n".join(f"many 60 A 198.18.0.{n}" for n in range(90))
_CHEAP = "\n".join(f"cheap{n} 60 A 192.0.2.40" for n in range(20))


@dataclass(frozen=True)
class Internet:
    port: int
    first: Named
    second: Named
    child: Named
    resolver: Named

    def dns(self, **options: object) -> LiveDns:
        return LiveDns(resolvers=[self.resolver.endpoint], port=self.port, limit=1.5)

    def look(self, name: str, rtype: RType = "A") -> DnsView:
        return asyncio.run(self.dns().look(name, rtype))


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    folder = tmp_path_factory.mktemp("internet")
    port = shared_port(ROOT, FIRST, SECOND, CHILD, ASKED, NOBODY)

    def named(address: str) -> Named:
        return Named(folder, address=address, port=port)

    root, first, second = named(ROOT), named(FIRST), named(SECOND)
    child, resolver = named(CHILD), named(ASKED)
    with root, first, second, child, resolver:
        root.start(
            Zone(".", "test 3600 NS ns", (("ns", ROOT),)),
            Zone("test", _DELEGATIONS, (("ns", ROOT),)),
        )
        first.start(
            Zone("example.test", f"{_EXAMPLE}{_MANY}\n{_CHEAP}", PAIR),
            Zone("own.example.test", "@ 60 A 192.0.2.20\nnas 60 A 192.0.2.21", PAIR),
            Zone("limping.test", "nas 60 A 192.0.2.30", shared("ns1.example", "ns2.example")),
            Zone("half.test", "nas 60 A 192.0.2.31", shared("ns1.example", "nobody")),
            Zone("mixed.test", "nas 60 A 192.0.2.32", shared("ns1.example", "resolver")),
        )
        second.start(
            Zone("example.test", transfer_from=first),
            Zone("own.example.test", transfer_from=first),
        )
        child.start(
            Zone("sub.example.test", "@ 60 A 192.0.2.10\nnas 60 A 192.0.2.11", (("ns", CHILD),))
        )
        resolver.start(recursion=True, root=ROOT)
        yield Internet(port=port, first=first, second=second, child=child, resolver=resolver)


def shared(*hosts: str) -> tuple[tuple[str, str], ...]:
    """Name servers outside the zone that they serve."""
    return tuple((f"{host}.test.", "") for host in hosts)


_DELEGATIONS = f"""
    example 3600 NS ns1.example
    example 3600 NS ns2.example
    ns1.example 3600 A {FIRST}
    ns2.example 3600 A {SECOND}
    limping 3600 NS ns1.example
    limping 3600 NS ns2.example
    half 3600 NS ns1.example
    half 3600 NS nobody
    nobody 3600 A {NOBODY}
    mixed 3600 NS ns1.example
    mixed 3600 NS resolver
    resolver 3600 A {ASKED}
    nowhere 3600 NS ns.nowhere.example
    www 60 A 192.0.2.80
"""
_EXAMPLE = """
    nas 60 A 192.0.2.1
    pair 300 A 192.0.2.2
    pair 300 A 192.0.2.3
    six 60 AAAA 2001:db8::6
    lag 60 A 192.0.2.4
    alias 60 CNAME www.test.
    climbing 60 CNAME test.
    renamed 60 DNAME other.test.
    *.wild 60 A 192.0.2.5
    deep.empty 60 A 192.0.2.6
    sub 3600 NS ns.sub
    ns.sub 3600 A 127.0.53.4
    own 3600 NS ns1
    own 3600 NS ns2
    _stun._udp 60 SRV 20 0 3478 second.test.
    _stun._udp 60 SRV 10 1 3479 light.test.
    _stun._udp 60 SRV 10 9 3480 heavy.test.
    _none._udp 60 SRV 0 0 0 .
"""


def present(*values: str, ttl: int = 60) -> Present:
    return Present(values=frozenset(map(ip_address, values)), ttl=ttl)


ONE_ANSWER: dict[str, tuple[str, RType, str, Answer]] = {
    "an address": ("nas.example.test", "A", "example.test", present("192.0.2.1")),
    "capitals and a final dot": ("NAS.Example.Test.", "A", "example.test", present("192.0.2.1")),
    "a whole RRset": (
        "pair.example.test",
        "A",
        "example.test",
        present("192.0.2.2", "192.0.2.3", ttl=300),
    ),
    "an IPv6 address": ("six.example.test", "AAAA", "example.test", present("2001:db8::6")),
    "NODATA": (
        "nas.example.test",
        "AAAA",
        "example.test",
        Absent(nxdomain=False, negative_ttl=15),
    ),
    "NXDOMAIN": (
        "new.example.test",
        "A",
        "example.test",
        Absent(nxdomain=True, negative_ttl=15),
    ),
    "NXDOMAIN two labels down": (
        "new.house.example.test",
        "A",
        "example.test",
        Absent(nxdomain=True, negative_ttl=15),
    ),
    "below an empty name": (
        "deep.empty.example.test",
        "A",
        "example.test",
        present("192.0.2.6"),
    ),
    "an alias": (
        "alias.example.test",
        "A",
        "example.test",
        Opaque(kind="cname", target="www.test"),
    ),
    "an alias to the zone above": (
        "climbing.example.test",
        "A",
        "example.test",
        Opaque(kind="cname", target="test"),
    ),
    "below an alias to the zone above": (
        "nas.climbing.example.test",
        "A",
        "example.test",
        Absent(nxdomain=True, negative_ttl=15),
    ),
    "below a renamed tree": (
        "nas.renamed.example.test",
        "A",
        "example.test",
        Opaque(kind="dname", target="other.test"),
    ),
    "a name that a wildcard covers": (
        "any.wild.example.test",
        "A",
        "example.test",
        present("192.0.2.5"),
    ),
    "a wildcard itself": (
        "*.wild.example.test",
        "A",
        "example.test",
        present("192.0.2.5"),
    ),
    "the apex of a zone": (
        "example.test",
        "A",
        "example.test",
        Absent(nxdomain=False, negative_ttl=15),
    ),
    "the apex of a delegated zone": (
        "sub.example.test",
        "A",
        "sub.example.test",
        present("192.0.2.10"),
    ),
    "inside a delegated zone": (
        "nas.sub.example.test",
        "A",
        "sub.example.test",
        present("192.0.2.11"),
    ),
    "the apex of a zone on its parent's servers": (
        "own.example.test",
        "A",
        "own.example.test",
        present("192.0.2.20"),
    ),
    "inside a zone on its parent's servers": (
        "nas.own.example.test",
        "A",
        "own.example.test",
        present("192.0.2.21"),
    ),
}


@pytest.mark.parametrize(
    ("name", "rtype", "zone", "expected"), ONE_ANSWER.values(), ids=ONE_ANSWER.keys()
)
def test_every_server_of_the_right_zone_gives_the_answer(
    internet: Internet, name: str, rtype: RType, zone: str, expected: Answer
) -> None:
    view = internet.look(name, rtype)
    assert (view.name, view.rtype, view.zone) == (name, rtype, zone)
    assert (view.problem, view.intercepted) == ("", "")
    wanted = {CHILD} if zone == "sub.example.test" else {FIRST, SECOND}
    assert {server.endpoint for server in view.servers} == {f"{a}:{internet.port}" for a in wanted}
    assert {server.answer for server in view.servers} == {expected}


@pytest.mark.parametrize("name", ["unborn.example.test", "sub.example.test", "alias.example.test"])
def test_no_resolver_ever_hears_of_the_name_itself(internet: Internet, name: str) -> None:
    before = len(internet.resolver.query_log())
    internet.look(name)
    internet.look(name, "AAAA")
    heard = {query.name.lower() for query in internet.resolver.query_log()[before:]}
    assert "example.test" in heard
    assert not {name, f"{name}."} & heard


def test_the_second_look_asks_the_authorities_alone(internet: Internet) -> None:
    async def main() -> None:
        dns = internet.dns()
        await dns.look("nas.example.test", "A")
        before = len(internet.resolver.query_log())
        authorities = len(internet.first.query_log())
        again, other = await asyncio.gather(
            dns.look("nas.example.test", "A"), dns.look("nas.example.test", "AAAA")
        )
        assert again.servers
        assert other.servers
        assert len(internet.resolver.query_log()) == before
        fresh = internet.first.query_log()[authorities:]
        assert sorted(query.rtype for query in fresh) == ["A", "AAAA"]

    asyncio.run(main())


def test_names_of_one_zone_share_one_walk(internet: Internet) -> None:
    async def main() -> None:
        dns = internet.dns()
        before = len(internet.resolver.query_log())
        await asyncio.gather(*(dns.look(f"n{n}.example.test", "A") for n in range(20)))
        # SOA and NS of the zone, A and AAAA of two servers.
        assert len(internet.resolver.query_log()) - before == 6

    asyncio.run(main())


def test_a_name_costs_each_server_a_question_for_each_look(internet: Internet) -> None:
    """And one server another one, once: this BIND does not add the zone's NS to an answer."""

    def heard() -> list[str]:
        queries = [*internet.first.query_log(), *internet.second.query_log()]
        return [query.rtype for query in queries if query.name.startswith("cheap")]

    async def main() -> None:
        dns = internet.dns()
        before = len(heard())
        for _ in range(2):
            await asyncio.gather(*(dns.look(f"cheap{n}.example.test", "A") for n in range(20)))
        fresh = heard()[before:]
        assert (fresh.count("A"), fresh.count("SOA"), len(fresh)) == (80, 20, 100)
        await dns.aclose()

    asyncio.run(main())


def test_zones_below_are_found_by_a_look_up_that_knows_the_zone_above(internet: Internet) -> None:
    """However well a zone is known, a name in it may be a zone of its own."""

    async def main() -> None:
        dns = internet.dns()
        for name, (asked, rtype, zone, expected) in ONE_ANSWER.items():
            view = await dns.look(asked, rtype)
            assert view.zone == zone, name
            assert {server.answer for server in view.servers} == {expected}, name

    asyncio.run(main())


def test_a_secondary_that_lags_shows_its_own_answer(internet: Internet) -> None:
    internet.first.edit("example.test", "lag", "A", "192.0.2.44")
    servers = {server.server: server.answer for server in internet.look("lag.example.test").servers}
    assert servers == {
        "ns1.example.test": present("192.0.2.44"),
        "ns2.example.test": present("192.0.2.4"),
    }


def test_a_server_without_the_zone_is_lame(internet: Internet) -> None:
    view = internet.look("nas.limping.test")
    answers = {server.server: server.answer for server in view.servers}
    assert answers["ns1.example.test"] == present("192.0.2.30")
    lame = answers["ns2.example.test"]
    assert isinstance(lame, Lame)
    assert lame.detail == (
        f"ns2.example.test ({internet.second.endpoint}) answers REFUSED about nas.limping.test"
    )


def test_a_server_that_is_down_is_no_answer_and_hides_no_other(internet: Internet) -> None:
    view = internet.look("nas.half.test")
    answers = {server.server: server.answer for server in view.servers}
    assert answers["ns1.example.test"] == present("192.0.2.31")
    assert answers["nobody.test"] == NoAnswer(
        detail=f"nobody.test ({NOBODY}:{internet.port}) cannot be reached (Connection refused)"
    )
    assert view.intercepted == ""


def test_a_resolver_beside_an_authority_is_its_own_fault(internet: Internet) -> None:
    view = internet.look("nas.mixed.test")
    answers = {server.server: server.answer for server in view.servers}
    assert answers["ns1.example.test"] == present("192.0.2.32")
    assert isinstance(answers["resolver.test"], Resolver)
    assert view.intercepted == ""


def test_a_resolver_in_the_place_of_every_authority_is_an_interception(
    internet: Internet,
) -> None:
    view = asyncio.run(
        LiveDns(authority=[internet.resolver.endpoint]).look("nas.example.test", "A")
    )
    (only,) = view.servers
    assert isinstance(only.answer, Resolver)
    assert view.intercepted.startswith(
        f"{internet.resolver.endpoint} should answer as an authority"
    )


def test_a_router_that_takes_over_port_53_is_an_interception(internet: Internet) -> None:
    """Every packet to an authority ends at the resolver, as behind a redirecting router."""
    port = shared_port(FIRST, SECOND)
    behind = ("127.0.0.1", internet.resolver.inner_port)
    doors = [Doorway((address, port), behind) for address in (FIRST, SECOND)]
    try:
        dns = LiveDns(resolvers=[internet.resolver.endpoint], port=port)
        view = asyncio.run(dns.look("nas.example.test", "A"))
    finally:
        for door in doors:
            door.close()
    assert view.zone == "example.test"
    assert {type(server.answer) for server in view.servers} == {Resolver}
    assert view.intercepted.startswith(
        f"{FIRST}:{port} and {SECOND}:{port} should answer as an authority"
    )


def test_when_no_server_answers_any_more_the_next_look_walks_anew(internet: Internet) -> None:
    port = shared_port(FIRST, SECOND)
    doors = [
        Doorway((address, port), ("127.0.0.1", server.inner_port))
        for address, server in ((FIRST, internet.first), (SECOND, internet.second))
    ]

    async def main() -> None:
        dns = LiveDns(resolvers=[internet.resolver.endpoint], port=port)
        view = await dns.look("nas.example.test", "A")
        assert {server.answer for server in view.servers} == {present("192.0.2.1")}
        while doors:
            doors.pop().close()
        before = len(internet.resolver.query_log())
        view = await dns.look("nas.example.test", "A")
        assert {type(server.answer) for server in view.servers} == {NoAnswer}
        assert len(internet.resolver.query_log()) == before
        await dns.look("nas.example.test", "A")
        assert len(internet.resolver.query_log()) > before

    try:
        asyncio.run(main())
    finally:
        for door in doors:
            door.close()


def test_ninety_addresses_come_over_tcp(internet: Internet) -> None:
    for server in internet.look("many.example.test").servers:
        assert isinstance(server.answer, Present)
        assert len(server.answer.values) == 90
        assert server.tcp


def test_given_authorities_are_asked_without_any_resolver(internet: Internet) -> None:
    dead = f"{NOBODY}:{internet.port}"
    dns = LiveDns(authority=[internet.first.endpoint], resolvers=[dead])
    for name, zone, expected in (
        ("nas.example.test", "example.test", present("192.0.2.1")),
        ("alias.example.test", "example.test", Opaque(kind="cname", target="www.test")),
        ("own.example.test", "own.example.test", present("192.0.2.20")),
        ("new.example.test", "example.test", Absent(nxdomain=True, negative_ttl=15)),
    ):
        view = asyncio.run(dns.look(name, "A"))
        assert (view.zone, view.problem) == (zone, "")
        (only,) = view.servers
        assert (only.server, only.answer) == ("127.0.53.2", expected)


def test_a_given_authority_that_only_delegates_is_lame(internet: Internet) -> None:
    dns = LiveDns(authority=[internet.first.endpoint])
    view = asyncio.run(dns.look("nas.sub.example.test", "A"))
    assert view.zone == ""
    assert view.servers[0].answer == Lame(
        detail=f"{internet.first.endpoint} refers to the servers of sub.example.test"
    )


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("nas.elsewhere", "the resolvers know no zone above it"),
        ("test", "the resolvers know no zone above it"),
        ("nas.nowhere.test", "the resolver 127.0.53.5"),
    ],
)
def test_a_walk_that_fails_says_why(internet: Internet, name: str, sentence: str) -> None:
    view = internet.look(name)
    assert (view.zone, view.servers) == ("", ())
    assert view.problem.startswith(f"the name servers for {name} were not found: {sentence}")


def test_what_is_no_name_is_a_problem_and_no_exception(internet: Internet) -> None:
    for name in ("a..b", "x" * 64, "\ud800.test", ""):
        view = internet.look(name)
        assert view.servers == ()
        assert view.problem


def test_a_dead_resolver_hides_no_living_one(internet: Internet) -> None:
    dead = f"{NOBODY}:{internet.port}"
    dns = LiveDns(resolvers=[dead, internet.resolver.endpoint], port=internet.port)
    view = asyncio.run(dns.look("nas.example.test", "A"))
    assert {server.answer for server in view.servers} == {present("192.0.2.1")}


def test_without_a_living_resolver_the_problem_names_each(internet: Internet) -> None:
    dead = f"{NOBODY}:{internet.port}"
    view = asyncio.run(LiveDns(resolvers=[dead]).look("nas.example.test", "A"))
    assert view.problem == (
        "the name servers for nas.example.test were not found: "
        f"the resolver {dead} cannot be reached (Connection refused)"
    )


def test_srv_records_come_in_the_order_of_their_priority(internet: Internet) -> None:
    found = asyncio.run(internet.dns().srv("_stun._udp.example.test"))
    assert found == (("heavy.test", 3480), ("light.test", 3479), ("second.test", 3478))


def test_srv_tells_none_from_unknown_and_from_no_such_service(internet: Internet) -> None:
    dead = f"{NOBODY}:{internet.port}"
    assert asyncio.run(internet.dns().srv("_stun._tcp.example.test")) == ()
    assert asyncio.run(internet.dns().srv("_none._udp.example.test")) == (("", 0),)
    assert asyncio.run(internet.dns().srv("_stun._udp.a..b")) == ()
    assert asyncio.run(LiveDns(resolvers=[dead]).srv("_stun._udp.example.test")) is None


def test_a_new_name_is_seen_by_resolvers_as_soon_as_it_is_made(internet: Internet) -> None:
    (before,) = internet.look("fresh.sub.example.test").servers
    assert before.answer == Absent(nxdomain=True, negative_ttl=15)
    internet.child.edit("sub.example.test", "fresh", "A", "192.0.2.99")
    # The resolver was never asked about the name, so it has no denial to remember.
    assert internet.resolver.served("fresh.sub.example.test", "A") == {"192.0.2.99"}
