"""The four namespaces and their cables: home, router, the Internet provider, and the world."""

from __future__ import annotations

from tests.lab import firewall
from tests.lab.plan import HOME, RESOLVER, ROUTER, UPLINK, WAN, WORLD, Plan
from tests.support.namespaces import Namespace, cable


class Topology:
    """
    home eth0 ── lan router wan ── home isp world ── isp world

    The provider's router is always there. It only routes in a plain home; behind CGNAT, and as
    the outer one of two routers, it is the one that owns the public address.
    """

    def __init__(self) -> None:
        self.home = Namespace("home")
        self.router = Namespace("router")
        self.isp = Namespace("isp")
        self.world = Namespace("world")
        self.outer = WAN
        self._plan = Plan()
        cable(self.home, "eth0", self.router, "lan")
        cable(self.router, "wan", self.isp, "home")
        cable(self.isp, "world", self.world, "isp")
        self._fixed_part()

    def arrange(self, plan: Plan, outer: str = WAN) -> None:
        """Number and route the home's access as planned; `outer` is its public address."""
        self._plan, self.outer = plan, outer
        inner = outer if plan.upstream == "direct" else plan.router_wan
        self._renumber(inner, plan.router_gateway)
        # A second NAT owns the public address; a plain router only knows the way to it.
        self.isp.ip("address", "flush", "dev", "lo", "scope", "global")
        if plan.upstream != "direct":
            self.isp.ip("address", "add", f"{outer}/32", "dev", "lo")
        self.router.run("nft", "-f", "-", text=firewall.home_router(plan))
        self.isp.run("nft", "-f", "-", text=firewall.provider_router(plan, outer))
        self.world.run("nft", "-f", "-", text=firewall.world(plan))
        self.link(up=True)

    def flip(self, address: str) -> None:
        """Give the home another public address, as a reconnection of the line does."""
        self.arrange(self._plan, address)

    def link(self, *, up: bool) -> None:
        """Plug the home's own cable in, or pull it."""
        self.home.ip("link", "set", "eth0", "up" if up else "down")
        if up:
            self.home.ip("route", "replace", "default", "via", ROUTER, "dev", "eth0")

    def close(self) -> None:
        for namespace in (self.home, self.router, self.isp, self.world):
            namespace.close()

    def _fixed_part(self) -> None:
        self.home.ip("address", "add", f"{HOME}/24", "dev", "eth0")
        self.home.resolver(RESOLVER)
        self.router.ip("address", "add", f"{ROUTER}/24", "dev", "lan")
        self.router.run("nft", "-f", "-", text=firewall.MINIUPNPD_CHAINS)
        self.isp.ip("address", "add", f"{UPLINK[0]}/30", "dev", "world")
        self.isp.ip("route", "add", "default", "via", UPLINK[1])
        self.world.ip("address", "add", f"{UPLINK[1]}/30", "dev", "isp")
        for address in WORLD:
            self.world.ip("address", "add", f"{address}/32", "dev", "lo")
        self.world.ip("route", "add", "default", "via", UPLINK[0])

    def _renumber(self, inner: str, gateway: str) -> None:
        """The line is point to point: any address on one end, any gateway on the other."""
        self.isp.ip("address", "flush", "dev", "home")
        self.isp.ip("route", "flush", "dev", "home")
        self.isp.ip("address", "add", f"{gateway}/32", "dev", "home")
        self.isp.ip("route", "replace", f"{inner}/32", "dev", "home")
        self.router.ip("address", "flush", "dev", "wan")
        self.router.ip("address", "add", f"{inner}/32", "dev", "wan")
        self.router.ip("route", "replace", "default", "via", gateway, "dev", "wan", "onlink")
