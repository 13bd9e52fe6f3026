"""What one case of the lab looks like, and who lives at which address in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

# The home.
HOME = "192.168.1.10"
ROUTER = "192.168.1.1"
WAN = "81.2.69.142"
STALE = "81.2.69.141"  # what the record says before
MOVED = "81.2.69.150"  # an address to move to
WAN_GATEWAY = "81.2.69.1"

# Behind a second NAT the home router has one of these, and the outer box has `WAN`.
SHARED_WAN = "100.64.0.5"
SHARED_GATEWAY = "100.64.0.1"
INNER_WAN = "10.0.0.5"
INNER_GATEWAY = "10.0.0.1"
UPLINK = ("62.10.0.1", "62.10.0.2")  # between the Internet provider and the world

# The world. Public-looking, for the agent refuses others; nothing here leaves the namespaces.
ROOT_SERVER = "198.41.0.4"
TLD_SERVER = "192.5.6.30"
RESOLVER = "9.9.9.9"
PRIMARY = "185.49.140.10"
SECONDARY = "194.0.28.10"
POWER = "46.165.10.10"
STUN = ("141.101.90.1", "212.227.67.33")
ECHO = ("23.21.10.1", "34.117.59.81")
LIAR = "45.77.10.10"
STRANGER = "66.240.10.66"  # where a hostile router would like the agent to go
WORLD = (ROOT_SERVER, TLD_SERVER, RESOLVER, PRIMARY, SECONDARY, POWER, *STUN, *ECHO, LIAR, STRANGER)

# Names, served through a real delegation from the root.
ZONE = "example.com"
RECORD = "home.example.com"
POWER_ZONE = "example.net"
POWER_RECORD = "home.example.net"
STUN_NAMES = ("stun.first.test", "stun.second.test")
ECHO_NAMES = ("echo.first.test", "echo.second.test")
LIAR_NAME = "echo.liar.test"

Upstream = Literal["direct", "cgnat", "double_nat"]
Stun = Literal["open", "udp_blocked", "blocked"]
Igd = Literal[
    "miniupnpd",
    "none",
    "fake:plain",  # tells its WAN address as it is, private or not, as many home routers do
    "fake:private",
    "fake:zero",
    "fake:junk",
    "fake:media_server",
    "fake:drip",
    "fake:huge",
    "fake:off_lan",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One arrangement of the home, its router, and the world."""

    igd: Igd = "miniupnpd"
    upnp: bool = True  # of miniupnpd
    natpmp: bool = True  # of miniupnpd; PCP goes with it
    stun: Stun = "open"  # what the router lets out
    http: bool = True
    upstream: Upstream = "direct"
    dns_intercepted: bool = False  # the router answers every DNS query by its own resolver
    primary_up: bool = True
    secondary_up: bool = True
    secondary_lags: bool = False  # no NOTIFY and no transfer reaches it
    updates: bool = True  # False: the primary answers queries but refuses TCP, as a provider down

    @property
    def router_wan(self) -> str:
        """The address at the WAN side of the home router."""
        return {"direct": WAN, "cgnat": SHARED_WAN, "double_nat": INNER_WAN}[self.upstream]

    @property
    def router_gateway(self) -> str:
        """The next hop of the home router."""
        gateways = {"direct": WAN_GATEWAY, "cgnat": SHARED_GATEWAY, "double_nat": INNER_GATEWAY}
        return gateways[self.upstream]
