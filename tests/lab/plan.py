"""What one case of the lab looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from tests.lab.places import (
    AFTR,
    B4,
    INNER_GATEWAY,
    INNER_WAN,
    SHARED_GATEWAY,
    SHARED_WAN,
    WAN,
    WAN_GATEWAY,
)

Upstream = Literal[
    "direct",  # routed: the home's own box has the public address
    "cgnat",
    "double_nat",
    "one_to_one",  # the provider maps a public address to the router's private one, both ways
    "ds_lite",
]
Nat = Literal[
    "plain",
    "symmetric",  # a new port for every destination
    "port_set",  # one address shared by many homes, each with its own ports (MAP-E, RFC 7597)
    "dmz",  # whatever comes in goes to the home, and the home reaches itself from outside
]
Stun = Literal["open", "udp_blocked", "blocked"]
StunLie = Literal["silent", "wrong", "private"]
EchoLie = Literal["truth", "wrong", "private", "login_page"]
Ipv6 = Literal["off", "stable", "temporary", "nat66"]
Igd = Literal[
    "miniupnpd",
    "none",
    "fake:plain",  # tells its WAN address as it is, private or not, as many home routers do
    "fake:stale",  # tells the address that the line had before
    "fake:private",
    "fake:zero",
    "fake:junk",
    "fake:media_server",
    "fake:drip",
    "fake:huge",
    "fake:off_lan",
]
RecordState = Literal[
    "stale",
    "right",
    "missing",
    "extra",  # the right address and another one
    "cname",
    "wildcard",  # no such record, but every name in the zone has the right address
    "private",
    "ttl_high",  # right, and remembered for a day
]
NameServers = Literal[
    "agree",
    "lame",  # a third name server is named, which does not know the zone
    "parent_differs",  # a third name server is named in the zone but not by its parent
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One arrangement of the home, its router, and the world."""

    # The router as its household meets it.
    behind_router: bool = True  # False: this machine has the public address; the box only bridges
    igd: Igd = "miniupnpd"
    upnp: bool = True  # of miniupnpd
    natpmp: bool = True  # of miniupnpd; PCP goes with it
    stealth: bool = False  # whatever is sent to the router itself is dropped, and not refused
    foreign_igd: bool = False  # the neighbour device claims to be the router
    portal: bool = False  # a hotel: nothing leaves, and DNS and web lead to a login page

    # What becomes of packets.
    nat: Nat = "plain"
    forwarded: bool = False  # the UDP port `FORWARDED` leads to the home
    alg: bool = False  # the router puts the home's address into STUN's MAPPED-ADDRESS
    stun: Stun = "open"  # what the router lets out
    http: bool = True
    dns_intercepted: bool = False  # the router answers every DNS query by its own resolver

    # The way out.
    upstream: Upstream = "direct"
    two_lines: bool = False  # new connections take turns between two lines
    wan_up: bool = True
    vpn: bool = False  # a tunnel has the default route
    ipv6: Ipv6 = "off"
    ipv6_open: bool = False  # the router lets strangers in over IPv6

    # The world.
    stun_lie: StunLie = "silent"  # of the server `LIAR_STUN_NAME`
    echo_lie: EchoLie = "truth"  # of the service `LIAR_NAME`
    clock_off: bool = False  # all web services are an hour ahead, as if the home's clock were slow
    record: RecordState = "stale"
    name_servers: NameServers = "agree"
    primary_up: bool = True
    secondary_up: bool = True
    secondary_lags: bool = False  # no NOTIFY and no transfer reaches it
    updates: bool = True  # False: the primary answers queries but refuses TCP, as a provider down

    @property
    def router_wan(self) -> str:
        """The address at the WAN side of the home router."""
        return _LINES[self.upstream][0]

    @property
    def router_gateway(self) -> str:
        """The next hop of the home router."""
        return _LINES[self.upstream][1]


_LINES: dict[Upstream, tuple[str, str]] = {
    "direct": (WAN, WAN_GATEWAY),
    "cgnat": (SHARED_WAN, SHARED_GATEWAY),
    "double_nat": (INNER_WAN, INNER_GATEWAY),
    "one_to_one": (INNER_WAN, INNER_GATEWAY),
    "ds_lite": (B4, AFTR),
}
