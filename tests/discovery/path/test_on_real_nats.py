"""The whole probe behind real NATs, asking a real STUN server with two addresses (coturn)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from ipaddress import ip_address

import pytest

from discovery.path.probe import PathProbe
from discovery.path.timing import PathTiming, Tries
from discovery.path.view import Behaviour, Reach
from tests.support.nat_home import (
    HOME,
    MASQUERADE,
    MATE,
    PROVIDER,
    ROUTER,
    STALE,
    STUN,
    STUN_OTHER,
    WAN,
    NatHome,
)

SERVER = f"{STUN}:3478"
AROUND = 'ip saddr 192.168.1.0/24 oifname { "lan", "den" } masquerade'  # NAT loopback needs it
DMZ = (f"ip daddr {WAN} dnat to {HOME}",)
DMZ_FOR_THE_MATE = (f"ip daddr {WAN} dnat to {MATE}",)
SHUT = ('iifname "wan" ct state new drop',)
RANDOM = ('oifname "wan" masquerade random',)
FULLY_RANDOM = ('oifname "wan" masquerade fully-random',)


@pytest.fixture(scope="module")
def place() -> Iterator[NatHome]:
    with NatHome() as nat_home:
        yield nat_home


# Nothing here is further away than a few microseconds; what is waited for is silence.
_QUICK = Tries(sends=(0.0, 0.1, 0.2), wait=0.5)
QUICK = PathTiming(answer=_QUICK, silence=_QUICK, near=_QUICK, connect=0.5, spacing=0.02)


def probe() -> PathProbe:
    return PathProbe([SERVER], timing=QUICK)


# --- mapping and filtering


def test_a_masquerading_router_keeps_ports_and_lets_nobody_in(place: NatHome) -> None:
    place.arrange()
    assert place.run(probe().behaviour()) == Behaviour(
        server=SERVER, mapping="eim", filtering="apdf", translated=True
    )


def test_a_router_that_drops_strangers_silently_looks_the_same(place: NatHome) -> None:
    place.arrange(incoming=SHUT)
    assert place.run(probe().behaviour()) == Behaviour(
        server=SERVER, mapping="eim", filtering="apdf", translated=True
    )


@pytest.mark.parametrize("postrouting", [RANDOM, FULLY_RANDOM], ids=["random", "fully-random"])
def test_a_symmetric_nat_is_named_and_its_filter_not_vouched_for(
    place: NatHome, postrouting: tuple[str, ...]
) -> None:
    place.arrange(postrouting=postrouting)
    seen = place.run(probe().behaviour())
    assert (seen.mapping, seen.filtering, seen.translated) == ("apdm", "apdf", True)
    assert "it cannot be checked that the server sent" in seen.note


def test_the_host_in_the_dmz_is_open_to_everybody(place: NatHome) -> None:
    place.arrange(prerouting=DMZ)
    seen = place.run(probe().behaviour())
    assert (seen.mapping, seen.filtering) == ("eim", "eif")


def test_a_router_that_lets_known_addresses_in_from_any_port_filters_by_address(
    place: NatHome,
) -> None:
    # Netfilter has no such NAT: strangers' addresses are dropped before a full forward instead.
    place.arrange(
        prerouting=(f"ip saddr {STUN_OTHER} ip daddr {WAN} udp sport 3479 return", *DMZ),
        incoming=SHUT,
    )
    seen = place.run(probe().behaviour())
    assert (seen.mapping, seen.filtering, seen.note) == ("eim", "adf", "")


def test_without_a_nat_there_is_none(place: NatHome) -> None:
    place.arrange()

    async def main() -> Behaviour:
        return await probe().behaviour()

    seen = place.direct.call(main())
    assert (seen.translated, seen.mapping, seen.filtering) == (False, "eim", "eif")


# --- reachability


def forwarded(port: int) -> tuple[str, ...]:
    return (f'iifname "wan" udp dport {port} dnat to {HOME}',)


def test_a_forwarded_port_is_proved(place: NatHome) -> None:
    place.arrange(prerouting=forwarded(51820), incoming=SHUT)
    reach = place.run(probe().reach("udp", 51820))
    assert reach.grade == "proved"
    assert reach.because == (
        "A packet arrived at UDP port 51820 from a host that it had never written to."
    )


@pytest.mark.parametrize("incoming", [(), SHUT], ids=["refused", "dropped"])
def test_a_port_that_is_not_forwarded_is_refuted_each_time(
    place: NatHome, incoming: tuple[str, ...]
) -> None:
    """The second time too: the first must not have opened the port towards the stranger."""
    place.arrange(incoming=incoming)
    port = 51900 + len(incoming)
    for _ in range(2):
        reach = place.run(probe().reach("udp", port))
        assert reach.grade == "refuted", reach.because
        assert "did not arrive" in reach.because


def test_the_first_server_of_the_configuration_is_used_from_run_to_run(place: NatHome) -> None:
    """Else the stranger of one run is whom the port wrote to in the run before."""
    place.arrange(incoming=SHUT)
    for _ in range(3):
        seen = place.run(PathProbe([SERVER, f"{STUN_OTHER}:3478"], timing=QUICK).behaviour())
        assert seen.server == SERVER


def test_in_the_dmz_the_proof_holds_while_something_is_sent(place: NatHome) -> None:
    place.arrange(prerouting=DMZ)
    reach = place.run(probe().reach("udp", 51821))
    assert reach.grade == "proved"
    assert "only while a program keeps sending" in reach.because


def test_a_port_that_goes_out_as_another_proves_nothing(place: NatHome) -> None:
    place.arrange(prerouting=forwarded(51822), postrouting=RANDOM)
    reach = place.run(probe().reach("udp", 51822))
    assert reach.grade == "unknown"
    assert "The router sends UDP port 51822 out as port " in reach.because


def test_a_port_in_use_says_what_to_stop(place: NatHome) -> None:
    place.arrange()

    async def main() -> Reach:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
            program.bind(("", 51823))
            return await probe().reach("udp", 51823)

    reach = place.run(main())
    assert reach.grade == "unknown"
    assert reach.because.startswith("A program on this machine uses UDP port 51823")


def test_tcp_is_likely_when_the_router_turns_the_connection_around(place: NatHome) -> None:
    place.arrange(
        prerouting=(f"ip daddr {WAN} tcp dport 8443 dnat to {HOME}",),
        postrouting=(MASQUERADE, AROUND),
    )

    async def main() -> tuple[Reach, Reach]:
        before = await probe().reach("tcp", 8443)
        server = await asyncio.start_server(lambda _, writer: writer.close(), HOME, 8443)
        async with server:
            return before, await probe().reach("tcp", 8443)

    before, after = place.run(main())
    assert before.grade == "unknown"
    assert "No program on this machine" in before.because
    assert after.grade == "likely"
    assert "nothing can be proved from inside" in after.because


def test_tcp_is_unknown_when_the_router_turns_nothing_around(place: NatHome) -> None:
    place.arrange()

    async def main() -> Reach:
        server = await asyncio.start_server(lambda _, writer: writer.close(), HOME, 8444)
        async with server:
            return await probe().reach("tcp", 8444)

    reach = place.run(main())
    assert reach.grade == "unknown"
    assert "says nothing of callers from outside" in reach.because


# --- hairpin and scatter


def test_a_plain_router_turns_no_packet_around(place: NatHome) -> None:
    place.arrange()
    assert place.run(probe().hairpin((8445,))).udp is False


def test_a_router_with_loopback_does(place: NatHome) -> None:
    place.arrange(prerouting=DMZ, postrouting=(MASQUERADE, AROUND))

    async def main() -> tuple[bool | None, tuple[tuple[int, bool], ...]]:
        server = await asyncio.start_server(lambda _, writer: writer.close(), HOME, 8446)
        async with server:
            seen = await probe().hairpin((8446, 8447))
        return seen.udp, seen.tcp

    assert place.run(main()) == (True, ((8446, True), (8447, False)))


def test_who_has_the_public_address_needs_no_hairpin(place: NatHome) -> None:
    seen = place.direct.call(probe().hairpin((80,)))
    assert (seen.udp, seen.tcp) == (None, ())
    assert "itself" in seen.note


def test_eight_fresh_sockets_keep_their_ports(place: NatHome) -> None:
    place.arrange()
    seen = place.run(probe().scatter())
    assert len(seen.mapped) == 8
    assert len({one.local_port for one in seen.mapped}) == 8
    assert seen.addresses == (ip_address(WAN),)
    assert (seen.port_preserved, seen.shared_ports, seen.rewritten) == (True, False, ())


def test_random_ports_are_not_taken_for_a_port_set(place: NatHome) -> None:
    place.arrange(postrouting=FULLY_RANDOM)
    seen = place.run(probe().scatter())
    assert (seen.port_preserved, seen.shared_ports) == (False, False)


def test_a_block_of_ports_is_seen_as_shared(place: NatHome) -> None:
    """As a lightweight 4over6 router draws them from the block that the provider gave it."""
    place.arrange(postrouting=(f'oifname "wan" meta l4proto udp snat to {WAN}:20480-20991 random',))
    seen = place.run(probe().scatter(10))
    assert seen.port_preserved is False
    assert seen.shared_ports is True


def test_two_lines_are_two_addresses(place: NatHome) -> None:
    place.arrange(
        postrouting=(
            f'oifname "wan" meta l4proto udp udp dport 3478 numgen inc mod 2 0 snat to {STALE}',
            MASQUERADE,
        )
    )
    place.router.ip("address", "add", f"{STALE}/24", "dev", "wan")
    seen = place.run(probe().scatter())
    assert set(seen.addresses) == {ip_address(WAN), ip_address(STALE)}


# --- the way out, and whose the address is


def test_the_trail_names_the_first_routers(place: NatHome) -> None:
    place.arrange("double")
    trail = place.run(probe().trail())
    assert trail.supported
    assert [(hop.distance, str(hop.address)) for hop in trail.hops] == [
        (1, ROUTER),
        (2, "10.0.0.1"),
    ]


def test_a_router_that_tells_nothing_leaves_a_gap(place: NatHome) -> None:
    place.arrange(outgoing=('oifname "lan" icmp type time-exceeded drop',))
    trail = place.run(probe().trail())
    assert [(hop.distance, str(hop.address)) for hop in trail.hops] == [(2, PROVIDER)]


def test_a_blocked_way_out_ends_the_trail(place: NatHome) -> None:
    place.arrange(forward=("drop",))
    trail = place.run(probe().trail())
    assert [hop.distance for hop in trail.hops] == [1]


def owner(place: NatHome, address: str = WAN) -> str:
    seen = place.run(probe().ownership(ip_address(address)))
    assert seen.address == ip_address(address)
    assert seen.because.endswith(".")
    return seen.owner


def test_a_single_router_answers_for_its_own_address(place: NatHome) -> None:
    place.arrange()
    assert owner(place) == "router"


@pytest.mark.parametrize("access", ["cgnat", "double"])
def test_an_address_of_the_second_nat_is_beyond(place: NatHome, access: str) -> None:
    place.arrange("cgnat" if access == "cgnat" else "double")
    assert owner(place) == "beyond"


def test_an_address_far_away_is_beyond(place: NatHome) -> None:
    place.arrange()
    assert owner(place, STUN_OTHER) == "beyond"


def test_a_stale_address_of_the_same_street_is_not_the_routers(place: NatHome) -> None:
    place.arrange()
    assert owner(place, STALE) in {"beyond", "unknown"}


@pytest.mark.parametrize("loopback", [True, False])
@pytest.mark.parametrize("rules", [DMZ, DMZ_FOR_THE_MATE], ids=["this machine", "another"])
def test_all_ports_forwarded_and_turned_around_is_still_the_router(
    place: NatHome, rules: tuple[str, ...], loopback: bool
) -> None:
    place.arrange(prerouting=rules, postrouting=(MASQUERADE, AROUND) if loopback else (MASQUERADE,))
    assert owner(place) == "router"


@pytest.mark.parametrize(
    "rule",
    ["drop", "reject with icmp type admin-prohibited", "reject with icmp type host-unreachable"],
)
def test_a_firewall_on_the_router_never_moves_the_address(place: NatHome, rule: str) -> None:
    place.arrange(incoming=(f'iifname "lan" ip daddr {WAN} {rule}',))
    assert owner(place) in {"router", "unknown"}


@pytest.mark.parametrize("rule", ["drop", "reject", "reject with icmp type host-unreachable"])
def test_a_firewall_on_the_way_never_makes_the_address_the_routers(
    place: NatHome, rule: str
) -> None:
    place.arrange("cgnat", forward=(f'iifname "lan" ip daddr {WAN} {rule}',))
    assert owner(place) in {"beyond", "unknown"}


def test_a_login_page_that_answers_for_everybody_owns_nothing(place: NatHome) -> None:
    place.arrange("cgnat", prerouting=('iifname "lan" meta l4proto { tcp, udp } redirect',))
    assert owner(place) == "unknown"


def test_a_silent_router_is_not_known(place: NatHome) -> None:
    place.arrange(outgoing=('oifname "lan" icmp type != echo-reply drop',))
    assert owner(place) == "unknown"


def test_our_own_address_is_this_machines(place: NatHome) -> None:
    place.arrange()
    assert owner(place, HOME) == "machine"


def test_an_ipv6_address_is_not_asked_for(place: NatHome) -> None:
    assert owner(place, "2a02:8071::1") == "unknown"


# --- everything at once, and the link


def test_all_of_it_at_once_through_a_named_link_is_done_in_time(place: NatHome) -> None:
    """By a router that complains as rarely as a router does: once a second after the first six."""
    place.arrange(prerouting=forwarded(51824), incoming=SHUT)
    place.router.run("sysctl", "-qw", "net.ipv4.icmp_ratemask=6168")

    async def main() -> None:
        bound = PathProbe([SERVER], bind=ip_address(HOME), device="eth0")
        behaviour, scatter, hairpin, reach, trail, whose = await asyncio.gather(
            bound.behaviour(),
            bound.scatter(),
            bound.hairpin((8448,)),
            bound.reach("udp", 51824),
            bound.trail(),
            bound.ownership(ip_address(WAN)),
        )
        assert (behaviour.mapping, behaviour.filtering) == ("eim", "apdf")
        assert len(scatter.mapped) == 8
        assert hairpin.udp is False
        assert reach.grade == "proved"
        assert len(trail.hops) == 2
        assert whose.owner == "router"

    try:
        place.run(main())
    finally:
        place.router.run("sysctl", "-qw", "net.ipv4.icmp_ratemask=0")
