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
from discovery.live_dns.servers import Zone, ZoneError
from discovery.live_dns.session import hear
from discovery.live_dns.slots import Slots
from discovery.live_dns.transport import NoReplyError, Reply, Transport
from discovery.live_dns.zone import Zones
from tests.support.simloop import run_simulated

NAS = "nas.example.test"
SOA = "SOA ns.example.test. hostmaster.example.test. 1 3600 600 86400 15"
HERE = f"{NAS} 60 A 192.0.2.1"
RESOLVER = Server(name="resolver", address="127.0.0.1")

Tree = Mapping[tuple[str, str], dict[str, str]]


class PretendTransport(Transport):
    """Answers from a dictionary of (server, "name TYPE"); anything else is silence.

    "name *" stands for every type: a server refers to others whatever it is asked.
    """

    def __init__(self, tree: Tree) -> None:
        super().__init__(Slots(), PATIENCE)
        self.tree = tree
        self.asked: list[tuple[str, str]] = []

    async def ask(self, server: Server, question: Question) -> Reply:
        name = question.name.to_text(omit_final_dot=True)
        key = (server.name, f"{name} {question.rtype.name}")
        self.asked.append(key)
        told = self.tree.get(key, self.tree.get((server.name, f"{name} *")))
        if told is None:
            raise NoReplyError(f"{server} did not answer")
        reply = dns.message.make_response(dns.message.from_wire(question.wire))
        reply.flags |= 0 if "referral" in told or server == RESOLVER else dns.flags.AA
        sections = {
            "answer": reply.answer,
            "soa": reply.authority,
            "referral": reply.authority,
            "ns": reply.authority,
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
        ("ns.example.test", f"{NAS} *"): {"soa": f"example.test 60 {SOA}"},
    }


def zones(transport: PretendTransport) -> Zones:
    return Zones(transport, Resolvers(transport, (RESOLVER,)), port=53)


def find(tree: Tree, name: str = NAS) -> tuple[Zone, list[tuple[str, str]]]:
    transport = PretendTransport(tree)
    return run_simulated(look(zones(transport), transport, name)), transport.asked


async def look(known: Zones, transport: PretendTransport, name: str = NAS) -> Zone:
    """The zone that a look at the name's address ends in."""
    zone, _ = await hear(known, transport, dns.name.from_text(name), "A")
    return zone


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
        ("ns.example.test", f"{NAS} A"),
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
        ("ns.example.test", f"{name} A"): {"soa": f"example.test 60 {SOA}"},
    }
    zone, _ = find(tree, name)
    assert apex(zone) == "example.test"


def test_a_delegated_child_is_found_by_its_glue() -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} *"): {
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
        ("ns.example.test", f"{NAS} *"): {"referral": f"{NAS} 900 NS ns.other.test."},
        ("resolver", "ns.other.test A"): {"answer": "ns.other.test 60 A 127.0.0.55"},
        ("ns.other.test", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
    }
    zone, _ = find(tree)
    assert (apex(zone), [server.address for server in zone.servers]) == (NAS, ["127.0.0.55"])


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"answer": HERE}, id="an answer that does not say where it is from"),
        pytest.param({"answer": HERE, "ns": f"{NAS} 60 NS ns.other.test."}, id="one that does"),
        pytest.param({"soa": f"{NAS} 60 {SOA}"}, id="a denial"),
    ],
)
def test_a_child_on_the_same_server_has_its_own_name_servers(told: dict[str, str]) -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} A"): told,
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
        ("ns.example.test", f"{NAS} *"): {
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
        tree[server, f"{name} *"] = {
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
            "the resolvers know no zone above it",
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


def test_a_name_beside_a_denial_costs_one_question() -> None:
    _, asked = find(home())
    assert [key for key in asked if key[0] != "resolver"] == [("ns.example.test", f"{NAS} A")]


def test_an_answer_with_the_zones_name_servers_needs_no_other_question() -> None:
    told = {"answer": HERE, "ns": "example.test 60 NS ns.example.test."}
    zone, asked = find(home() | {("ns.example.test", f"{NAS} A"): told})
    assert apex(zone) == "example.test"
    assert ("ns.example.test", f"{NAS} SOA") not in asked


def test_a_sparing_answer_costs_one_question_more_and_only_once() -> None:
    tree = home() | {
        ("ns.example.test", f"{NAS} A"): {"answer": HERE},
        ("ns.example.test", f"{NAS} SOA"): {"soa": f"example.test 60 {SOA}"},
    }

    async def main() -> None:
        transport = PretendTransport(tree)
        known = zones(transport)
        await look(known, transport)
        assert transport.asked[-2:] == [
            ("ns.example.test", f"{NAS} A"),
            ("ns.example.test", f"{NAS} SOA"),
        ]
        transport.asked.clear()
        await look(known, transport)
        assert transport.asked == [("ns.example.test", f"{NAS} A")]

    run_simulated(main())


def test_where_no_server_tells_of_which_zone_a_name_is_the_next_look_asks_again() -> None:
    tree = home() | {("ns.example.test", f"{NAS} A"): {"answer": HERE}}
    del tree["ns.example.test", f"{NAS} *"]

    async def main() -> None:
        transport = PretendTransport(tree)
        known = zones(transport)
        for _ in range(2):
            transport.asked.clear()
            assert apex(await look(known, transport)) == "example.test"
            assert ("ns.example.test", f"{NAS} SOA") in transport.asked

    run_simulated(main())


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"answer": f"{NAS} 60 CNAME www.test."}, id="an alias"),
        pytest.param({"referral": "test 900 NS ns.test."}, id="a referral upwards"),
    ],
)
def test_what_cannot_tell_the_zone_is_not_asked_for_it(told: dict[str, str]) -> None:
    zone, asked = find(home() | {("ns.example.test", f"{NAS} A"): told})
    assert apex(zone) == "example.test"
    assert ("ns.example.test", f"{NAS} SOA") not in asked


