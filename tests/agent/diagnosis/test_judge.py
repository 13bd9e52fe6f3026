"""From measurements to verdicts: a round's own judgement, then a closer look; records compared."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import pytest

from agent.decide.agreement import State
from agent.diagnosis.evidence import Evidence
from agent.diagnosis.judge import judge
from agent.values import Code, Config, Disputed, OutOfReach, Settled, Verdict
from discovery.ipv6.view import Ipv6View
from discovery.live_dns.exam import Port53, Trial
from discovery.observation import Address, Family, Observation, Seen, Why
from discovery.path.view import (
    Behaviour,
    Hop,
    Mapped,
    Ownership,
    PathView,
    Reach,
    Scatter,
    Trail,
)
from discovery.webrtc.view import IceCandidate, IceView
from providers.cloudflare import CLOUDFLARE
from tests.support.evidence import account, plain_home, record
from tests.support.evidence_parts import AROUND, IPV6, SEEN6, STABLE6
from tests.support.sightings import (
    HTTP,
    LOCAL,
    OTHER,
    PMP,
    PUBLIC,
    ROUTER,
    STUN,
    THIRD,
    missed,
    router_says,
    seen,
)
from tests.support.troubled_homes import judged as home_judged
from tests.support.views import serves

CONFIG = Config(source="upstun.toml")
OUTSIDE = (seen(STUN[0], PUBLIC), seen(STUN[1], PUBLIC))
ELSEWHERE = (seen(STUN[0], OTHER), seen(STUN[1], OTHER))
SAYS, SAYS_NOTHING = seen(ROUTER, PUBLIC), (missed(ROUTER), missed(PMP))
REFUSES = missed(ROUTER, Why.NO_ADDRESS)
TUNNEL = replace(AROUND, default_is_tunnel=True)
IPV6_PLAIN = replace(IPV6, nat64="")
BENT = Port53(trials=(Trial(name="nobody", intercepted=True, detail="Somebody answered."),))


def home(*words: Observation, **changes: Any) -> Evidence:
    return plain_home(witnesses=words, verdicts={}, **changes)


def verdict(made: Evidence, family: Family = Family.V4, **discovery: Any) -> Verdict:
    config = replace(CONFIG, discovery=replace(CONFIG.discovery, **discovery))
    return judge(made, config).verdicts[family]


def path(
    *hops: str,
    owner: Any = None,
    lines: tuple[Any, ...] = (),
    reached: bool = False,
    filtering: Any = "unknown",
) -> PathView:
    """A path with these routers from the second on, and whose the address is."""
    return PathView(
        behaviour=Behaviour(filtering=filtering, translated=True),
        scatter=Scatter(
            mapped=tuple(
                Mapped(local_port=40000, address=one, port=40000, server="stun.one.example")
                for one in lines
            )
        ),
        reaches=(Reach(transport="udp", port=51820, grade="proved", because="It came."),)
        if reached
        else (),
        trail=Trail(
            hops=tuple(Hop(distance=n, address=ip_address(hop)) for n, hop in enumerate(hops, 2))
        ),
        ownership=(Ownership(address=PUBLIC, owner=owner, because=""),) if owner else (),
    )


ROWS: list[tuple[str, Evidence, Code]] = [
    ("router and world agree", home(SAYS, *OUTSIDE), "single_nat"),
    ("the router alone", home(SAYS), "router_only"),
    ("the world alone", home(*SAYS_NOTHING, *OUTSIDE), "stun_agrees"),
    ("one witness alone", home(*SAYS_NOTHING, OUTSIDE[0]), "one_witness"),
    ("nobody", home(*SAYS_NOTHING), "no_address"),
    (
        "nobody, and no way out",
        home(around=replace(AROUND, has_route=False)),
        "offline",
    ),
    (
        "this machine has it",
        home(*OUTSIDE, around=replace(AROUND, local=IPv4Address(str(PUBLIC)))),
        "direct",
    ),
    ("router and world differ", home(SAYS, *ELSEWHERE), "upstream_nat"),
    ("CGNAT", home(router_says("100.64.0.5"), *OUTSIDE), "cgnat"),
    ("the router refuses", home(REFUSES, *OUTSIDE), "cgnat_likely"),
    ("it refuses, before a private hop", home(REFUSES, *OUTSIDE, path=path("10.0.0.1")),
     "double_nat"),
    ("it refuses, before the tunnel's end", home(REFUSES, *OUTSIDE, path=path("192.0.0.1")),
     "ds_lite"),
    ("it is silent, and the address is not its own",
     home(*SAYS_NOTHING, *OUTSIDE, path=path("100.64.0.1", owner="beyond")), "cgnat_likely"),
    ("it is silent, and so is the next one",
     home(*SAYS_NOTHING, *OUTSIDE, path=path(owner="beyond")), "double_nat"),
    ("whose it is could not be told",
     home(*SAYS_NOTHING, *OUTSIDE, path=path("100.64.0.1", owner="unknown")), "stun_agrees"),
    ("two lines", home(SAYS, *OUTSIDE, path=path(lines=(PUBLIC, OTHER))), "multi_wan"),
    ("a VPN", home(SAYS, *OUTSIDE, around=TUNNEL, through_vpn=ELSEWHERE), "vpn_active"),
    ("a VPN that comes out at home",
     home(SAYS, *OUTSIDE, around=TUNNEL, through_vpn=OUTSIDE), "single_nat"),
    ("an inner address, and a stranger came in",
     home(router_says("10.0.0.7"), *OUTSIDE, path=path(reached=True, filtering="apdf")),
     "nat_1to1"),
    ("an inner address, and the NAT lets everybody in",
     home(router_says("10.0.0.7"), *OUTSIDE, path=path(reached=True, filtering="eif")),
     "double_nat"),
    ("CGNAT that lets everybody in",
     home(router_says("100.64.0.5"), *OUTSIDE, path=path(reached=True, filtering="eif")), "cgnat"),
    ("CGNAT, and nobody knows how it filters",
     home(router_says("100.64.0.5"), *OUTSIDE, path=path(reached=True)), "cgnat"),
    ("an inner address, and nobody came in",
     home(router_says("10.0.0.7"), *OUTSIDE, path=path(filtering="apdf")), "double_nat"),
    ("NAT64", home(*SAYS_NOTHING, ipv6=Ipv6View(nat64="64:ff9b::/96", nat64_known=True)), "nat64"),
    ("IPv6 alone gets out",
     home(SEEN6, ipv6=IPV6_PLAIN, around=replace(AROUND, has_route=False)), "no_address"),
    ("a login page", home(*SAYS_NOTHING, missed(HTTP[0], Why.SPOOFED), port53=BENT), "captive"),
    ("somebody else's certificate, and names are right",
     home(*SAYS_NOTHING, missed(HTTP[0], Why.SPOOFED)), "no_address"),
    ("bent names, and no certificate was seen", home(*SAYS_NOTHING, port53=BENT), "no_address"),
    ("bent names, and pages that keep silent", home(*SAYS_NOTHING, missed(HTTP[0]), port53=BENT),
     "no_address"),
    ("somebody else's certificate, and names were tried and are right",
     home(*SAYS_NOTHING, missed(HTTP[0], Why.SPOOFED), port53=Port53()), "no_address"),
    ("a pool of addresses, and the router is behind CGNAT",
     home(router_says("100.64.0.5"), OUTSIDE[0], ELSEWHERE[1], path=path(lines=(PUBLIC, OTHER))),
     "cgnat"),
    ("a pool of addresses, and the router is silent",
     home(*SAYS_NOTHING, OUTSIDE[0], ELSEWHERE[1], path=path(lines=(PUBLIC, OTHER))), "multi_wan"),
    ("bent names, and one web page that is right",
     home(*SAYS_NOTHING, missed(HTTP[0], Why.SPOOFED), seen(HTTP[1], PUBLIC), port53=BENT),
     "one_witness"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "made", "code"), ROWS, ids=[row[0] for row in ROWS])
def test_row(title: str, made: Evidence, code: Code) -> None:
    told = verdict(made)
    assert (told.family, told.code) == (Family.V4, code)


def test_what_the_user_decided_counts() -> None:
    shared = home(router_says("100.64.0.5"), *OUTSIDE)
    assert isinstance(verdict(shared), OutOfReach)
    assert isinstance(verdict(shared, unreachable="publish"), Settled)
    differ = home(SAYS, *ELSEWHERE)
    assert isinstance(verdict(differ), Disputed)
    told = verdict(differ, prefer_outside=True)
    assert isinstance(told, Settled)
    assert told.address == OTHER


def test_who_may_not_be_asked_has_no_voice() -> None:
    """The survey of the router and the second opinions bring words that a round would not hear."""
    made = home(SAYS, *OUTSIDE, seen(HTTP[0], OTHER), seen(HTTP[1], OTHER))
    assert verdict(made, ipv4=("stun",)).code == "stun_agrees"
    assert verdict(made, ipv4=("upnp",)).code == "router_only"


def test_words_of_the_other_family_do_not_count() -> None:
    assert verdict(home(SEEN6, ipv6=IPV6_PLAIN)).code == "no_address"
    assert verdict(home(*OUTSIDE, ipv6=IPV6), Family.V6).code == "v6_unconfirmed"
    assert verdict(home(SEEN6, ipv6=IPV6), Family.V6).code == "v6_direct"


def test_ipv6_that_was_not_looked_at_is_not_absent() -> None:
    assert verdict(home(), Family.V6).code == "v6_absent"
    unseen = Ipv6View(supported=False, note="It was not looked at in time.")
    told = verdict(home(ipv6=unseen), Family.V6)
    assert (told.code, told.because) == ("unsupported", "It was not looked at in time.")


# ---- records -------------------------------------------------------------------------------------


def compared(made: Evidence, config: Config = CONFIG) -> list[State]:
    return [one.agreement.state for one in judge(made, config).records]


def test_each_record_is_compared_with_the_address_of_its_family() -> None:
    four = record(serves(str(PUBLIC)), wanted=None)
    six = record(serves(str(STABLE6)), rtype="AAAA", wanted=None)
    made = home(SAYS, *OUTSIDE, SEEN6, ipv6=IPV6, records=(four, six))
    assert compared(made) == [State.ALL, State.ALL]
    assert compared(replace(made, witnesses=(SAYS, *OUTSIDE))) == [State.ALL, State.NONE]
    assert compared(home(SAYS, *ELSEWHERE, records=(four,))) == [State.NONE]


def test_the_record_of_another_machine_is_compared_with_its_own_address() -> None:
    other = IPv6Address("2a02:8109:9440:1::1234")
    exam = record(serves(str(other)), rtype="AAAA", wanted=None)
    exam = replace(exam, record=replace(exam.record, ipv6="::1234"))
    assert compared(home(SEEN6, ipv6=IPV6, records=(exam,))) == [State.ALL]


def test_the_providers_own_addresses_are_known_by_the_account() -> None:
    exam = record(serves("104.16.1.1"), wanted=None)
    cloudflare = replace(account().account, provider=CLOUDFLARE)
    made = home(SAYS, *OUTSIDE, records=(exam,))
    assert compared(made) == [State.NONE]
    assert compared(made, replace(CONFIG, accounts={"household": cloudflare})) == [State.OPAQUE]


def test_judging_twice_changes_nothing() -> None:
    exam = record(serves(str(OTHER)))
    made = judge(home(SAYS, *OUTSIDE, SEEN6, ipv6=IPV6, records=(exam,)), CONFIG)
    assert judge(made, CONFIG) == made


def test_the_evidence_itself_is_left_as_it_is() -> None:
    made = home(SAYS, *OUTSIDE)
    after = judge(made, CONFIG)
    assert replace(after, verdicts={}, noticing=made.noticing) == made
    assert all(isinstance(one, Seen) for one in after.witnesses)


# ---- what the path explains is no trouble of its own ---------------------------------------------

DIFFERS = "WebRTC applications are seen as another address."
TURNS = Scatter(
    mapped=tuple(
        Mapped(local_port=40000, address=address, port=40000, server="stun.one.example:3478")
        for address in (PUBLIC, OTHER)
    )
)


def ice(*addresses: Address) -> IceView:
    """A gather that found this machine's own address, and these outside."""
    inner = IceCandidate(kind="host", address=LOCAL, port=40000)
    outer = (IceCandidate(kind="srflx", address=one, port=40000) for one in addresses)
    return IceView(candidates=(inner, *outer))


@pytest.mark.parametrize(
    ("view", "known", "told"),
    [
        pytest.param(ice(OTHER), {}, DIFFERS, id="nothing explains it"),
        pytest.param(
            ice(OTHER), {"through_vpn": (seen(STUN[0], OTHER),)}, "", id="the VPN's other end"
        ),
        pytest.param(
            ice(OTHER),
            {"through_vpn": (seen(STUN[0], THIRD),)},
            DIFFERS,
            id="not what the VPN leads to",
        ),
        pytest.param(
            ice(OTHER, THIRD),
            {"through_vpn": (seen(STUN[0], OTHER),)},
            DIFFERS,
            id="the VPN's other end, and one more",
        ),
        pytest.param(
            ice(OTHER), {"path": PathView(scatter=TURNS)}, "", id="the other of two lines"
        ),
        pytest.param(ice(), {}, DIFFERS, id="it saw nothing"),
        pytest.param(None, {}, DIFFERS, id="there is no such stack"),
    ],
)
def test_the_webrtc_stack_may_see_what_is_known_already(
    view: IceView | None, known: dict[str, object], told: str
) -> None:
    assert home_judged(ice=view, ice_differs=DIFFERS, **known).ice_differs == told
