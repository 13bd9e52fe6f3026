"""How soon a new address is noticed: only what was proved here, and can tell of it, counts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from ipaddress import IPv4Address
from typing import NamedTuple

import pytest

from agent.diagnosis.evidence import Evidence, Noticing
from agent.diagnosis.noticing import families, noticing, slowest
from agent.values import Code, Config, Discovery, Verdict
from discovery.observation import Family, Observation, Source, Why
from discovery.router.view import RouterView
from discovery.signals import sentences
from discovery.signals.stun_poll import StunPoll
from discovery.signals.view import EVERY_SIGNAL, Signal, SignalName
from tests.support.evidence import plain_home, record
from tests.support.evidence_parts import AROUND, GATEWAY, IGD, IPV6
from tests.support.rule_table import disputed, out_of_reach, settled, unknown
from tests.support.sightings import OTHER, PMP, PUBLIC, ROUTER, STUN, missed, seen
from tests.support.signals import NAT_PMP, STUN_WORDS, UPNP, tried, without

INNER = missed(ROUTER, Why.NOT_PUBLIC, "100.72.13.9")
OWN_ADDRESS = replace(AROUND, local=IPv4Address(str(PUBLIC)))
SERVERS = ("stun:stun.one.example:3478",)
ROUNDS = 360.0  # the default safety poll, 300 s, and a fifth


def home(
    *router: Observation,
    verdict: Verdict | None = None,
    outside: Collection[Observation] = STUN_WORDS,
    signals: tuple[Signal, ...] | None = None,
    allowed: Collection[SignalName] = EVERY_SIGNAL,
    events: bool = True,
    own: bool = False,
) -> Evidence:
    """A home with such a router, in which every signal was tried."""
    words = {one.source: one for one in router}
    view = RouterView(
        gateway=str(GATEWAY),
        igds=(IGD,),
        upnp=words.get("upnp", missed(ROUTER)),
        natpmp=words.get("natpmp", missed(PMP)),
    )
    found = tried(view, tuple(outside), allowed=allowed, events=events, own=own)
    return plain_home(
        witnesses=(*router, *outside),
        router=view,
        signals=found if signals is None else signals,
        verdicts={Family.V4: verdict or settled()},
    )


def config(
    *,
    allowed: tuple[SignalName, ...] = EVERY_SIGNAL,
    ipv4: tuple[Source, ...] = ("upnp", "natpmp", "stun", "http"),
    servers: tuple[str, ...] = SERVERS,
    own: tuple[str, ...] = (),
    poll: float = 300.0,
) -> Config:
    discovery = Discovery(ipv4=ipv4, signals=allowed, stun_servers=servers, stun_own=own)
    return Config(source="upstun.toml", poll=poll, discovery=discovery)


class Row(NamedTuple):
    title: str
    home: Evidence
    by: SignalName | None
    seconds: float
    latest_s: float
    settings: Config = config()


def beyond(code: Code, *router: Observation) -> Evidence:
    return home(*(router or (INNER,)), verdict=out_of_reach(code))


NO_GENA = without("gena")
NO_POLLS = without("natpmp_poll", "upnp_poll")
DEAF = without("gena", "natpmp_poll", "upnp_poll")

ROWS = [
    Row("events, with NAT-PMP behind them", home(UPNP, NAT_PMP), "gena", 0.035, 5.0),
    Row("events, with UPnP behind them", home(UPNP), "gena", 0.035, 10.0),
    Row(
        "events alone, with STUN behind them",
        home(UPNP, allowed=NO_POLLS),
        *("gena", 0.035, 72.0),
        config(allowed=NO_POLLS),
    ),
    Row("NAT-PMP alone: announcements are not proved", home(NAT_PMP), "natpmp_poll", 1.0, 1.0),
    Row("events that a firewall drops", home(UPNP, events=False), "upnp_poll", 5.0, 5.0),
    Row(
        "events that a firewall drops, and NAT-PMP",
        home(UPNP, NAT_PMP, events=False),
        *("natpmp_poll", 1.0, 1.0),
    ),
    Row(
        "UPnP is not polled where NAT-PMP is",
        home(UPNP, NAT_PMP, allowed=NO_GENA),
        *("natpmp_poll", 1.0, 1.0),
        config(allowed=NO_GENA),
    ),
    Row(
        "events are left out",
        home(UPNP, allowed=NO_GENA),
        *("upnp_poll", 5.0, 5.0),
        config(allowed=NO_GENA),
    ),
    Row(
        "whatever asks the router is left out",
        home(UPNP, allowed=DEAF),
        *("stun_poll", 30.0, 30.0),
        config(allowed=DEAF),
    ),
    Row("a silent router", home(verdict=settled("stun_agrees")), "stun_poll", 30.0, 30.0),
    Row(
        "a silent router, and a STUN server of one's own",
        home(verdict=settled("stun_agrees"), own=True),
        *("stun_poll", 1.2, 1.2),
        config(own=SERVERS),
    ),
    Row(
        "a silent router, and STUN does not answer",
        home(outside=(missed(STUN[0]),), verdict=unknown("no_address")),
        *(None, 72.0, 72.0),  # nothing gets out: it is looked for every minute
    ),
    Row(
        "a silent router, and STUN is not asked",
        home(verdict=settled("http_agrees"), outside=()),
        *(None, ROUNDS, ROUNDS),
        config(ipv4=("upnp", "natpmp", "http")),
    ),
    Row(
        "a silent router, and the STUN poll is left out",
        home(verdict=settled("stun_agrees"), allowed=without("stun_poll")),
        *(None, ROUNDS, ROUNDS),
        config(allowed=without("stun_poll")),
    ),
    Row(
        "no STUN server is configured",
        home(verdict=settled("stun_agrees")),
        *(None, ROUNDS, ROUNDS),
        config(servers=()),
    ),
    Row(
        "rounds come sooner than STUN is asked",
        home(verdict=settled("stun_agrees")),
        *(None, 12.0, 12.0),
        config(poll=10.0),
    ),
    Row("nothing was tried", home(UPNP, NAT_PMP, signals=()), None, ROUNDS, ROUNDS),
    Row(
        "a day between rounds", home(UPNP, signals=()), None, 103680.0, 103680.0, config(poll=86400)
    ),
    Row(
        "only announcements",
        home(UPNP, signals=(sentences.opened("natpmp_announce"),)),
        None,
        360.0,
        360.0,
    ),
    Row(
        "the announcements were heard, which is no proof of the next",
        home(UPNP, signals=(sentences.proved("natpmp_announce"),)),
        *(None, ROUNDS, ROUNDS),
    ),
    Row("CGNAT", beyond("cgnat"), "stun_poll", 72.0, 72.0),
    Row(
        "CGNAT, perhaps",
        beyond("cgnat_likely", missed(ROUTER, Why.NO_ADDRESS)),
        "stun_poll",
        72.0,
        72.0,
    ),
    Row("DS-Lite", beyond("ds_lite"), "stun_poll", 72.0, 72.0),
    Row("two routers", home(INNER, verdict=settled("double_nat")), "stun_poll", 72.0, 72.0),
    Row("1:1", home(INNER, verdict=settled("nat_1to1")), "stun_poll", 72.0, 72.0),
    Row(
        "CGNAT behind a silent router",
        home(verdict=out_of_reach("cgnat_likely")),
        *("stun_poll", 30.0, 30.0),
    ),
    Row(
        "the router names another address, and is not believed",
        home(seen(ROUTER, OTHER), verdict=settled("upstream_nat")),
        *("stun_poll", 72.0, 72.0),
    ),
    Row(
        "two addresses, in dispute",
        home(seen(ROUTER, OTHER), verdict=disputed()),
        *("stun_poll", 72.0, 72.0),
    ),
    Row(
        "the line is down, and the router knows",
        home(missed(ROUTER, Why.DOWN), outside=(), verdict=unknown("wan_down")),
        *("gena", 0.035, 10.0),
    ),
    Row(
        "this machine has the public address",
        replace(home(verdict=settled("direct")), around=OWN_ADDRESS),
        *("netlink", 0.005, 30.0),
    ),
    Row(
        "this machine has the public address, and its system does not tell",
        replace(
            home(verdict=settled("direct"), allowed=without("netlink")),
            around=OWN_ADDRESS,
        ),
        *("stun_poll", 30.0, 30.0),
        config(allowed=without("netlink")),
    ),
]


@pytest.mark.parametrize("row", ROWS, ids=[row.title for row in ROWS])
def test_ipv4(row: Row) -> None:
    found = noticing(row.home, row.settings)[Family.V4]
    assert found.by == row.by
    assert (found.seconds, found.latest_s) == pytest.approx((row.seconds, row.latest_s))


@pytest.mark.parametrize(
    ("changes", "by", "seconds"),
    [
        ({}, "netlink", 0.005),
        ({"allowed": without("netlink")}, None, ROUNDS),
        ({"signals": ()}, None, ROUNDS),
    ],
)
def test_ipv6_is_told_by_this_machine_itself(
    changes: dict[str, object], by: SignalName | None, seconds: float
) -> None:
    found = noticing(home(UPNP, **changes), config())[Family.V6]  # type: ignore[arg-type]  # the test names real arguments
    assert found == Noticing(by=by, seconds=seconds, latest_s=ROUNDS)


def test_ipv6_that_is_translated_on_the_way_is_told_by_nobody() -> None:
    translated = {Family.V6: unknown("v6_nat66_or_vpn", Family.V6)}
    made = replace(home(UPNP), verdicts={Family.V4: settled(), **translated})
    assert noticing(made, config())[Family.V6].by is None


def test_the_pace_of_stun_varies_as_much_as_is_told() -> None:
    poll = StunPoll(lambda _: None, methods=(), every=25.0, vary=lambda: 1.0)
    assert 25.0 * poll.stretch(25.0) == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, (Family.V4,)),
        ({"ipv6": IPV6}, (Family.V4, Family.V6)),
        ({"ipv6": IPV6, "records": (record(),)}, (Family.V4,)),
        ({"records": (record(rtype="AAAA"),)}, (Family.V6,)),
        ({"records": (record(rtype="AAAA"), record())}, (Family.V4, Family.V6)),
    ],
)
def test_the_families_that_matter_are_those_of_the_records(
    changes: dict[str, object], found: tuple[Family, ...]
) -> None:
    assert families(plain_home(**changes)) == found


def test_of_two_families_the_slower_one_counts() -> None:
    quick = Noticing(by="netlink", seconds=0.005, latest_s=ROUNDS)
    slow = Noticing(by="stun_poll", seconds=72.0, latest_s=72.0)
    for four, six in ((quick, slow), (slow, quick)):
        both = plain_home(ipv6=IPV6, noticing={Family.V4: four, Family.V6: six})
        assert slowest(both) == slow


def test_a_home_that_is_offline_is_not_called_slow_for_a_rounding_error() -> None:
    offline = home(outside=(), verdict=unknown("offline"), signals=())
    assert noticing(offline, config())[Family.V4].seconds == 72.0