def test_parents_in_one_zone_share_its_walk_and_zones_their_servers_addresses() -> None:
    """Twenty names in each of two zones: the resolver hears of each parent, zone and host once."""
    tree = home() | {
        ("resolver", "other.test SOA"): {"answer": f"other.test 60 {SOA}"},
        ("resolver", "other.test NS"): {"answer": "other.test 900 NS ns.example.test."},
    }
    for name in ("a.house.example.test", "b.house.example.test", "c.example.test", "d.other.test"):
        ours = name.partition(".")[2].removeprefix("house.")
        tree["ns.example.test", f"{name} A"] = {"soa": f"{ours} 60 {SOA}"}
    tree["resolver", "house.example.test SOA"] = {}
    tree["resolver", "house.example.test NS"] = {}

    async def main() -> None:
        transport = PretendTransport(tree)
        known = zones(transport)
        names = [name.partition(" ")[0] for server, name in tree if server == "ns.example.test"]
        await asyncio.gather(*(look(known, transport, name) for name in names[1:] * 5))
        heard = [name for server, name in transport.asked if server == "resolver"]
        assert sorted(heard) == sorted(
            [
                *("house.example.test SOA", "house.example.test NS"),
                *("example.test SOA", "example.test NS", "other.test SOA", "other.test NS"),
                *("ns.example.test A", "ns.example.test AAAA"),
            ]
        )

    run_simulated(main())


def delegated() -> dict[tuple[str, str], dict[str, str]]:
    """A zone of its own at the name, which the resolver is never asked about."""
    return home() | {
        ("ns.example.test", f"{NAS} *"): {
            "referral": f"{NAS} 900 NS ns.{NAS}.",
            "glue": f"ns.{NAS} 60 A 127.0.0.54",
        },
        (f"ns.{NAS}", f"{NAS} A"): {
            "answer": HERE,
            "ns": f"{NAS} 60 NS ns.{NAS}.",
        },
        (f"ns.{NAS}", f"{NAS} SOA"): {"answer": f"{NAS} 60 {SOA}"},
    }


def test_a_delegated_child_that_is_found_again_is_asked_at_once() -> None:
    async def main() -> None:
        transport = PretendTransport(delegated())
        known = zones(transport)
        await look(known, transport)
        transport.asked.clear()
        assert apex(await look(known, transport)) == NAS
        assert transport.asked == [(f"ns.{NAS}", f"{NAS} A")]

    run_simulated(main())


def test_the_delegation_of_a_child_is_renewed_behind_the_look_as_well() -> None:
    async def main() -> None:
        transport = PretendTransport(delegated())
        known = zones(transport)
        await look(known, transport)
        await asyncio.sleep(500)
        transport.tree = delegated() | {
            ("ns.example.test", f"{NAS} *"): {
                "referral": f"{NAS} 900 NS ns.{NAS}.",
                "glue": f"ns.{NAS} 60 A 127.0.0.99",
            },
        }
        zone = await look(known, transport)
        assert [server.address for server in zone.servers] == ["127.0.0.54"]
        await asyncio.sleep(1)
        transport.asked.clear()
        zone = await look(known, transport)
        assert [server.address for server in zone.servers] == ["127.0.0.99"]
        assert transport.asked == [(f"ns.{NAS}", f"{NAS} A")]

    run_simulated(main())


