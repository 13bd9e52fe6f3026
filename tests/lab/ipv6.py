"""The second Internet protocol: off in the home unless the plan has it, always on in the world.

The router advertises a prefix with radvd, and the home makes its addresses itself: a stable one
from its hardware address, and temporary ones (RFC 4862, RFC 8981), as desktop systems do.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.lab.places import HOME6, HOME6_NET, LINE6, MOVED6_NET, ULA_NET, UPLINK6, WORLD6
from tests.lab.plan import Ipv6, Plan
from tests.lab.topology import Topology
from tests.support.daemon import Daemon, until
from tests.support.namespaces import Namespace


class SecondProtocol:
    """IPv6 between the home and the world."""

    def __init__(self, topology: Topology, folder: Path) -> None:
        self._home, self._router = topology.home, topology.router
        self._neighbour = topology.neighbour
        self._is: Ipv6 = "off"
        self._config = folder / "radvd.conf"
        command = ("-n", "-m", "stderr", "-C", str(self._config), "-p", str(folder / "radvd.pid"))
        self._radvd = Daemon("radvd", folder, self._router.command("radvd", *command))
        _world(topology.isp, topology.world)

    def arrange(self, plan: Plan) -> None:
        """Give the home what the plan has of IPv6, and wait until its addresses are there."""
        if plan.ipv6 != self._is:
            self._take_away()
            self._is = plan.ipv6
            if plan.ipv6 == "temporary":
                self._give(HOME6_NET, stable=False)
            elif plan.ipv6 != "off":
                self._give(ULA_NET if plan.ipv6 == "nat66" else HOME6_NET)
        if plan.ipv6 != "off":
            self._router.run("nft", "-f", "-", text=_firewall(plan))

    def line(self, *, up: bool) -> None:
        """Set anew what the router's kernel forgot when its line went down."""
        if up and self._is != "off":
            self._number_the_line()

    def renumber(self) -> None:
        """Give the home another prefix, as providers do daily; its router phases the old one out.

        That is what RFC 9096 §3.5 asks of a router. The home's new addresses are checked for a
        second before they are ready (RFC 4862 §5.4).
        """
        self._home.run(
            *("sysctl", "-qw", "net.ipv6.conf.eth0.accept_dad=1"),
            "net.ipv6.neigh.eth0.retrans_time_ms=1000",
        )
        self._router.ip("address", "add", f"{MOVED6_NET}::1/64", "dev", "lan")
        going = "AdvPreferredLifetime 0; AdvValidLifetime 7200;"
        self._announce(
            f"prefix {HOME6_NET}::/64 {{ {going} }};", f"prefix {MOVED6_NET}::/64 {{ }};"
        )

    def addresses(self) -> list[dict[str, Any]]:
        """The home's global addresses with their flags, as `ip -j address` tells them."""
        told = self._home.run("ip", "-j", "-6", "address", "show", "dev", "eth0", "scope", "global")
        # `ip` leaves an empty entry for every address of another scope.
        return [entry for link in json.loads(told) for entry in link.get("addr_info", ()) if entry]

    def close(self) -> None:
        """Stop advertising."""
        self._radvd.stop()

    def _give(self, prefix: str, *, stable: bool = True) -> None:
        _switch(self._router, on=True)
        self._router.ip("address", "add", f"{prefix}::1/64", "dev", "lan")
        self._number_the_line()
        if not stable:
            # Linux keeps no temporary address whose stable one somebody removes. It does when the
            # stable one is another device's already, as after a virtual machine was copied.
            _switch(self._neighbour, on=True, forwards=False)
            self._neighbour.ip("address", "add", f"{HOME6}/64", "dev", "eth0")
        _switch(self._home, on=True, forwards=False, detects=not stable)
        self._announce(f"prefix {prefix}::/64 {{ }};")
        self._await({"stable", "temporary"} if stable else {"temporary"})
        if not stable:
            self._radvd.stop()  # at its next word the home would try again
            self._await({"temporary"})

    def _announce(self, *prefixes: str) -> None:
        """Have the router say this from now on."""
        self._radvd.stop()
        self._config.write_text(
            "interface lan { AdvSendAdvert on; MinRtrAdvInterval 3; MaxRtrAdvInterval 4;\n"
            f"  AdvDefaultLifetime 1800; {' '.join(prefixes)}\n}};\n"
        )
        self._radvd.start()

    def _number_the_line(self) -> None:
        self._router.ip("address", "replace", f"{LINE6[0]}/126", "dev", "wan")
        self._router.ip("-6", "route", "replace", "default", "via", LINE6[1])

    def _await(self, wanted: set[str]) -> None:
        until(lambda: self._settled() == wanted, lambda: f"the home has {self.addresses()}")

    def _settled(self) -> set[str]:
        """The kinds of the home's addresses, once all have passed duplicate detection.

        Every word of the router makes the home try its stable address again, with another
        temporary one beside it.
        """
        everyone = self.addresses()
        if any(entry.get("tentative") for entry in everyone):
            return set()
        return {"temporary" if entry.get("temporary") else "stable" for entry in everyone}

    def _take_away(self) -> None:
        self._radvd.stop()
        for namespace in (self._home, self._neighbour):
            _switch(namespace, on=False, forwards=False)
        _switch(self._router, on=False)


def _world(isp: Namespace, world: Namespace) -> None:
    for namespace in (isp, world):
        _switch(namespace, on=True)
    isp.ip("address", "add", f"{LINE6[1]}/126", "dev", "home")
    isp.ip("address", "add", f"{UPLINK6[0]}/126", "dev", "world")
    for prefix in (HOME6_NET, MOVED6_NET):
        isp.ip("-6", "route", "add", f"{prefix}::/64", "via", LINE6[0])
    isp.ip("-6", "route", "add", "default", "via", UPLINK6[1])
    world.ip("address", "add", f"{UPLINK6[1]}/126", "dev", "isp")
    world.ip("-6", "route", "add", "default", "via", UPLINK6[0])
    for address in WORLD6:
        world.ip("address", "add", f"{address}/128", "dev", "lo")


def _switch(
    namespace: Namespace, *, on: bool, forwards: bool = True, detects: bool = False
) -> None:
    """With temporary addresses, and duplicate detection only on demand, for it takes its time."""
    links = [link["ifname"] for link in json.loads(namespace.run("ip", "-j", "link"))]
    settings = ["net.ipv6.conf.all.forwarding=1"] if forwards else []
    for name in ("all", "default", *links):
        settings += [
            f"net.ipv6.conf.{name}.accept_dad={1 if detects else 0}",
            f"net.ipv6.conf.{name}.router_solicitation_delay=0",
            f"net.ipv6.conf.{name}.use_tempaddr=2",
            f"net.ipv6.conf.{name}.disable_ipv6={0 if on else 1}",
        ]
    settings += [f"net.ipv6.neigh.{name}.retrans_time_ms=20" for name in links]
    namespace.run("sysctl", "-qw", *settings)


def _firewall(plan: Plan) -> str:
    """A router refuses strangers unless told otherwise (RFC 6092 §3), and may translate."""
    closed = 'iifname "wan" ct state new drop'
    translated = 'oifname "wan" masquerade'
    return f"""
table ip6 lab
delete table ip6 lab
table ip6 lab {{
  chain forward {{
    type filter hook forward priority 0;
    {"" if plan.ipv6_open else closed}
  }}
  chain postrouting {{
    type nat hook postrouting priority 100;
    {translated if plan.ipv6 == "nat66" else ""}
  }}
}}
"""
