"""The walk to a zone and its servers, in a pretend tree: a dictionary answers every question."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import dns.flags
import dns.message
import dns.name
import dns.rdatatype
import dns.rrset
import pytest

from discovery.live_dns.question import Question
from discovery.live_dns.resolvers import PATIENCE, Resolvers
from discovery.live_dns.server import Server
from discovery.live_dns.transport import NoReplyError, Reply, Slots, Transport
from discovery.live_dns.zone import Zone, ZoneError, Zones
from tests.support.simloop import run_simulated

NAS = "nas.example.test"
SOA = "SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 15"
RESOLVER = Server(name="resolver", address="127.0.0.1")

Tree = Mapping[tuple[str, str], dict[str, str]]


class PretendTransport(Transport):
    """Answers from a dictionary of (server, "name TYPE"); anything else is silence."""

    def __init__(self, tree: Tree) -> None:
        super().__init__(Slots(), PATIENCE)
        self.tree = tree
        self.asked: list[tuple[str, str]] = []

    async def ask(self, server: Server, question: Question) -> Reply:
        key = (server.name, f"{question.name.to_text(omit_final_dot=True)} {question.rtype.name}")
        self.asked.append(key)
        if key not in self.tree:
            raise NoReplyError(f"{server} did not answer")
        told = self.tree[key]
        reply = dns.message.make_response(dns.message.from_wire(question.wire))
        reply.flags |= 0 if "referral" in told or server == RESOLVER else dns.flags.AA
        sections = {
            "answer": reply.answer,
            "soa": reply.authority,
            "referral": reply.authority,
            "glue": reply.additional,
        }
        for where, records in told.items():
            for record in records.splitlines():
                owner, ttl, kind, data = record.split(None, 3)
                rrset = dns.rrset.from_text(f"{owner}.", int(ttl), "IN", kind, data)
                section = sections[where]
                if section and (section[-1].name, section[-1].rdtype) == (rrset.name, rrset.rdtype):
                    section[-1].add(rrset[0], rrset.ttl)
                else:
                    section.append(rrset)
        return Reply(message=reply, tcp=False)


def home(ns_ttl: int = 900) -> dict[tuple[str, str], dict[str, str]]:
    """example.test with one server, which holds every name asked for."""
    return {
        ("resolver", "example.test SOA"): {"answer": f"example.test 60 {SOA}"},
        ("resolver", "example.test NS"): {"answer": f"example.test {ns_ttl} NS ns.example.test."},
        ("resolver", "ns.example.test A"): {"answer": "ns.example.test 60 A 127.0.0.53"},
        ("resolver", "ns.example.test AAAA"): {},
        ("ns.example.test", f"{NAS} SOA"): {"soa": f"example.test 60 {SOA}"},
    }


def zones(transport: PretendTransport) -> Zones:
    return Zones(transport, Resolvers(transport, (RESOLVER,)), port=53)


def find(tree: Tree, name: str = NAS) -> tuple[Zone, list[tuple[str, str]]]:
    transport = PretendTransport(tree)
    return run_simulated(zones(transport).find(dns.name.from_text(name))), transport.asked


def apex(zone: Zone) -> str:
    return zone.apex.to_text(omit_final_dot=True)


def test_the_parent_is_asked_about_and_the_name_only_at_its_authority() -> None:
    zone, asked = find(home())
    assert apex(zone) == "example.test"
    assert [server.endpoint for server in zone.servers] == ["127.0.0.53:53"]
    assert asked == [
        ("resolver", "example.test SOA"),
        ("resolver", "example.test NS"),
        ("resolver", "ns.example.test A"),
        ("resolver", "ns.example.test AAAA"),
        ("ns.example.test", f"{NAS} SOA"),
    ]


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"soa": f"example.test 60 {SOA}"}, id="the zone above, in authority"),
        pytest.param(
            {"answer": f"house.example.test 60 CNAME test.\ntest 60 {SOA}"},
            id="an alias that leaves the zone for an ancestor",
        ),
        pytest.param({"answer": f"test 60 {SOA}"}, id="another owner"),
    ],
)
def test_an_ancestor_that_is_no_zone_is_passed_by(told: dict[str, str]) -> None:
    name = "nas.house.example.test"
    tree = home() | {
        ("resolver", "house.example.test SOA"): told,
        ("resolver", "house.example.test NS"): {},
        ("ns.example.test", f"{name} SOA"): {"soa": f"example.test 60 {SOA}"},
    }
    zone, _ = find(tree, name)
    assert apex(zone) == "example.test"


def test_a_delegated_child_is_found_by_its_glue() -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} SOA"): {
            "referral": f"{NAS} 900 NS ns.{NAS}.",
            "glue": f"ns.{NAS} 60 A 127.0.0.54",
        },
        (f"ns.{NAS}", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
    }
    zone, asked = find(tree)
    assert apex(zone) == NAS
    assert [server.address for server in zone.servers] == ["127.0.0.54"]
    assert not [key for key in asked if key[0] == "resolver" and NAS in key[1]]


def test_a_delegation_without_glue_has_its_servers_looked_up() -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} SOA"): {"referral": f"{NAS} 900 NS ns.other.test."},
        ("resolver", "ns.other.test A"): {"answer": "ns.other.test 60 A 127.0.0.55"},
        ("ns.other.test", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
    }
    zone, _ = find(tree)
    assert (apex(zone), [server.address for server in zone.servers]) == (NAS, ["127.0.0.55"])


def test_a_child_on_the_same_server_has_its_own_name_servers() -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
        ("ns.example.test", f"{NAS} NS"): {
            "answer": f"{NAS} 900 NS ns.example.test.\n{NAS} 900 NS ns.other.test."
        },
        ("resolver", "ns.other.test A"): {"answer": "ns.other.test 60 A 127.0.0.55"},
        ("ns.other.test", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
    }
    zone, _ = find(tree)
    assert apex(zone) == NAS
    assert [server.name for server in zone.servers] == ["ns.example.test", "ns.other.test"]


def test_a_name_that_serves_its_own_zone_is_known_by_glue_alone() -> None:
    tree = home() | {
        ("resolver", "example.test NS"): {
            "answer": f"example.test 900 NS {NAS}.",
            "glue": f"{NAS} 60 A 127.0.0.56",
        },
        (NAS, f"{NAS} SOA"): {"soa": f"example.test 60 {SOA}"},
    }
    zone, asked = find(tree)
    assert [server.address for server in zone.servers] == ["127.0.0.56"]
    assert not [key for key in asked if key[0] == "resolver" and NAS in key[1]]


def test_a_name_that_serves_its_own_zone_is_never_looked_up() -> None:
    transport = PretendTransport(
        home() | {("resolver", "example.test NS"): {"answer": f"example.test 900 NS {NAS}."}}
    )
    with pytest.raises(ZoneError, match="have no known address"):
        run_simulated(zones(transport).find(dns.name.from_text(NAS)))
    assert not [key for key in transport.asked if NAS in key[1]]


def test_two_silent_servers_hide_no_delegation() -> None:
    tree = home() | {
        ("resolver", "example.test NS"): {
            "answer": "example.test 900 NS dead.example.test.\nexample.test 900 NS ns.example.test."
        },
        ("resolver", "dead.example.test A"): {
            "answer": "dead.example.test 60 A 127.0.0.57\ndead.example.test 60 A 127.0.0.58"
        },
        ("ns.example.test", f"{NAS} SOA"): {
            "referral": f"{NAS} 900 NS ns.{NAS}.",
            "glue": f"ns.{NAS} 60 A 127.0.0.54",
        },
    }
    zone, _ = find(tree)
    assert apex(zone) == NAS


def test_delegations_without_end_are_followed_for_a_while_only() -> None:
    labels = [f"l{n}" for n in range(20)]
    name = ".".join([*labels, "example.test"])
    tree = home()
    tree["resolver", "example.test SOA"] = {"answer": f"example.test 60 {SOA}"}
    below = name
    server = "ns.example.test"
    steps = [".".join([*labels[n:], "example.test"]) for n in range(len(labels) - 1, -1, -1)]
    for below in steps:
        tree[server, f"{name} SOA"] = {
            "referral": f"{below} 900 NS ns.{below}.",
            "glue": f"ns.{below} 60 A 127.0.0.54",
        }
        server = f"ns.{below}"
    for ancestor in steps[:-1]:
        tree["resolver", f"{ancestor} SOA"] = {}
        tree["resolver", f"{ancestor} NS"] = {}
    zone, _ = find(tree, name)
    assert apex(zone) == steps[7]


def test_a_zone_with_a_thousand_addresses_is_asked_at_sixty_four() -> None:
    many = "\n".join(f"ns.example.test 60 A 127.0.{n // 250}.{n % 250 + 1}" for n in range(1000))
    zone, _ = find(home() | {("resolver", "ns.example.test A"): {"answer": many}})
    assert len(zone.servers) == 64


@pytest.mark.parametrize(
    ("broken", "sentence"),
    [
        (
            {("resolver", "example.test NS"): {}},
            "the resolver names no name servers for the zone example.test",
        ),
        (
            {("resolver", "ns.example.test A"): {}},
            "the name servers of example.test have no known address (ns.example.test)",
        ),
        (
            {
                ("resolver", "example.test SOA"): {},
                ("resolver", "test SOA"): {},
                ("resolver", "test NS"): {},
            },
            f"no zone was found above {NAS}: the resolvers know none there",
        ),
    ],
)
def test_a_walk_that_ends_nowhere_says_where(
    broken: dict[tuple[str, str], dict[str, str]], sentence: str
) -> None:
    with pytest.raises(ZoneError) as caught:
        find(home() | broken)
    assert str(caught.value) == sentence


def test_a_silent_resolver_is_unknown_and_never_absent() -> None:
    with pytest.raises(NoReplyError, match="the resolver resolver"):
        find({})


@pytest.mark.parametrize(("ttl", "kept"), [(5, 300), (900, 900), (86400, 3600)])
def test_a_delegation_is_kept_as_long_as_its_records_within_bounds(ttl: int, kept: int) -> None:
    async def main() -> None:
        transport = PretendTransport(home(ttl))
        known, name = zones(transport), dns.name.from_text(NAS)
        await known.find(name)
        transport.asked.clear()
        await asyncio.sleep(kept - 1)
        await known.find(name)
        assert transport.asked == []
        await asyncio.sleep(2)
        await known.find(name)
        assert ("resolver", "example.test NS") in transport.asked

    run_simulated(main())


def test_a_zone_with_an_address_unheard_of_is_looked_up_again_soon() -> None:
    tree = home(86400)
    del tree["resolver", "ns.example.test AAAA"]
    zone, _ = find(tree)
    assert [server.address for server in zone.servers] == ["127.0.0.53"]
    assert zone.expires == 300


def test_a_forgotten_zone_is_walked_to_again() -> None:
    async def main() -> None:
        transport = PretendTransport(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        await known.find(name)
        transport.asked.clear()
        known.forget(name)
        await known.find(name)
        assert ("resolver", "example.test NS") in transport.asked

    run_simulated(main())


def test_a_failed_walk_is_not_remembered() -> None:
    async def main() -> None:
        transport = PretendTransport({})
        known, name = zones(transport), dns.name.from_text(NAS)
        with pytest.raises(NoReplyError):
            await known.find(name)
        transport.tree = home()
        assert apex(await known.find(name)) == "example.test"

    run_simulated(main())