def test_a_forgotten_child_is_looked_for_from_the_zone_above() -> None:
    async def main() -> None:
        transport = PretendTransport(delegated())
        known, name = zones(transport), dns.name.from_text(NAS)
        child = await look(known, transport)
        assert await known.find(name) is child
        known.forget(name, child)
        transport.asked.clear()
        assert apex(await known.find(name)) == "example.test"
        assert ("resolver", "example.test NS") in transport.asked

    run_simulated(main())


def test_the_zone_of_a_name_is_asked_of_a_server_that_answers() -> None:
    tree = home() | {
        ("resolver", "example.test NS"): {
            "answer": "example.test 900 NS dead.example.test.\nexample.test 900 NS ns.example.test."
        },
        ("resolver", "dead.example.test A"): {"answer": "dead.example.test 60 A 127.0.0.57"},
        ("resolver", "dead.example.test AAAA"): {},
        ("ns.example.test", f"{NAS} A"): {"answer": HERE},
    }
    _, asked = find(tree)
    assert [server for server, name in asked if name == f"{NAS} SOA"] == ["ns.example.test"]


def test_a_fault_of_our_own_in_a_renewal_is_raised_by_the_next_look() -> None:
    class Faulty(PretendTransport):
        faulty = False

        async def ask(self, server: Server, question: Question) -> Reply:
            if self.faulty:
                raise LookupError("of our own")
            return await super().ask(server, question)

    async def main() -> None:
        transport = Faulty(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        await known.find(name)
        await asyncio.sleep(500)
        transport.faulty = True
        await known.find(name)
        await asyncio.sleep(1)
        with pytest.raises(LookupError, match="of our own"):
            await known.find(name)
        await known.find(name)

    run_simulated(main())


def test_many_names_behind_a_walk_that_fails_fail_with_it() -> None:
    """A dead resolver costs its time once, not once a name."""

    class Slow(PretendTransport):
        async def ask(self, server: Server, question: Question) -> Reply:
            await asyncio.sleep(3)
            return await super().ask(server, question)

    async def main() -> None:
        transport = Slow({})
        known = zones(transport)
        names = [dns.name.from_text(f"n{n}.example.test") for n in range(50)]
        found = await asyncio.gather(*map(known.find, names), return_exceptions=True)
        assert {type(one) for one in found} == {NoReplyError}
        assert asyncio.get_running_loop().time() == 3

    run_simulated(main())


@pytest.mark.parametrize(("ttl", "kept"), [(5, 900), (1000, 1000), (86400, 3600)])
def test_a_delegation_is_kept_as_long_as_its_records_within_bounds(ttl: int, kept: int) -> None:
    async def main() -> None:
        transport = PretendTransport(home(ttl))
        known = zones(transport)
        await look(known, transport)
        transport.asked.clear()
        await asyncio.sleep(kept / 2 - 1)
        await look(known, transport)
        await asyncio.sleep(0)
        assert [key for key in transport.asked if key[0] == "resolver"] == []
        transport.asked.clear()
        await asyncio.sleep(kept / 2 + 2)
        await look(known, transport)
        assert transport.asked[0][0] == "resolver"

    run_simulated(main())


def test_a_delegation_in_its_second_half_is_used_and_renewed_behind_the_look() -> None:
    async def main() -> None:
        transport = PretendTransport(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        before = await look(known, transport)
        await asyncio.sleep(500)
        transport.asked.clear()
        transport.tree = home() | {
            ("resolver", "ns.example.test A"): {"answer": "ns.example.test 60 A 127.0.0.99"}
        }
        assert await known.find(name) is before
        assert transport.asked == []
        await asyncio.sleep(1)
        assert ("resolver", "example.test NS") in transport.asked
        after = await known.find(name)
        assert [server.address for server in after.servers] == ["127.0.0.99"]
        transport.asked.clear()
        await asyncio.sleep(300)
        await look(known, transport)
        await asyncio.sleep(1)
        assert [key for key in transport.asked if key[0] == "resolver"] == []

    run_simulated(main())


def test_looked_at_every_six_minutes_a_name_never_waits_for_a_resolver() -> None:
    """Six minutes are the longest that may lie between two safety polls."""

    class SlowResolver(PretendTransport):
        async def ask(self, server: Server, question: Question) -> Reply:
            await asyncio.sleep(2 if server == RESOLVER else 0)
            return await super().ask(server, question)

    async def main() -> None:
        transport = SlowResolver(home(1))
        known = zones(transport)
        await look(known, transport)
        clock = asyncio.get_running_loop()
        for _ in range(50):
            await asyncio.sleep(360)
            before = clock.time()
            await look(known, transport)
            assert clock.time() == before
        assert transport.asked.count(("resolver", "example.test NS")) > 20
        await known.aclose()

    run_simulated(main())


def test_a_renewal_that_fails_changes_nothing_and_is_tried_again_later() -> None:
    async def main() -> None:
        transport = PretendTransport(home())
        known = zones(transport)
        before = await look(known, transport)
        await asyncio.sleep(500)
        transport.tree = {key: value for key, value in home().items() if key[0] != "resolver"}
        for _ in range(5):  # as quickly as a change is verified
            assert await look(known, transport) is before
            await asyncio.sleep(0.1)
        assert transport.asked.count(("resolver", "example.test NS")) == 2
        transport.tree = home()
        await asyncio.sleep(31)
        await look(known, transport)
        await asyncio.sleep(1)
        assert await look(known, transport) is not before

    run_simulated(main())


def test_in_the_second_half_of_an_hour_the_place_of_a_name_is_made_sure_of_again() -> None:
    """Of a name that turned into a zone of its own, on the same servers, as other servers know."""
    tree = home(86400) | {
        ("ns.example.test", f"{NAS} A"): {"answer": HERE},
        ("ns.example.test", f"{NAS} SOA"): {"soa": f"example.test 60 {SOA}"},
        ("ns.example.test", f"{NAS} NS"): {"answer": f"{NAS} 900 NS ns.other.test."},
        ("resolver", "ns.other.test A"): {"answer": "ns.other.test 60 A 127.0.0.55"},
        ("resolver", "ns.other.test AAAA"): {},
    }

    async def main() -> None:
        transport = PretendTransport(tree)
        known = zones(transport)
        await look(known, transport)
        tree["ns.example.test", f"{NAS} SOA"] = {"answer": f"{NAS} 60 {SOA}"}
        await asyncio.sleep(1000)
        assert apex(await look(known, transport)) == "example.test"
        await asyncio.sleep(1000)
        assert apex(await look(known, transport)) == "example.test"
        await asyncio.sleep(1)
        transport.asked.clear()
        assert apex(await look(known, transport)) == NAS
        assert transport.asked == [("ns.other.test", f"{NAS} A")]

    run_simulated(main())


def test_closing_ends_a_renewal_under_way() -> None:
    class Hanging(PretendTransport):
        hangs = False

        async def ask(self, server: Server, question: Question) -> Reply:
            if self.hangs:
                await asyncio.sleep(1e6)
            return await super().ask(server, question)

    async def main() -> None:
        transport = Hanging(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        await known.find(name)
        await asyncio.sleep(500)
        transport.hangs = True
        await known.find(name)
        await asyncio.sleep(1)
        assert len(asyncio.all_tasks()) > 1
        before = asyncio.get_running_loop().time()
        await known.aclose()
        assert asyncio.get_running_loop().time() == before
        assert asyncio.all_tasks() == {asyncio.current_task()}

    run_simulated(main())


def test_a_zone_with_an_address_unheard_of_is_renewed_soon() -> None:
    tree = home(86400)
    del tree["resolver", "ns.example.test AAAA"]

    async def main() -> None:
        transport = PretendTransport(tree)
        known = zones(transport)
        zone = await look(known, transport)
        assert [server.address for server in zone.servers] == ["127.0.0.53"]
        tree["resolver", "ns.example.test AAAA"] = {"answer": "ns.example.test 60 AAAA ::53"}
        await asyncio.sleep(301)
        await look(known, transport)
        await asyncio.sleep(1)
        zone = await look(known, transport)
        assert [server.address for server in zone.servers] == ["127.0.0.53", "::53"]

    run_simulated(main())


def test_a_forgotten_zone_is_walked_to_again() -> None:
    async def main() -> None:
        transport = PretendTransport(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        zone = await look(known, transport)
        transport.asked.clear()
        known.forget(name, zone)
        await known.find(name)
        assert {"example.test NS", "ns.example.test A"} <= {name for _, name in transport.asked}

    run_simulated(main())


def test_one_that_a_sibling_found_anew_meanwhile_is_not_forgotten() -> None:
    async def main() -> None:
        transport = PretendTransport(home())
        known, name = zones(transport), dns.name.from_text(NAS)
        old = await known.find(name)
        known.forget(name, old)
        new = await known.find(name)
        known.forget(name, old)
        assert await known.find(name) is new

    run_simulated(main())


def test_a_failed_walk_is_not_remembered() -> None:
    async def main() -> None:
        transport = PretendTransport({})
        known = zones(transport)
        with pytest.raises(NoReplyError):
            await look(known, transport)
        transport.tree = home()
        assert apex(await look(known, transport)) == "example.test"

    run_simulated(main())
