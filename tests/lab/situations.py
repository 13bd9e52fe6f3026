"""Every situation of a home that an examination must be able to name, and how to arrange it.

    for situation in SITUATIONS:
        lab.arrange(situation.plan, room)
        lab.config(**situation.config)

In all of them the record says what it should, unless DNS is what the situation is about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from tests.lab.places import (
    BOGUS_RECORD,
    ECHO_NAMES,
    LIAR_NAME,
    LIAR_STUN_NAME,
    SIGNED_RECORD,
    STUN_NAMES,
)
from tests.lab.plan import Plan

Topic = Literal["access", "router", "path", "witnesses", "ipv6", "dns", "machine"]
Overlay = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """One situation. `notes` says what is true of it and cannot all be known from inside."""

    name: str
    topic: Topic
    title: str
    plan: Plan
    config: Overlay = field(default_factory=dict)  # laid over the plain home's, by `Lab.config`
    notes: str = ""


_AAAA: Overlay = {"[record]": {"ipv6": True}}
_LYING_STUN: Overlay = {
    "discovery__stun": {"servers": [f"stun:{name}:3478" for name in (LIAR_STUN_NAME, *STUN_NAMES)]}
}
_LYING_ECHO: Overlay = {
    "discovery__http": {"urls": [f"https://{name}/" for name in (LIAR_NAME, *ECHO_NAMES)]}
}


def _one(
    topic: Topic, name: str, title: str, config: Overlay | None = None, notes: str = "", **plan: Any
) -> Situation:
    """A situation whose record is right, unless the plan says otherwise."""
    arranged = Plan(**{"record": "right", **plan})
    return Situation(
        name=name, topic=topic, title=title, plan=arranged, config=config or {}, notes=notes
    )


def _access() -> Iterator[Situation]:
    yield _one(
        "access",
        "direct",
        "This machine itself has the public address",
        behind_router=False,
        igd="none",
        notes="The provider's modem is a bridge. Nothing translates, nothing filters.",
    )
    yield _one("access", "single_nat", "One router with the public address, which speaks")
    yield _one(
        "access",
        "cgnat",
        "The provider shares one address among customers, and the router says 100.64.0.5",
        upstream="cgnat",
        igd="fake:plain",
    )
    yield _one(
        "access",
        "cgnat_unsaid",
        "The provider shares one address among customers, and the router refuses to say its own",
        upstream="cgnat",
        notes="miniupnpd answers with an empty address, and NAT-PMP with result 3. A second "
        "router of the household's own would look the same, but for its address on the path.",
    )
    yield _one(
        "access",
        "cgnat_silent",
        "The provider shares one address among customers, and the router is silent",
        upstream="cgnat",
        igd="none",
        notes="Only the second hop, 100.64.0.1, gives it away.",
    )
    yield _one(
        "access",
        "double_nat",
        "Two routers in a row, and the inner one says 10.0.0.5",
        upstream="double_nat",
        igd="fake:plain",
    )
    yield _one(
        "access",
        "double_nat_unsaid",
        "Two routers in a row, and the inner one refuses to say its address",
        upstream="double_nat",
    )
    yield _one(
        "access",
        "double_nat_silent",
        "Two routers in a row, and the inner one is silent",
        upstream="double_nat",
        igd="none",
        notes="Only the second hop, 10.0.0.1, gives it away.",
    )
    yield _one(
        "access",
        "nat_1to1",
        "The provider maps the public address 1:1 to the router's private one",
        upstream="one_to_one",
        igd="fake:plain",
        notes="Looks like two routers in a row until a stranger's packet comes in.",
    )
    yield _one(
        "access",
        "nat_1to1_forwarded",
        "The provider maps the address 1:1, and the home's router forwards UDP 51820",
        upstream="one_to_one",
        igd="fake:plain",
        forwarded=True,
        notes="A packet from a stranger to that port proves that people can reach this home.",
    )
    yield _one(
        "access",
        "ds_lite",
        "IPv4 is tunnelled to the provider's shared NAT (DS-Lite); IPv6 works",
        _AAAA,
        upstream="ds_lite",
        ipv6="stable",
        notes="The router's WAN is 192.0.0.2, and miniupnpd refuses to say it.",
    )
    yield _one(
        "access",
        "ds_lite_said",
        "IPv4 is tunnelled (DS-Lite), and the router says 192.0.0.2; IPv6 works",
        _AAAA,
        upstream="ds_lite",
        ipv6="stable",
        igd="fake:plain",
    )
    yield _one(
        "access",
        "shared_ports",
        "The address is real but shared: only 240 ports of it are this home's (MAP-E)",
        nat="port_set",
        notes="Every mapped port has 0x34 in the middle. Router and world agree on the address, "
        "and still nobody can reach port 443.",
    )
    yield _one(
        "access",
        "two_lines",
        "Two internet lines that take turns with every new connection",
        two_lines=True,
        notes="The router speaks for the first line, 81.2.69.142; the second is 62.180.3.7.",
    )
    yield _one("access", "wan_down", "The internet line is down; the router knows", wan_up=False)
    yield _one(
        "access",
        "wan_down_0000",
        "The internet line is down, and the router says 0.0.0.0",
        igd="fake:zero",
        wan_up=False,
    )
    yield _one(
        "access",
        "captive_portal",
        "A hotel before the login: names and pages all lead to a login page",
        igd="none",
        portal=True,
    )


def _router() -> Iterator[Situation]:
    yield _one(
        "router",
        "router_silent",
        "One router, whose UPnP and NAT-PMP are off",
        upnp=False,
        natpmp=False,
    )
    yield _one("router", "upnp_off", "One router, whose UPnP is off; NAT-PMP works", upnp=False)
    yield _one("router", "natpmp_off", "One router, whose NAT-PMP is off; UPnP works", natpmp=False)
    yield _one(
        "router",
        "router_stale",
        "The router still tells the address that the line had yesterday",
        igd="fake:stale",
        notes="From inside, two lines of which one is never used would look the same.",
    )
    yield _one(
        "router",
        "foreign_igd",
        "Another device claims to be the router, and the router is silent",
        foreign_igd=True,
        upnp=False,
        natpmp=False,
    )
    yield _one(
        "router",
        "foreign_igd_beside",
        "Another device claims to be the router, and the router speaks too",
        foreign_igd=True,
    )
    yield _one(
        "router",
        "media_server",
        "A media server answers the search for the router",
        igd="fake:media_server",
    )


def _path() -> Iterator[Situation]:
    yield _one("path", "udp_blocked", "UDP does not get out; the router speaks", stun="udp_blocked")
    yield _one(
        "path",
        "udp_blocked_silent",
        "UDP does not get out, and the router is silent",
        stun="udp_blocked",
        igd="none",
    )
    yield _one(
        "path",
        "symmetric",
        "The router takes another port for every destination (symmetric NAT)",
        nat="symmetric",
    )
    yield _one(
        "path",
        "full_cone",
        "The router sends everything that comes in to this machine (DMZ host), and hairpins",
        nat="dmz",
    )
    yield _one(
        "path",
        "forwarded",
        "The router forwards UDP 51820 to this machine",
        forwarded=True,
        notes="Provable with `--port udp/51820`: a stranger's packet arrives.",
    )
    yield _one("path", "alg", "The router rewrites addresses inside packets (ALG)", alg=True)
    yield _one(
        "path",
        "vpn",
        "A VPN has the default route; the router speaks",
        vpn=True,
        notes="Ordinary traffic comes out at 45.83.220.10; the home's own address is another.",
    )
    yield _one(
        "path",
        "vpn_silent",
        "A VPN has the default route, and the router is silent",
        vpn=True,
        igd="none",
    )


def _witnesses() -> Iterator[Situation]:
    yield _one(
        "witnesses",
        "stun_lies",
        "One of three STUN servers names a wrong public address",
        _LYING_STUN,
        stun_lie="wrong",
    )
    yield _one(
        "witnesses",
        "stun_lies_silent",
        "One of three STUN servers names a wrong public address, and the router is silent",
        _LYING_STUN,
        stun_lie="wrong",
        igd="none",
    )
    yield _one(
        "witnesses",
        "stun_private",
        "One of three STUN servers names a private address",
        _LYING_STUN,
        stun_lie="private",
    )
    yield _one(
        "witnesses",
        "echo_lies",
        "One of three web services names a wrong address",
        _LYING_ECHO,
        echo_lie="wrong",
    )
    yield _one(
        "witnesses",
        "echo_login_page",
        "One of three web services answers with a page that is no address",
        _LYING_ECHO,
        echo_lie="login_page",
    )


def _ipv6() -> Iterator[Situation]:
    yield _one("ipv6", "ipv6_none", "No IPv6 in the home, where a record asks for it", _AAAA)
    yield _one(
        "ipv6",
        "ipv6_stable",
        "A stable IPv6 address, and a router that lets no stranger in",
        _AAAA,
        ipv6="stable",
    )
    yield _one(
        "ipv6",
        "ipv6_open",
        "A stable IPv6 address, and a router that lets strangers in",
        _AAAA,
        ipv6="stable",
        ipv6_open=True,
        igd="fake:plain",
        notes="Nobody inside can tell: miniupnpd would say that its firewall is on, this router "
        "says nothing of one.",
    )
    yield _one(
        "ipv6",
        "ipv6_temporary",
        "Only a temporary IPv6 address, which changes every day",
        _AAAA,
        ipv6="temporary",
    )
    yield _one("ipv6", "ipv6_nat66", "IPv6 is translated by the router", _AAAA, ipv6="nat66")


def _dns() -> Iterator[Situation]:
    yield _one("dns", "dns_right", "DNS has the right address")
    yield _one("dns", "dns_stale", "DNS has yesterday's address", record="stale")
    yield _one(
        "dns", "dns_lagging", "One of two name servers still has the old one", secondary_lags=True
    )
    yield _one("dns", "dns_server_down", "One of two name servers is silent", secondary_up=False)
    yield _one(
        "dns",
        "dns_lame",
        "A third name server is named that does not know the zone",
        name_servers="lame",
    )
    yield _one(
        "dns",
        "dns_parent_differs",
        "The zone names another set of name servers than its parent",
        name_servers="parent_differs",
    )
    yield _one("dns", "dns_missing", "The record does not exist", record="missing")
    yield _one("dns", "dns_extra", "The right address and a second one", record="extra")
    yield _one("dns", "dns_cname", "The name is an alias (CNAME)", record="cname")
    yield _one("dns", "dns_wildcard", "No record, but every name is answered", record="wildcard")
    yield _one("dns", "dns_private", "DNS has the address on the LAN", record="private")
    yield _one("dns", "dns_ttl_high", "The right address, to be kept a day", record="ttl_high")
    yield _one("dns", "dns_intercepted", "The router answers all DNS itself", dns_intercepted=True)
    yield _one(
        "dns",
        "dns_secure",
        "The record is signed, and the signature holds",
        {"[record]": {"name": SIGNED_RECORD}},
    )
    yield _one(
        "dns",
        "dns_bogus",
        "The record is signed, and the signature does not hold",
        {"[record]": {"name": BOGUS_RECORD}},
    )


def _machine() -> Iterator[Situation]:
    yield _one(
        "machine",
        "clock_wrong",
        "This machine's clock is an hour slow",
        clock_off=True,
        notes="In the lab it is the web services that are an hour ahead, which looks the same from "
        "inside; the name server, whose clock is right, still takes the signatures.",
    )


SITUATIONS: tuple[Situation, ...] = (
    *_access(),
    *_router(),
    *_path(),
    *_witnesses(),
    *_ipv6(),
    *_dns(),
    *_machine(),
)
