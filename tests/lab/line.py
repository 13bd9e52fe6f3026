"""The home's line as it reconnects: what owns the public address gets another, or none for a while.

Nothing else is touched meanwhile, and no program is started unless a box has the address in its
rules: the agent's answer is what is timed.
"""

from __future__ import annotations

import time

from tests.lab import firewall
from tests.lab.kernel import Kernel
from tests.lab.places import WAN_GATEWAY
from tests.lab.plan import Plan
from tests.lab.topology import Topology


class Line:
    """The last hop: the home's box on this side, or this machine itself; the provider beyond."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._router, self._home = Kernel(topology.router), Kernel(topology.home)
        self._isp = Kernel(topology.isp)

    def flip(self, plan: Plan, address: str) -> float:
        """Take the old address away and set the new one, in well under a millisecond.

        Gives the moment (monotonic) just before the kernel was handed the new one. Behind a second
        NAT the provider's box has it, and the home's router notices nothing.
        """
        old = self._topology.outer
        if _is_direct(plan):
            self._isp.host_route("home", address)
            self._lose(plan, old)
            moment = self._take(plan, address)
        else:
            self._isp.remove_address("lo", old, 32)
            moment = time.monotonic()
            self._isp.add_address("lo", address, 32)
        self._rewrite(plan, old, address)
        self._topology.moved(plan, address)
        if _is_direct(plan) and old != address:
            self._isp.remove_host_route("home", old)
        return moment

    def down(self, plan: Plan) -> None:
        """The line is lost, and the address with it."""
        self._lose(plan, self._topology.outer if _is_direct(plan) else plan.router_wan)
        if plan.behind_router:
            self._router.link("wan", up=False)
        self._topology.moved(plan, self._topology.outer)

    def up(self, plan: Plan, address: str) -> float:
        """The line is back, with this public address. Gives the moment, as `flip` does."""
        if plan.behind_router:
            self._router.link("wan", up=True)
        if not _is_direct(plan):
            self._take(plan, plan.router_wan)
        return self.flip(plan, address)

    def power(self, *, on: bool) -> None:
        """The router's LAN sockets, dark while it starts anew."""
        for port in ("port1", "port2"):
            self._router.link(port, up=on)

    def close(self) -> None:
        for kernel in (self._router, self._home, self._isp):
            kernel.close()

    def _rewrite(self, plan: Plan, old: str, new: str) -> None:
        """Put the new address into the rules of whichever box has the old one in them."""
        boxes = (
            (self._topology.isp, firewall.provider_router),
            (self._topology.router, firewall.home_router),
        )
        for box, rules in boxes:
            if rules(plan, new) != rules(plan, old):
                box.run("nft", "-f", "-", text=rules(plan, new))

    def _lose(self, plan: Plan, address: str) -> None:
        if plan.behind_router:
            self._router.remove_address("wan", address, 32)
        else:
            self._home.remove_address("eth0", address, 24)

    def _take(self, plan: Plan, address: str) -> float:
        if plan.behind_router:
            moment = time.monotonic()
            self._router.add_address("wan", address, 32)
            self._router.default_route("wan", plan.router_gateway)
        else:
            moment = time.monotonic()
            self._home.add_address("eth0", address, 24)
            self._home.default_route("eth0", WAN_GATEWAY)
        return moment


def _is_direct(plan: Plan) -> bool:
    """Whether the public address is the home's own, and not that of the provider's NAT."""
    return plan.upstream == "direct"
