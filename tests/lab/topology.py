"""The namespaces and their cables: the home with its router, the provider, the world, a VPN."""

from __future__ import annotations

from tests.lab import firewall, lines
from tests.lab.places import (
    CUSTOMERS,
    HOME_MAC,
    NEIGHBOUR,
    RESOLVER,
    ROUTER,
    UPLINK,
    VPN_EXIT,
    VPN_UPLINK,
    WAN,
    WORLD,
)
from tests.lab.plan import Plan
from tests.support.namespaces import Namespace, cable


class Topology:
    """
    home eth0 ──────┐       ┌ wan ── home ┐
                    lan router            isp world ── isp world vpn ── world vpn
    neighbour eth0 ─┘       └ wan2 ─ home2┘

    The provider's router is always there. It only routes in a plain home; behind CGNAT, and as
    the outer one of two routers, it is the one that owns the public address.
    """

    def __init__(self) -> None:
        self.home = Namespace("home")
        self.neighbour = Namespace("neighbour")
        self.router = Namespace("router")
        self.isp = Namespace("isp")
        self.world = Namespace("world")
        self.vpn = Namespace("vpn")
        self.outer = WAN
        self._plan = Plan()
        self._home_is: tuple[str, ...] = ()
        cable(self.home, "eth0", self.router, "port1")
        cable(self.neighbour, "eth0", self.router, "port2")
        cable(self.router, "wan", self.isp, "home")
        cable(self.router, "wan2", self.isp, "home2")
        cable(self.isp, "world", self.world, "isp")
        cable(self.world, "vpn", self.vpn, "world")
        for box in (self.router, self.isp):
            # Linux complains six times to one host, then once a second. Cases follow each other
            # faster than anybody examines a home, and would use up each other's complaints.
            box.run("sysctl", "-qw", "net.ipv4.icmp_ratelimit=0")
        self._fixed_part()

    def arrange(self, plan: Plan, outer: str = WAN) -> None:
        """Number and route the home's access as planned; `outer` is its public address."""
        self._plan, self.outer = plan, outer
        self.isp.batch(*lines.provider(plan, outer))
        self.router.batch(*lines.router(plan, outer))
        self.isp.run("nft", "-f", "-", text=firewall.provider_router(plan, outer))
        self.router.run("nft", "-f", "-", text=firewall.home_router(plan, outer))
        self.world.run("nft", "-f", "-", text=firewall.world(plan))
        self.link(up=True)

    def flip(self, address: str) -> None:
        """Give the home another public address, as a reconnection of the line does."""
        self.arrange(self._plan, address)

    def moved(self, plan: Plan, outer: str) -> None:
        """Note that the home's line is so already."""
        self._plan, self.outer = plan, outer
        if self._home_is:  # a pulled cable stays pulled
            self._home_is = lines.home(plan, outer)

    def link(self, *, up: bool) -> None:
        """Plug the home's own cable in, or pull it."""
        self.home.batch(f"link set eth0 {'up' if up else 'down'}")
        wanted = lines.home(self._plan, self.outer) if up else ()
        if wanted != self._home_is:  # an agent must see no change where there is none
            self.home.batch(*wanted)
        self._home_is = wanted

    def close(self) -> None:
        everything = (self.home, self.neighbour, self.router, self.isp, self.world, self.vpn)
        for namespace in everything:
            namespace.close()

    def _fixed_part(self) -> None:
        self.home.batch(f"link set eth0 address {HOME_MAC}")
        self.home.resolver(RESOLVER)
        self.neighbour.batch(
            f"address add {NEIGHBOUR}/24 dev eth0", f"route add default via {ROUTER}"
        )
        self.router.batch(
            "link add name lan type bridge mcast_snooping 0",
            "link set port1 master lan",
            "link set port2 master lan",
            "link set lan up",
            f"rule add fwmark {lines.SECOND_LINE} lookup {lines.SECOND_LINE}",
        )
        # Where Docker is, the router's rules would bend what the bridge carries, too.
        for family in ("iptables", "ip6tables"):
            self.router.run("sysctl", "-eqw", f"net.bridge.bridge-nf-call-{family}=0")
        self.router.run("nft", "-f", "-", text=firewall.MINIUPNPD_CHAINS)
        self.isp.batch(
            f"address add {UPLINK[0]}/30 dev world", f"route add default via {UPLINK[1]}"
        )
        self.world.batch(
            f"address add {UPLINK[1]}/30 dev isp",
            *(f"address add {address}/32 dev lo" for address in WORLD),
            f"address add {VPN_UPLINK}/32 dev vpn",
            f"route add {VPN_EXIT}/32 dev vpn",
            *(f"route add {net} via {UPLINK[0]}" for net in CUSTOMERS),
            # What nobody has ends here, and does not go round between world and provider.
            "route add blackhole default",
        )
        self.vpn.batch(
            f"address add {VPN_EXIT}/32 dev world",
            f"route add default via {VPN_UPLINK} dev world onlink",
        )
        self.vpn.run("nft", "-f", "-", text=firewall.VPN_SERVER)
